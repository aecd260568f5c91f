//! Events that change which desk holds the incident, or end its custody.

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
    time::{clock::Deadline, deadline::Limit},
};

/// A desk accepted the incident.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Accepted {
    /// When the desk must have dispatched the work.
    pub dispatch: Deadline,
    /// The accepting desk, if it missed its acceptance deadline earlier and takes the incident back from the desk
    /// above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late: Option<Arrival>,
}

impl Effect for Accepted {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        match &self.late {
            Some(arrival) => {
                case.arrive_accepted(CustodyOutcome::AcceptedBelow, arrival, self.dispatch, stamp)
            }
            None => {
                // The desks that missed their acceptance deadline may no longer accept.
                case.end_work(HandlingOutcome::Withdrawn, stamp);
                case.accepted(self.dispatch, stamp.at);
            }
        }
    }
}

/// The desk declined the incident.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Declined {
    pub reason: ReasonCode,
}

impl Effect for Declined {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.end(State::NotAccepted, CustodyOutcome::Declined, stamp);
    }
}

/// The incident was sent to a desk above.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Escalated {
    pub reason: ReasonCode,
    /// The new desk, with its clocks.
    pub to: Arrival,
    /// The desks in between that a rule skipped. They are notified.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<OrganisationCode>,
}

impl Effect for Escalated {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.escalated = case.incident.escalated.saturating_add(1);
        case.arrive(CustodyOutcome::Escalated, &self.to, stamp);
    }
}

/// The incident was sent to a desk directly below.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HandedDown {
    /// The new desk, with its clocks.
    pub to: Arrival,
}

impl Effect for HandedDown {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.tally.handed_down += 1;
        case.arrive(CustodyOutcome::HandedDown, &self.to, stamp);
    }
}

codes! {
    /// Authorities outside grid governance.
    Authority "authority" {
        /// The police (110).
        Police "police" "公安机关",
        /// A people's court of any level.
        Court "court" "人民法院",
        /// A people's procuratorate of any level.
        Procuratorate "procuratorate" "人民检察院",
        /// An arbitration body for commercial, labour or land disputes.
        Arbitration "arbitration" "仲裁机构",
        /// An office for letters and visits.
        Petition "petition" "信访部门",
        /// The citizens' hotline.
        Hotline "hotline" "12345热线",
        /// A discipline inspection or supervisory body.
        Supervision "supervision" "纪检监察机关",
        Other "other" "其他",
    }
}

/// The incident was passed to an authority outside grid governance.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Referred {
    pub to: Authority,
}

impl Effect for Referred {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.end(State::ReferredOut, CustodyOutcome::Referred, stamp);
    }
}

/// The desk above took the incident over.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TakenOver {
    /// The desk above, with its clocks.
    pub by: Arrival,
    /// When that desk must have dispatched the work.
    pub dispatch: Deadline,
}

impl Effect for TakenOver {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.escalated = case.incident.escalated.saturating_add(1);
        case.arrive_accepted(CustodyOutcome::TakenOver, &self.by, self.dispatch, stamp);
    }
}

/// The incident was sent to another desk of the same level.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Transferred {
    pub reason: ReasonCode,
    /// The new desk, with its clocks.
    pub to: Arrival,
}

impl Effect for Transferred {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.tally.transferred += 1;
        case.arrive(CustodyOutcome::Transferred, &self.to, stamp);
    }
}

/// The incident was voided.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Voided {
    /// Whether the system voided it because the reporter did not answer in time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unanswered: bool,
}

impl Effect for Voided {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.end(State::Voided, CustodyOutcome::Voided, stamp);
    }
}

/// A desk took back the incident from another desk, or the work from an organisation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Withdrawn {
    /// The desk that took the incident back. `None` if only the work was taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back_to: Option<Back>,
    /// When the desk must have dispatched the work that it took back. Its clock continues as if the work had not been sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispatch: Option<Deadline>,
}

/// The return of an incident to a desk that held it before. The desk's clocks continue.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Back {
    /// The desk, with its clocks.
    pub arrival: Arrival,
    /// When the desk must have dispatched the work. `None` if it had not accepted.
    pub dispatch: Option<Deadline>,
    /// The extensions that the ceiling holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<Limit>,
}

impl Back {
    /// The incident returns to the desk. The open custody leg ends with `how`.
    pub(super) fn apply(&self, how: CustodyOutcome, case: &mut Case, stamp: Stamp) {
        match self.dispatch {
            Some(dispatch) => case.arrive_accepted(how, &self.arrival, dispatch, stamp),
            None => case.arrive(how, &self.arrival, stamp),
        }
        if let Some(leg) = case.custody.last_mut() {
            leg.extensions.clone_from(&self.extensions);
        }
    }
}

impl Effect for Withdrawn {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        // A transfer or hand-down that was taken back does not count towards its maximum.
        let undone = case.sent_by().and_then(|leg| leg.outcome).filter(|_| self.back_to.is_some());
        let tally = &mut case.incident.tally;
        if undone == Some(CustodyOutcome::HandedDown) {
            tally.handed_down = tally.handed_down.saturating_sub(1);
        }
        if undone == Some(CustodyOutcome::Transferred) {
            tally.transferred = tally.transferred.saturating_sub(1);
        }
        match &self.back_to {
            Some(back) => back.apply(CustodyOutcome::Withdrawn, case, stamp),
            None => {
                case.end_work(HandlingOutcome::Withdrawn, stamp);
                case.incident.state = State::PendingDispatch;
                if let Some(leg) = case.custody.last_mut() {
                    leg.clocks.dispatch = self.dispatch;
                }
            }
        }
    }
}
