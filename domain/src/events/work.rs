//! work

use serde::{Deserialize, Serialize};

use crate::{
    code::codes,
    events::effect::Effect,
    incident::{
        State,
        case::{Case, Stamp, Work},
        leg::{HandlingOutcome, HandlingRole, Outcome},
        photo::Photo,
    },
    organisation::OrganisationCode,
    rules::{duty_list::DutyRole, reason::ReasonCode},
    time::clock::{Deadline, Moved},
};

/// The organisation took the work on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Acknowledged {
    /// By itself, because the time to send it back was over.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_itself: bool,
}

impl Effect for Acknowledged {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.state = State::InProgress;
        case.incident.proceedings.disputed = None;
        if let Some(leg) = case.open_lead_mut() {
            leg.acknowledged_at = Some(stamp.at);
        }
    }
}

codes! {
    /// What an organisation that assists says.
    Assistance "assistance" {
        /// It comes.
        Confirmed "confirmed" "应哨",
        /// It has done its part.
        Done "done" "已办",
        /// It does not come, and says why.
        Declined "declined" "不能协办",
    }
}

/// An organisation that helps answered.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Answered {
    /// Which.
    pub organisation: OrganisationCode,
    /// What.
    pub assistance: Assistance,
}

impl Effect for Answered {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        let Some(number) = case.assist_of(self.organisation).map(|leg| leg.number) else { return };
        match self.assistance {
            Assistance::Confirmed => {
                for leg in case.handling.iter_mut().filter(|leg| leg.number == number) {
                    leg.acknowledged_at = Some(stamp.at);
                }
            }
            Assistance::Done => case.end_leg(number, HandlingOutcome::Done, stamp),
            Assistance::Declined => case.end_leg(number, HandlingOutcome::Declined, stamp),
        }
    }
}

/// Whose duty it is was decided.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Arbitrated {
    /// Whose, and by when.
    pub lead: Work,
}

impl Effect for Arbitrated {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.end_work(HandlingOutcome::Withdrawn, stamp);
        case.incident.state = State::InProgress;
        case.incident.proceedings.disputed = None;
        case.incident.proceedings.arbitrated = true;
        case.start(HandlingRole::Lead, &self.lead, true, stamp);
    }
}

/// Somebody was on site.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Arrived {}

impl Effect for Arrived {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        if let Some(leg) = case.open_lead_mut() {
            leg.arrived_at = Some(stamp.at);
        }
    }
}

/// Organisations were called in.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CalledIn {
    /// Which, and by when.
    pub assist: Vec<Work>,
    /// Whether they have to answer at once.
    pub urgent: bool,
}

impl Effect for CalledIn {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        for work in &self.assist {
            case.start(HandlingRole::Assist, work, false, stamp);
        }
    }
}

/// Sent to an organisation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Dispatched {
    /// Who leads, by when.
    pub lead: Work,
    /// Who assists, by when.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assist: Vec<Work>,
    /// How far it is the lead's duty, if it is not on its list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outside: Option<DutyRole>,
}

impl Effect for Dispatched {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        let own_work = case.desk() == Some(self.lead.organisation);
        case.incident.state = if own_work { State::InProgress } else { State::PendingReceipt };
        case.start(HandlingRole::Lead, &self.lead, own_work, stamp);
        for work in &self.assist {
            case.start(HandlingRole::Assist, work, false, stamp);
        }
    }
}

/// The organisation disputes its duty.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Disputed {
    /// Why.
    pub reason: ReasonCode,
}

impl Effect for Disputed {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.proceedings.disputed = Some(stamp.at);
    }
}

/// Work went on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Resumed {
    /// The clocks after the pause.
    pub moved: Vec<Moved>,
    /// By itself, on the date.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_itself: bool,
}

impl Effect for Resumed {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.state = State::InProgress;
        case.incident.proceedings.go_on_by(stamp.at, self.by_itself);
        case.set_clocks(&self.moved);
    }
}

/// The organisation sent it back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Returned {
    /// Why.
    pub reason: ReasonCode,
    /// When it must be dispatched again.
    pub dispatch: Deadline,
}

impl Effect for Returned {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.state = State::PendingDispatch;
        case.incident.returned = case.incident.returned.saturating_add(1);
        case.end_lead(HandlingOutcome::Returned, stamp);
        case.end_work(HandlingOutcome::Withdrawn, stamp);
        if let Some(leg) = case.custody.last_mut() {
            leg.clocks.dispatch = Some(self.dispatch);
        }
    }
}

codes! {
    /// How a matter was settled: the 15 ways of GB/T 31000 practice, and work on the spot.
    Method "method" {
        /// By a court.
        JudicialMediation "judicial_mediation" "司法调解",
        /// By an authority.
        AdministrativeMediation "administrative_mediation" "行政调解",
        /// By people's mediators.
        PeoplesMediation "peoples_mediation" "人民调解",
        /// In arbitration.
        ArbitrationMediation "arbitration_mediation" "仲裁调解",
        /// In commerce.
        CommercialMediation "commercial_mediation" "商事调解",
        /// By an industry body.
        IndustryMediation "industry_mediation" "行业调解",
        /// By a lawyer.
        LawyerMediation "lawyer_mediation" "律师调解",
        /// Civil and commercial.
        CivilArbitration "civil_arbitration" "民商事仲裁",
        /// Contracts for rural land.
        RuralLandArbitration "rural_land_arbitration" "农村土地承包经营纠纷仲裁",
        /// Labour and personnel.
        LabourArbitration "labour_arbitration" "劳动人事争议仲裁",
        /// Review of an administrative act.
        AdministrativeReconsideration "administrative_reconsideration" "行政复议",
        /// Ruling by an authority.
        AdministrativeRuling "administrative_ruling" "行政裁决",
        /// In court.
        Litigation "litigation" "诉讼",
        /// Between the parties.
        Settlement "settlement" "协商和解",
        /// Repaired, removed, cleaned, made safe.
        OnSiteHandling "on_site_handling" "现场处置",
        /// None of these.
        Other "other" "其他",
    }
}

/// The organisation handed in its result.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ResultSubmitted {
    /// Whether the matter is settled.
    pub outcome: Outcome,
    /// How.
    pub method: Method,
    /// When the desk must have looked at it.
    pub verify: Deadline,
    /// Photos of the work.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub photos: Vec<Photo>,
}

impl Effect for ResultSubmitted {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.state = State::PendingVerification;
        case.incident.proceedings.photos.extend(&self.photos);
        if let Some(leg) = case.open_lead_mut() {
            leg.result = Some(self.outcome);
            leg.submitted_by = Some(stamp.actor);
            leg.arrived_at = leg.arrived_at.or(Some(stamp.at));
        }
        case.end_lead(HandlingOutcome::Submitted, stamp);
        if let Some(leg) = case.custody.last_mut() {
            leg.clocks.verify = Some(self.verify);
        }
    }
}

/// Work stands still.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Suspended {
    /// Until when at the latest.
    pub until: Deadline,
}

impl Effect for Suspended {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.state = State::Suspended;
        case.incident.proceedings.tally.suspended += 1;
        case.incident.proceedings.pause(stamp.at, self.until);
    }
}
