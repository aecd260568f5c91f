//! custody

use serde::{Deserialize, Serialize};

use crate::{
    code::codes,
    events::effect::Effect,
    incident::{
        State,
        case::{Arrival, Case, Stamp},
        leg::{CustodyOutcome, HandlingOutcome},
    },
    organisation::OrganisationCode,
    rules::reason::ReasonCode,
    time::clock::Deadline,
};

/// The desk took it on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Accepted {
    /// When it must be dispatched.
    pub dispatch: Deadline,
    /// The desk that had let it lapse and gets it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late: Option<Arrival>,
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

/// The desk said no.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Declined {
    /// Why.
    pub reason: ReasonCode,
}

impl Effect for Declined {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.rest(State::NotAccepted, CustodyOutcome::Declined, stamp);
    }
}

/// It went up.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Escalated {
    /// Why.
    pub reason: ReasonCode,
    /// The desk that got it, with its clocks.
    pub to: Arrival,
    /// Desks between that a rule passed over; they are told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<OrganisationCode>,
}

impl Effect for Escalated {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.escalated = case.incident.escalated.saturating_add(1);
        case.arrive(CustodyOutcome::Escalated, &self.to, stamp);
    }
}

/// It went down a level.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HandedDown {
    /// The desk that got it, with its clocks.
    pub to: Arrival,
}

impl Effect for HandedDown {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.proceedings.tally.handed_down += 1;
        case.arrive(CustodyOutcome::HandedDown, &self.to, stamp);
    }
}

codes! {
    /// Authorities outside grid governance.
    Authority "authority" {
        /// 110.
        Police "police" "公安机关",
        /// Of any level.
        Court "court" "人民法院",
        /// Of any level.
        Procuratorate "procuratorate" "人民检察院",
        /// Commercial, labour or land.
        Arbitration "arbitration" "仲裁机构",
        /// 信访.
        Petition "petition" "信访部门",
        /// 12345.
        Hotline "hotline" "12345热线",
        /// Of the party and the state.
        Supervision "supervision" "纪检监察机关",
        /// None of these.
        Other "other" "其他",
    }
}

/// An authority outside took it on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Referred {
    /// Which.
    pub to: Authority,
}

impl Effect for Referred {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.rest(State::ReferredOut, CustodyOutcome::Referred, stamp);
    }
}

/// The desk above took it over.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TakenOver {
    /// The desk, with its clocks.
    pub by: Arrival,
    /// When it must be dispatched.
    pub dispatch: Deadline,
}

impl Effect for TakenOver {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.escalated = case.incident.escalated.saturating_add(1);
        case.take(CustodyOutcome::TakenOver, &self.by, self.dispatch, stamp);
    }
}

/// It went to another desk of the same level.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Transferred {
    /// Why.
    pub reason: ReasonCode,
    /// The desk that got it, with its clocks.
    pub to: Arrival,
}

impl Effect for Transferred {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.proceedings.tally.transferred += 1;
        case.arrive(CustodyOutcome::Transferred, &self.to, stamp);
    }
}

/// It is void.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Voided {
    /// By itself, because the reporter did not say what was missing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unanswered: bool,
}

impl Effect for Voided {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.rest(State::Voided, CustodyOutcome::Voided, stamp);
    }
}

/// What was sent was taken back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Withdrawn {
    /// The desk that has it again, if it had gone to another desk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back_to: Option<Back>,
}

/// A desk gets back what it had sent on, with the clocks it had.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Back {
    /// The desk, with its clocks.
    pub arrival: Arrival,
    /// When it must have dispatched it, if it had accepted.
    pub dispatch: Option<Deadline>,
}

impl Effect for Withdrawn {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        // What was taken back was not used up.
        let how = case.sent_by().and_then(|leg| leg.outcome).filter(|_| self.back_to.is_some());
        let tally = &mut case.incident.proceedings.tally;
        if how == Some(CustodyOutcome::HandedDown) {
            tally.handed_down = tally.handed_down.saturating_sub(1);
        }
        if how == Some(CustodyOutcome::Transferred) {
            tally.transferred = tally.transferred.saturating_sub(1);
        }
        match &self.back_to {
            Some(Back { arrival, dispatch: Some(dispatch) }) => {
                case.take(CustodyOutcome::Withdrawn, arrival, *dispatch, stamp);
            }
            Some(Back { arrival, dispatch: None }) => case.arrive(CustodyOutcome::Withdrawn, arrival, stamp),
            None => {
                case.end_work(HandlingOutcome::Withdrawn, stamp);
                case.incident.state = State::PendingDispatch;
            }
        }
    }
}
