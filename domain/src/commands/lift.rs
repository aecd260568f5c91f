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
        match scene.case.incident.proceedings.supervision {
            None => Err(Refusal::NotSupervised),
            // It would begin again at once.
            Some(supervision) if supervision.over.is_some() => Err(Refusal::EndsByItself),
            Some(_) => Ok(()),
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
