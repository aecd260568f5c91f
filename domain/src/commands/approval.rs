//! Requests that take effect only after a second person approves them.

use crate::{
    commands::{context::CommandContext, effects::Effects},
    events::oversight::Requested,
    incident::requests::{Request, RequestedChange},
    refusal::Refusal,
    rules::reason::ReasonCode,
    text::Text,
    warning::Warning,
};

impl CommandContext<'_> {
    /// Records a request for `change` and warns that a second person has to approve it.
    pub(crate) fn request_approval(
        &self,
        change: RequestedChange,
        reason: Option<ReasonCode>,
        explanation: &Text,
    ) -> Effects {
        Effects::of(Requested { asked: change, organisation: self.actor.organisation, reason })
            .with_internal_note(explanation)
            .with_warning(Some(Warning::NeedsSecondPerson))
    }

    /// Refuses the command while another request is open.
    pub(crate) fn require_no_open_request(&self) -> Result<(), Refusal> {
        match &self.case.incident.requests.pending {
            Some(request) => Err(Refusal::RequestOpen { kind: request.asked.kind() }),
            None => Ok(()),
        }
    }

    /// Refuses the command if the handling deadline of the lead organisation has passed.
    pub(crate) fn require_not_overdue(&self) -> Result<(), Refusal> {
        match self.case.open_lead().map(|leg| leg.clocks.handle) {
            Some(handle) if self.at > handle.at => Err(Refusal::OverdueAlready { since: handle.at }),
            Some(_) | None => Ok(()),
        }
    }

    /// The open request, if the actor may decide it. The actor must be a different person, and must belong to a unit
    /// of at least the level of the requesting unit.
    pub(crate) fn request_to_decide(&self) -> Result<Request, Refusal> {
        let request = self.case.incident.requests.pending.ok_or(Refusal::NothingAsked)?;
        let is_same_person = request.by == self.actor.account;
        let is_lower_level = self.actor.organisation.unit.level() < request.organisation.unit.level();
        if is_same_person || is_lower_level { Err(Refusal::SecondPerson) } else { Ok(request) }
    }
}
