//! Acknowledge: the organisation takes the work on. It happens by itself once the time to send it back is over.

use serde::{Deserialize, Serialize};

use super::{By, Effect, Happening, Rule, Scene};
use crate::{
    case::{Case, Stamp},
    incident::State,
    refusal::Refusal,
};

/// The organisation takes the work on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Acknowledge {}

/// The organisation took the work on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Acknowledged {
    /// By itself, because the time to send it back was over.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_itself: bool,
}

impl Rule for Acknowledge {
    const FROM: &'static [State] = &[State::PendingReceipt];
    const BY: By = By::Lead;

    fn decide(&self, _: &Scene<'_>) -> Result<Happening, Refusal> {
        Ok(Happening::of(Acknowledged { by_itself: false }))
    }
}

impl Effect for Acknowledged {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.state = State::InProgress;
        case.incident.proceedings.disputed = None;
        if let Some(leg) = case.open_lead_mut() {
            leg.acknowledged_at = Some(stamp.at);
        }
    }
}
