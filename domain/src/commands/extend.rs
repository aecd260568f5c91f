//! Extend: the organisation asks for more time before its time is over; a second person of the desk decides.

use serde::{Deserialize, Serialize};

use crate::{
    command_kind::CommandKind,
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    events::oversight::Requested,
    incident::{State, proceedings::RequestedChange},
    refusal::Refusal,
    rules::reason::ReasonCode,
    text::Text,
    warning::Warning,
};

/// Asks for more time.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Extend {
    /// How many more units of the limit; at most as many as it has at first.
    pub units: u32,
    /// Why.
    pub explanation: Text,
}

impl Rule for Extend {
    const FROM: &'static [State] = &[State::InProgress];
    const BY: By = By::Lead;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        let most = context.rules.book().maxima.extensions;
        let Some(leg) = context.case.open_lead() else { return Ok(()) };
        if leg.extended >= most {
            return Err(Refusal::TooOften { command: CommandKind::Extend, most });
        }
        context.not_overdue()?;
        context.nothing_asked()
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let leg = context.case.open_lead().ok_or(Refusal::NothingAsked)?;
        let most = leg.clocks.handle.limit.amount.saturating_sub(leg.granted);
        if self.units == 0 || self.units > most {
            return Err(Refusal::TooLong { given: self.units, most, unit: leg.clocks.handle.limit.unit });
        }
        Ok(context.ask(RequestedChange::Extend { units: self.units }, None, &self.explanation))
    }
}

impl CommandContext<'_> {
    /// The work is in time.
    pub(crate) fn not_overdue(&self) -> Result<(), Refusal> {
        match self.case.open_lead().map(|leg| leg.clocks.handle) {
            Some(handle) if self.at > handle.at => Err(Refusal::OverdueAlready { since: handle.at }),
            Some(_) | None => Ok(()),
        }
    }

    /// Nothing else waits for a second person.
    pub(crate) fn nothing_asked(&self) -> Result<(), Refusal> {
        match &self.case.incident.proceedings.request {
            Some(request) => Err(Refusal::RequestOpen { kind: request.asked.kind() }),
            None => Ok(()),
        }
    }

    /// Asks a second person.
    pub(crate) fn ask(&self, asked: RequestedChange, reason: Option<ReasonCode>, why: &Text) -> Effects {
        Effects::of(Requested { asked, organisation: self.actor.organisation, reason })
            .noting(why)
            .warning(Some(Warning::NeedsSecondPerson))
    }
}
