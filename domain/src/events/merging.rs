//! Events of merging (并案): two on the merged incident, two on the primary incident.

use serde::{Deserialize, Serialize};

use crate::{
    events::{custody::Back, effect::Effect},
    ids::IncidentId,
    incident::{
        State,
        case::{Case, Stamp},
        leg::CustodyOutcome,
        merging::MergedInto,
    },
};

/// The incident was merged into the primary incident.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Merged {
    /// The primary incident.
    pub into: IncidentId,
}

impl Effect for Merged {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.end(State::Merged, CustodyOutcome::Merged, stamp);
        case.incident.merging.merged = Some(MergedInto { into: self.into, at: stamp.at });
    }
}

/// Another incident was merged into this one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Absorbed {
    /// The merged incident.
    pub incident: IncidentId,
}

impl Effect for Absorbed {
    fn apply(&self, case: &mut Case, _: Stamp) {
        case.incident.merging.absorbed += 1;
    }
}

/// The merge of the incident was undone.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Unmerged {
    /// The desk that holds the incident again. Its clocks continue.
    pub back_to: Back,
}

impl Effect for Unmerged {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.ended_at = None;
        case.incident.merging.merged = None;
        self.back_to.apply(CustodyOutcome::Merged, case, stamp);
    }
}

/// The merge of another incident into this one was undone.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Released {
    /// The incident that had been merged.
    pub incident: IncidentId,
}

impl Effect for Released {
    fn apply(&self, case: &mut Case, _: Stamp) {
        let absorbed = &mut case.incident.merging.absorbed;
        *absorbed = absorbed.saturating_sub(1);
    }
}
