//! Lift (解除督办): the desk that watches an incident watches it no more.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    events::oversight::Lifted,
    incident::State,
    refusal::Refusal,
    text::Text,
};

/// Watches no more.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Lift {
    /// Why.
    pub reason: Text,
}

impl Rule for Lift {
    const FROM: &'static [State] = State::OPEN;
    const BY: By = By::Watcher;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        let proceedings = &context.case.incident.proceedings;
        match (proceedings.supervision, proceedings.alarm) {
            (Some(_), _) => Ok(()),
            // It would begin again at once.
            (None, Some(_)) => Err(Refusal::EndsByItself),
            (None, None) => Err(Refusal::NotSupervised),
        }
    }

    fn decide(&self, _: &CommandContext<'_>) -> Result<Effects, Refusal> {
        Ok(Effects::of(Lifted {}).noting(&self.reason))
    }
}
