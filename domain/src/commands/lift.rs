//! Lift (解除督办): the desk that watches an incident watches it no more.

use serde::{Deserialize, Serialize};

use super::{By, Effect, Happening, Rule, Scene};
use crate::{
    case::{Case, Stamp},
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

/// Nobody watches it any more.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Lifted {}

impl Rule for Lift {
    const FROM: &'static [State] = State::OPEN;
    const BY: By = By::Watcher;

    fn guard(scene: &Scene<'_>) -> Result<(), Refusal> {
        let proceedings = &scene.case.incident.proceedings;
        match (proceedings.supervision, proceedings.alarm) {
            (Some(_), _) => Ok(()),
            // It would begin again at once.
            (None, Some(_)) => Err(Refusal::EndsByItself),
            (None, None) => Err(Refusal::NotSupervised),
        }
    }

    fn decide(&self, _: &Scene<'_>) -> Result<Happening, Refusal> {
        Ok(Happening::of(Lifted {}).noting(&self.reason))
    }
}

impl Effect for Lifted {
    fn apply(&self, case: &mut Case, _: Stamp) {
        case.incident.proceedings.supervision = None;
    }
}
