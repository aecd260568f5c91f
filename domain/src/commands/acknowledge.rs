//! Acknowledge: the organisation takes the work on. It happens by itself once the time to send it back is over.

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

/// The organisation takes the work on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Acknowledge {}

impl Rule for Acknowledge {
    const FROM: &'static [State] = &[State::PendingReceipt];
    const BY: By = By::Lead;

    fn decide(&self, _: &CommandContext<'_>) -> Result<Effects, Refusal> {
        Ok(Effects::of(Acknowledged { by_itself: false }))
    }
}
