//! Rework (返工): the holding desk sends the incident back to the same lead organisation because the result is not
//! enough.

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

/// Asks the lead organisation for more work.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Rework {
    pub reason: Text,
}

impl Rule for Rework {
    const FROM: &'static [State] = &[State::PendingVerification];
    const TO: &'static [State] = &[State::InProgress];
    const BY: By = By::Desk;

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let organisation =
            context.case.last_lead().map_or(context.actor.organisation, |leg| leg.organisation);
        let lead = context.acknowledged_work_for(organisation);
        Ok(Effects::of(Reworked { lead }).with_internal_note(&self.reason))
    }
}
