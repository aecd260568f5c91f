//! Resume (恢复办理): continues suspended work and its clocks. The system does so on the agreed date.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    events::work::Resumed,
    incident::State,
    refusal::Refusal,
};

/// Continues suspended work.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Resume {}

impl Rule for Resume {
    const FROM: &'static [State] = &[State::Suspended];
    const TO: &'static [State] = &[State::InProgress];
    const BY: By = By::DeskOrLead;

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        Ok(Effects::of(Resumed { moved: context.clocks_after_pauses(), by_itself: false }))
    }
}
