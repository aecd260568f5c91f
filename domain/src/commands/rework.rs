//! Rework: the desk wants more work done, by the same organisation.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    events::closing::Reworked,
    incident::State,
    refusal::Refusal,
    text::Text,
};

/// The desk wants more work done.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Rework {
    /// Why.
    pub reason: Text,
}

impl Rule for Rework {
    const FROM: &'static [State] = &[State::PendingVerification];
    const BY: By = By::Desk;

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let worked = context.case.last_lead().map_or(context.actor.organisation, |leg| leg.organisation);
        Ok(Effects::of(Reworked { lead: context.work(worked, true) }).noting(&self.reason))
    }
}
