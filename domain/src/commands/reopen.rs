//! Reopen: a closed incident is not settled after all. The desk that closed it gets it back, and the credit is gone.

use chrono::TimeDelta;
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

/// A closed incident is not settled after all.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reopen {
    /// Why.
    pub reason: Text,
}

impl Rule for Reopen {
    const FROM: &'static [State] = &[State::Closed];
    const BY: By = By::Closer;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        let days = context.rules.book().reopen_days;
        let limit = TimeDelta::days(i64::from(days));
        // Beyond the end of time nothing is too late.
        let last = context.case.incident.ended_at.and_then(|ended| ended.checked_add_signed(limit));
        if last.is_some_and(|last| context.at > last) { Err(Refusal::ReopenTooLate { days }) } else { Ok(()) }
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let desk = context.case.desk().unwrap_or(context.actor.organisation);
        let dispatch = context.rules.dispatch_due(context.case.incident.severity, context.at);
        Ok(Effects::of(Reopened { to: context.arrival(desk), dispatch }).noting(&self.reason))
    }
}
