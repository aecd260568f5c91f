//! Void: it was reported by mistake, or its reporter never said what was missing.

use serde::{Deserialize, Serialize};

use super::{By, Effect, Happening, Rule, Scene};
use crate::{
    case::{Case, Stamp},
    incident::State,
    leg::CustodyOutcome,
    refusal::Refusal,
    text::Text,
};

/// It was reported by mistake.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Void {
    /// Why.
    pub reason: Text,
}

/// It is void.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Voided {
    /// By itself, because the reporter did not say what was missing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unanswered: bool,
}

impl Rule for Void {
    const FROM: &'static [State] = State::OPEN;
    const BY: By = By::Desk;

    fn guard(scene: &Scene<'_>) -> Result<(), Refusal> {
        let others = scene.case.incident.proceedings.tally.absorbed;
        if others > 0 { Err(Refusal::StandsForOthers { others }) } else { Ok(()) }
    }

    fn decide(&self, _: &Scene<'_>) -> Result<Happening, Refusal> {
        Ok(Happening::of(Voided { unanswered: false }).noting(&self.reason))
    }
}

impl Effect for Voided {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.rest(State::Voided, CustodyOutcome::Voided, stamp);
    }
}
