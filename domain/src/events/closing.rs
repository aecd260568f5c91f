//! Events from the check of the result to the reopening of the incident.

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
        oversight::Check,
        reopening::Reopening,
        requests::Objection,
    },
    stored::is_default,
    time::clock::Deadline,
};

/// The incident was closed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Closed {
    pub outcome: Outcome,
    /// Level of the desk that held the incident.
    pub resolved_level: Level,
    /// Whether one person did the work and closed it, and no grid worker confirmed the result.
    #[serde(default, skip_serializing_if = "is_default")]
    pub self_verified: bool,
    /// Whether the desk did the work itself, and a second person of the desk closed it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub verified_by_colleague: bool,
    /// Whether the county closed the incident without a result (强制结案).
    #[serde(default, skip_serializing_if = "is_default")]
    pub forced: bool,
}

impl Effect for Closed {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.self_verified = self.self_verified;
        case.incident.verified_by_colleague = self.verified_by_colleague;
        case.close(self.outcome, self.resolved_level, CustodyOutcome::Closed, stamp);
    }
}

codes! {
    /// How the residents were asked.
    Channel "channel" {
        Phone "phone" "电话",
        /// A visit at home or on site.
        Visit "visit" "上门",
        /// A text message.
        Message "message" "短信",
    }
}

/// Grades of satisfaction: 1 (very dissatisfied) to 5 (very satisfied).
pub const SATISFACTION: std::ops::RangeInclusive<u8> = 1..=5;

/// The residents were asked about the outcome.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FollowedUp {
    pub channel: Channel,
    /// Whether the matter is settled in the view of the person asked.
    pub settled: bool,
    /// A grade in [`SATISFACTION`]; `None` if the person gave none.
    pub satisfaction: Option<u8>,
}

impl Effect for FollowedUp {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        let satisfaction = &mut case.incident.satisfaction;
        *satisfaction = self.satisfaction.or(*satisfaction);
        if let Some(objection) = &mut case.incident.requests.objection {
            objection.answered_at = objection.answered_at.or(Some(stamp.at));
        }
    }
}

/// The reporter said that the matter is not settled.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Objected {
    /// When the desk above must have answered.
    pub due: Deadline,
}

impl Effect for Objected {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.requests.objection = Some(Objection { at: stamp.at, due: self.due, answered_at: None });
    }
}

/// A closed incident was reopened.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reopened {
    /// The desk that holds the incident again, with its clocks.
    pub to: Arrival,
    /// When the desk must have dispatched the work.
    pub dispatch: Deadline,
}

impl Effect for Reopened {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        let incident = &mut case.incident;
        incident
            .reopenings
            .extend(incident.ended_at.map(|closed_at| Reopening { closed_at, reopened_at: stamp.at }));
        incident.outcome = None;
        incident.resolved_level = None;
        incident.ended_at = None;
        incident.on_spot = false;
        incident.self_verified = false;
        incident.verified_by_colleague = false;
        incident.in_place = false;
        incident.satisfaction = None;
        incident.requests.objection = None;
        // The previous leg has ended already and keeps its outcome, so this outcome is not stored.
        case.arrive_accepted(CustodyOutcome::Closed, &self.to, self.dispatch, stamp);
    }
}

/// The grid worker reported the findings of the check on site.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CheckReported {
    /// Whether the matter is settled.
    pub settled: bool,
}

impl Effect for CheckReported {
    fn apply(&self, case: &mut Case, _: Stamp) {
        let oversight = &mut case.incident.oversight;
        if let Some(check) = &mut oversight.check {
            check.settled = Some(self.settled);
            if !oversight.checked_by.contains(&check.worker) {
                oversight.checked_by.push(check.worker);
            }
        }
    }
}

/// A grid worker was asked to check the result on site.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CheckRequested {
    pub worker: AccountId,
    /// When the grid worker must have reported.
    pub due: Deadline,
}

impl Effect for CheckRequested {
    fn apply(&self, case: &mut Case, _: Stamp) {
        case.incident.oversight.check = Some(Check { worker: self.worker, due: self.due, settled: None });
    }
}

/// The desk asked for more work.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reworked {
    /// The lead organisation, with its clocks.
    pub lead: Work,
}

impl Effect for Reworked {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.state = State::InProgress;
        case.incident.oversight.check = None;
        case.start(HandlingRole::Lead, &self.lead, true, stamp);
    }
}
