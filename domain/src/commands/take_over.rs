//! Take over: the desk above takes on what the desk below has left lying for twice its limit.

use serde::{Deserialize, Serialize};

use super::{By, Effect, Happening, Rule, Scene};
use crate::{
    case::{Arrival, Case, Stamp},
    clock::Deadline,
    incident::State,
    leg::CustodyOutcome,
    refusal::Refusal,
};

/// The desk above takes over what is not accepted.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TakeOver {}

/// The desk above took it over.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TakenOver {
    /// The desk, with its clocks.
    pub by: Arrival,
    /// When it must be dispatched.
    pub dispatch: Deadline,
}

impl Rule for TakeOver {
    const FROM: &'static [State] = &[State::PendingAcceptance];
    const BY: By = By::Superior;

    fn guard(scene: &Scene<'_>) -> Result<(), Refusal> {
        let custody = scene.case.open_custody();
        if custody.is_none_or(|leg| leg.superior.is_none()) {
            return Err(Refusal::NoSuperior);
        }
        match custody.and_then(|leg| leg.clocks.accept) {
            Some(accept) if scene.at <= accept.late => Err(Refusal::TooEarly { after: accept.late }),
            Some(_) | None => Ok(()),
        }
    }

    fn decide(&self, scene: &Scene<'_>) -> Result<Happening, Refusal> {
        let by = scene.arrival(scene.actor.organisation);
        let dispatch = scene.rules.dispatch_due(scene.case.incident.severity, scene.at);
        Ok(Happening::of(TakenOver { by, dispatch }))
    }
}

impl Effect for TakenOver {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.escalated = case.incident.escalated.saturating_add(1);
        case.take(CustodyOutcome::TakenOver, &self.by, self.dispatch, stamp);
    }
}
