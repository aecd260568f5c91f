//! Reopen (重新办理): returns a closed incident to the desk that closed it, because the matter is not settled, and deletes
//! the recorded outcome.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    events::closing::Reopened,
    incident::State,
    refusal::Refusal,
    text::Text,
};

/// Reopens a closed incident.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reopen {
    pub reason: Text,
}

impl Rule for Reopen {
    const FROM: &'static [State] = &[State::Closed];
    const TO: &'static [State] = &[State::PendingDispatch];
    const BY: By = By::Closer;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        let days = context.rules.book().reopen_days;
        if context.ended_longer_ago_than(days) { Err(Refusal::ReopenTooLate { days }) } else { Ok(()) }
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let desk = context.case.desk().unwrap_or(context.actor.organisation);
        let dispatch = context.rules.dispatch_due(context.case.incident.severity, context.at);
        Ok(Effects::of(Reopened { to: context.arrival(desk), dispatch }).with_internal_note(&self.reason))
    }
}
