//! Report a check: the grid worker says what is to be seen on site.

use serde::{Deserialize, Serialize};

use super::{By, Effect, Happening, Rule, Scene};
use crate::{
    case::{Case, Stamp},
    incident::State,
    refusal::Refusal,
    text::Text,
};

/// Says what was found on site.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ReportCheck {
    /// Whether the matter is settled.
    pub settled: bool,
    /// What was found.
    pub found: Text,
}

/// What was found on site.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CheckReported {
    /// Whether the matter is settled.
    pub settled: bool,
}

impl Rule for ReportCheck {
    const FROM: &'static [State] = &[State::PendingVerification];
    const BY: By = By::Checker;

    fn guard(scene: &Scene<'_>) -> Result<(), Refusal> {
        match scene.case.incident.proceedings.check.and_then(|check| check.settled) {
            Some(_) => Err(Refusal::DecidedAlready),
            None => Ok(()),
        }
    }

    fn decide(&self, _: &Scene<'_>) -> Result<Happening, Refusal> {
        Ok(Happening::of(CheckReported { settled: self.settled }).noting(&self.found))
    }
}

impl Effect for CheckReported {
    fn apply(&self, case: &mut Case, _: Stamp) {
        if let Some(check) = &mut case.incident.proceedings.check {
            check.settled = Some(self.settled);
        }
    }
}
