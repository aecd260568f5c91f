//! merging

use serde::{Deserialize, Serialize};

use crate::{
    events::{custody::Back, effect::Effect},
    ids::IncidentId,
    incident::proceedings,
    incident::{
        State,
        case::{Case, Stamp},
        leg::CustodyOutcome,
    },
};

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

impl Effect for Merged {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.rest(State::Merged, CustodyOutcome::Merged, stamp);
        case.incident.proceedings.merged = Some(proceedings::MergedInto { into: self.into, at: stamp.at });
    }
}

impl Effect for Absorbed {
    fn apply(&self, case: &mut Case, _: Stamp) {
        case.incident.proceedings.tally.absorbed += 1;
    }
}

/// It was a matter of its own after all.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Unmerged {
    /// The desk that has it again, with the clocks it had.
    pub back_to: Back,
}

/// It stands for another incident no more.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Released {
    /// Which.
    pub incident: IncidentId,
}

impl Effect for Unmerged {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.ended_at = None;
        case.incident.proceedings.merged = None;
        let Back { arrival, dispatch } = &self.back_to;
        match dispatch {
            Some(dispatch) => case.take(CustodyOutcome::Merged, arrival, *dispatch, stamp),
            None => case.arrive(CustodyOutcome::Merged, arrival, stamp),
        }
    }
}

impl Effect for Released {
    fn apply(&self, case: &mut Case, _: Stamp) {
        let absorbed = &mut case.incident.proceedings.tally.absorbed;
        *absorbed = absorbed.saturating_sub(1);
    }
}
