//! Events of linkages (联动) and of participants.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    events::effect::Effect,
    incident::{
        case::{Case, Stamp},
        linkage::{
            Capacity, Linkage, LinkageDetails, LinkageEnd, LinkageOutcome, LinkageStep, Participant,
            StepRecord,
        },
        source::ExternalNo,
    },
    organisation::OrganisationCode,
    time::{Instant, clock::Deadline},
};

/// A linkage ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Concluded {
    /// Number of the linkage within the incident.
    pub number: u32,
    pub conclusion: LinkageOutcome,
    #[serde(with = "crate::stored::time")]
    pub ended_at: Instant,
    /// The last day to perform the agreement, or the day of the next follow-up (China time).
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

/// A participant was recorded.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Involved {
    pub capacity: Capacity,
    /// The organisation that recorded the participant.
    pub by: OrganisationCode,
}

impl Effect for Involved {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        let Self { capacity, by } = *self;
        let participant = Participant { capacity, by, at: stamp.at, seq: stamp.seq };
        case.incident.participants.push(participant);
    }
}

/// A linkage was opened.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Linked {
    /// Number of the linkage within the incident; the first has 1.
    pub number: u32,
    /// The organisation that opened the linkage.
    pub by: OrganisationCode,
    /// Kind and facts of the linkage.
    #[serde(flatten)]
    pub opening: LinkageDetails,
    /// When the linkage should end, if the rules set a limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Deadline>,
    /// When the first visit is due after a police call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<Deadline>,
}

impl Effect for Linked {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.linkages.push(Linkage {
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

/// A step of a linkage was recorded.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Recorded {
    /// Number of the linkage within the incident.
    pub number: u32,
    pub step: LinkageStep,
    #[serde(with = "crate::stored::time")]
    pub happened_at: Instant,
    /// The case or order number that the other authority gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_no: Option<ExternalNo>,
    /// The new deadline of the linkage, if the step prolonged it.
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
