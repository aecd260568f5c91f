//! Accept: the desk takes the incident on. A desk that let it lapse still may, until the next one does.

use serde::{Deserialize, Serialize};

use super::{By, Effect, Happening, Rule, Scene};
use crate::{
    case::{Arrival, Case, Stamp},
    clock::Deadline,
    incident::State,
    leg::{CustodyOutcome, HandlingOutcome},
    refusal::Refusal,
};

/// Takes the incident on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Accept {}

/// The desk took it on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Accepted {
    /// When it must be dispatched.
    pub dispatch: Deadline,
    /// The desk that had let it lapse and gets it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late: Option<Arrival>,
}

impl Rule for Accept {
    const FROM: &'static [State] = &[State::PendingAcceptance];
    const BY: By = By::DeskOrLate;

    fn decide(&self, scene: &Scene<'_>) -> Result<Happening, Refusal> {
        let own = scene.actor.organisation;
        let late = scene.case.may_still_accept(own).then(|| scene.arrival(own));
        let dispatch = scene.rules.dispatch_due(scene.case.incident.severity, scene.at);
        Ok(Happening::of(Accepted { dispatch, late }))
    }
}

impl Effect for Accepted {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        match &self.late {
            Some(arrival) => case.take(CustodyOutcome::AcceptedBelow, arrival, self.dispatch, stamp),
            None => {
                // Those who were late have missed it.
                case.end_work(HandlingOutcome::Withdrawn, stamp);
                case.accepted(self.dispatch, stamp.at);
            }
        }
    }
}
