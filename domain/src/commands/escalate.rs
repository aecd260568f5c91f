//! Escalate (升级): the holding desk sends the incident to the desk one level above. A rule may skip levels.

use serde::{Deserialize, Serialize};

use crate::{
    command_kind::CommandKind,
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    events::custody::Escalated,
    incident::{State, leg::Outcome},
    organisation::OrganisationCode,
    refusal::Refusal,
    rules::{reason::ReasonCode, routing::superior_desk},
    text::Text,
};

/// Sends the incident to a desk above.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Escalate {
    pub reason: ReasonCode,
    /// The measures taken so far.
    pub tried: Text,
}

impl Rule for Escalate {
    const FROM: &'static [State] = &[
        State::PendingAcceptance,
        State::PendingDispatch,
        State::PendingReceipt,
        State::InProgress,
        State::PendingVerification,
    ];
    const TO: &'static [State] = &[State::PendingAcceptance];
    const BY: By = By::Desk;
    const GIVES_REASON: bool = true;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        // A level that could not settle the matter passes it on. What is settled is verified.
        let result = context.case.last_lead().and_then(|work| work.result);
        if context.case.incident.state == State::PendingVerification && result != Some(Outcome::Unresolved) {
            return Err(Refusal::ResultToVerify);
        }
        context.superiors().next().map(|_| ()).ok_or(Refusal::NoSuperior)
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let reason = context.reason(CommandKind::Escalate, &self.reason)?;
        let incident = &context.case.incident;
        let lowest_level = context.rules.skips_to(incident.category, incident.severity);
        let mut skipped = Vec::new();
        let mut to = None;
        for desk in context.superiors() {
            skipped.extend(to.replace(desk));
            if lowest_level.is_none_or(|lowest| desk.unit.level() >= lowest) {
                break;
            }
        }
        let to = context.arrival(to.ok_or(Refusal::NoSuperior)?);
        Ok(Effects::of(Escalated { reason, to, skipped }).with_internal_note(&self.tried))
    }
}

impl CommandContext<'_> {
    /// The desks above the holding desk, lowest level first.
    fn superiors(&self) -> impl Iterator<Item = OrganisationCode> {
        let above = |desk: &OrganisationCode| superior_desk(*desk, &self.reference_data.organisations);
        std::iter::successors(self.case.desk().as_ref().and_then(above), above)
    }
}
