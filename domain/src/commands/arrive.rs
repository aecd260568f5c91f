//! Arrive: somebody of the organisation is on site. Ends the clock of the first response.

use serde::{Deserialize, Serialize};

use super::{By, Effect, Happening, Rule, Scene};
use crate::{
    case::{Case, Stamp},
    incident::State,
    refusal::Refusal,
    text::Text,
};

/// Somebody is on site.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Arrive {
    /// What was found there.
    pub note: Option<Text>,
}

/// Somebody was on site.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Arrived {}

impl Rule for Arrive {
    const FROM: &'static [State] = &[State::InProgress];
    const BY: By = By::Lead;

    fn guard(scene: &Scene<'_>) -> Result<(), Refusal> {
        match scene.case.open_lead().and_then(|leg| leg.arrived_at) {
            Some(at) => Err(Refusal::ArrivedAlready { at }),
            None => Ok(()),
        }
    }

    fn decide(&self, _: &Scene<'_>) -> Result<Happening, Refusal> {
        let happening = Happening::of(Arrived {});
        Ok(match &self.note {
            Some(note) => happening.noting(note),
            None => happening,
        })
    }
}

impl Effect for Arrived {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        if let Some(leg) = case.open_lead_mut() {
            leg.arrived_at = Some(stamp.at);
        }
    }
}
