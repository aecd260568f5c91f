//! closing

use serde::{Deserialize, Serialize};

use crate::{
    code::codes,
    events::effect::Effect,
    geography::unit::Level,
    ids::AccountId,
    incident::{
        State,
        case::{Arrival, Case, Stamp, Work},
        leg::{CustodyOutcome, HandlingRole, Outcome},
        proceedings::Check,
    },
    time::clock::Deadline,
};

/// The desk closed it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Closed {
    /// What came of it.
    pub outcome: Outcome,
    /// Level of the desk under which it closed.
    pub resolved_level: Level,
    /// The desk did the work itself, and nobody else looked at it.
    pub self_verified: bool,
    /// Without a result, by a county.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub forced: bool,
}

impl Effect for Closed {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.self_verified = self.self_verified;
        case.close(self.outcome, self.resolved_level, CustodyOutcome::Closed, stamp);
    }
}

codes! {
    /// How somebody was asked.
    Channel "channel" {
        /// By telephone.
        Phone "phone" "电话",
        /// At home or on site.
        Visit "visit" "上门",
        /// In writing.
        Message "message" "短信",
    }
}

/// Grades of satisfaction: 1 (very dissatisfied) to 5 (very satisfied).
pub const SATISFACTION: std::ops::RangeInclusive<u8> = 1..=5;

/// Somebody was asked how it was settled.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FollowedUp {
    /// How.
    pub channel: Channel,
    /// Whether it is settled.
    pub settled: bool,
    /// How satisfied they are.
    pub satisfaction: Option<u8>,
}

impl Effect for FollowedUp {
    fn apply(&self, case: &mut Case, _: Stamp) {
        let known = &mut case.incident.proceedings.satisfaction;
        *known = self.satisfaction.or(*known);
    }
}

/// It was taken up again.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reopened {
    /// The desk that gets it back, with its clocks.
    pub to: Arrival,
    /// When it must be dispatched.
    pub dispatch: Deadline,
}

impl Effect for Reopened {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        let incident = &mut case.incident;
        incident.reopened = incident.reopened.saturating_add(1);
        incident.outcome = None;
        incident.resolved_level = None;
        incident.ended_at = None;
        incident.on_spot = false;
        incident.self_verified = false;
        incident.in_place = false;
        incident.proceedings.satisfaction = None;
        // The leg before has ended: how, it knows itself.
        case.take(CustodyOutcome::Closed, &self.to, self.dispatch, stamp);
    }
}

/// What was found on site.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CheckReported {
    /// Whether the matter is settled.
    pub settled: bool,
}

impl Effect for CheckReported {
    fn apply(&self, case: &mut Case, _: Stamp) {
        if let Some(check) = &mut case.incident.proceedings.check {
            check.settled = Some(self.settled);
        }
    }
}

/// A grid worker was sent.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CheckRequested {
    /// Who.
    pub worker: AccountId,
    /// Until when.
    pub due: Deadline,
}

impl Effect for CheckRequested {
    fn apply(&self, case: &mut Case, _: Stamp) {
        case.incident.proceedings.check = Some(Check { worker: self.worker, due: self.due, settled: None });
    }
}

/// More work has to be done.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reworked {
    /// By whom, and by when.
    pub lead: Work,
}

impl Effect for Reworked {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.state = State::InProgress;
        case.incident.proceedings.check = None;
        case.start(HandlingRole::Lead, &self.lead, true, stamp);
    }
}
