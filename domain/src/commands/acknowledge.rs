//! Acknowledge (签收): the lead organisation confirms that it takes on the work. The system does so once the time to
//! return the work has passed.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    events::work::Acknowledged,
    incident::State,
    refusal::Refusal,
};

/// Acknowledges the work.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Acknowledge {}

impl Rule for Acknowledge {
    const FROM: &'static [State] = &[State::PendingReceipt];
    const TO: &'static [State] = &[State::InProgress];
    const BY: By = By::Lead;

    fn decide(&self, _: &CommandContext<'_>) -> Result<Effects, Refusal> {
        Ok(Effects::of(Acknowledged { by_itself: false }))
    }
}
