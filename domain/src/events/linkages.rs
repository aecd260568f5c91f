//! linkages

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    events::effect::Effect,
    incident::{
        case::{Case, Stamp},
        linkage::{
            Capacity, ExternalNo, Linkage, LinkageDetails, LinkageEnd, LinkageOutcome, LinkageStep,
            Participant, StepRecord,
        },
    },
    organisation::OrganisationCode,
    time::{Instant, clock::Deadline},
};

/// A linkage has ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Concluded {
    /// Which.
    pub number: u32,
    /// What came of it.
    pub conclusion: LinkageOutcome,
    /// When.
    pub ended_at: Instant,
    /// Until when the agreement has to be performed, or when somebody asks again, in China.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
}

impl Effect for Concluded {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        let Self { number, conclusion, ended_at, until } = *self;
        if let Some(linkage) = case.linkage_mut(number) {
            linkage.end = Some(LinkageEnd { conclusion, at: ended_at, seq: stamp.seq, until });
        }
    }
}

/// Somebody takes part.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Involved {
    /// In which capacity.
    pub capacity: Capacity,
    /// For which organisation.
    pub by: OrganisationCode,
}

impl Effect for Involved {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        let Self { capacity, by } = *self;
        let participant = Participant { capacity, by, at: stamp.at, seq: stamp.seq };
        case.incident.proceedings.participants.push(participant);
    }
}

/// Something was attached.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Linked {
    /// 1 for the first of the incident.
    pub number: u32,
    /// Whose it is.
    pub by: OrganisationCode,
    /// What.
    #[serde(flatten)]
    pub opening: LinkageDetails,
    /// When it should have ended, where the rules set a limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Deadline>,
    /// When somebody should have visited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<Deadline>,
}

impl Effect for Linked {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.proceedings.linkages.push(Linkage {
            number: self.number,
            by: self.by,
            opened_at: stamp.at,
            opened_seq: stamp.seq,
            opening: self.opening.clone(),
            due: self.due,
            visit: self.visit,
            steps: Vec::new(),
            end: None,
        });
    }
}

/// Something happened in a linkage.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Recorded {
    /// In which.
    pub number: u32,
    /// What.
    pub step: LinkageStep,
    /// When it happened.
    pub happened_at: Instant,
    /// The number the other side gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_no: Option<ExternalNo>,
    /// When it should have ended now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Deadline>,
}

impl Effect for Recorded {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        let Self { number, step, happened_at, external_no, due } = self;
        if let Some(linkage) = case.linkage_mut(*number) {
            linkage.due = due.or(linkage.due);
            let (step, external_no) = (*step, external_no.clone());
            linkage.steps.push(StepRecord { step, at: *happened_at, seq: stamp.seq, external_no });
        }
    }
}
