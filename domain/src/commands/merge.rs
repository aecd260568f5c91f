//! Merge (并案): an earlier report of the same matter stands for this one, and its reporter is answered there. The clock
//! of the earlier one stands. Chains are followed when they are read, so that each link can be undone alone.

use serde::{Deserialize, Serialize};

use super::{By, Effect, Happening, Rule, Scene};
use crate::{
    case::{Case, Stamp},
    incident::{IncidentId, State},
    leg::CustodyOutcome,
    proceedings::Merged as Standing,
    refusal::Refusal,
    text::Text,
};

/// Another report of the same matter stands for it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Merge {
    /// Which.
    pub into: IncidentId,
    /// That incident, as far as the desk sees it in full.
    #[serde(skip)]
    pub primary: Option<Box<Case>>,
    /// Why they are the same.
    pub reason: Text,
}

/// Another incident stands for it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Merged {
    /// Which.
    pub into: IncidentId,
}

/// It stands for another incident too.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Absorbed {
    /// Which.
    pub incident: IncidentId,
}

impl Rule for Merge {
    const FROM: &'static [State] = State::OPEN;
    const BY: By = By::Desk;

    fn decide(&self, scene: &Scene<'_>) -> Result<Happening, Refusal> {
        let this = &scene.case.incident;
        let primary = self.primary.as_ref().ok_or(Refusal::NoSuchIncident { id: self.into })?;
        let other = &primary.incident;
        if other.id == this.id || !other.state.is_open() {
            return Err(Refusal::CannotStandFor { id: other.id, state: other.state });
        }
        if other.category.domain() != this.category.domain() || other.restricted != this.restricted {
            return Err(Refusal::AnotherMatter { id: other.id });
        }
        if other.received_at > this.received_at {
            return Err(Refusal::LaterReport { id: other.id });
        }
        Ok(Happening::of(Merged { into: self.into }).noting(&self.reason))
    }
}

impl Effect for Merged {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.rest(State::Merged, CustodyOutcome::Merged, stamp);
        case.incident.proceedings.merged = Some(Standing { into: self.into, at: stamp.at });
    }
}

impl Effect for Absorbed {
    fn apply(&self, case: &mut Case, _: Stamp) {
        case.incident.proceedings.tally.absorbed += 1;
    }
}
