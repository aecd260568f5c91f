//! Rework: the desk wants more work done, by the same organisation.

use serde::{Deserialize, Serialize};

use super::{By, Effect, Happening, Rule, Scene};
use crate::{
    case::{Case, Stamp, Work},
    incident::State,
    leg::HandlingRole,
    refusal::Refusal,
    text::Text,
};

/// The desk wants more work done.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Rework {
    /// Why.
    pub reason: Text,
}

/// More work has to be done.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reworked {
    /// By whom, and by when.
    pub lead: Work,
}

impl Rule for Rework {
    const FROM: &'static [State] = &[State::PendingVerification];
    const BY: By = By::Desk;

    fn decide(&self, scene: &Scene<'_>) -> Result<Happening, Refusal> {
        let worked = scene.case.last_lead().map_or(scene.actor.organisation, |leg| leg.organisation);
        Ok(Happening::of(Reworked { lead: scene.work(worked, true) }).noting(&self.reason))
    }
}

impl Effect for Reworked {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.state = State::InProgress;
        case.incident.proceedings.check = None;
        case.start(HandlingRole::Lead, &self.lead, true, stamp);
    }
}
