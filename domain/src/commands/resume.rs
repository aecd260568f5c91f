//! Resume: suspended work goes on, and its clocks with it. By itself on the date.

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

/// Work goes on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Resume {}

impl Rule for Resume {
    const FROM: &'static [State] = &[State::Suspended];
    const BY: By = By::DeskOrLead;

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        Ok(Effects::of(Resumed { moved: context.clocks_after_pauses(), by_itself: false }))
    }
}
