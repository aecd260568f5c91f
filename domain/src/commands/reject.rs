//! Reject: a second person of the desk, or of a desk above it, does not agree to what was asked.

use serde::{Deserialize, Serialize};

use super::{By, Effect, Happening, Rule, Scene};
use crate::{
    case::{Case, Stamp},
    incident::State,
    proceedings::RequestKind,
    refusal::Refusal,
    text::Text,
};

/// A second person disagrees.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reject {
    /// Why.
    pub reason: Text,
}

/// A second person disagreed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Rejected {
    /// With what.
    pub request: RequestKind,
}

impl Rule for Reject {
    const FROM: &'static [State] = State::OPEN;
    const BY: By = By::DeskOrAbove;

    fn guard(scene: &Scene<'_>) -> Result<(), Refusal> {
        scene.asked_by_another().map(|_| ())
    }

    fn decide(&self, scene: &Scene<'_>) -> Result<Happening, Refusal> {
        let request = scene.asked_by_another()?.asked.kind();
        Ok(Happening::of(Rejected { request }).noting(&self.reason))
    }
}

impl Effect for Rejected {
    fn apply(&self, case: &mut Case, _: Stamp) {
        case.incident.proceedings.request = None;
    }
}
