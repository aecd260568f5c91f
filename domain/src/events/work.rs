//! Events of the work of lead and assisting organisations.

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

/// The lead organisation took on the work.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Acknowledged {
    /// Whether the system acknowledged the work because the time to return it had passed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_itself: bool,
}

impl Effect for Acknowledged {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.state = State::InProgress;
        case.incident.requests.disputed = None;
        if let Some(leg) = case.open_lead_mut() {
            leg.acknowledged_at = Some(stamp.at);
        }
    }
}

codes! {
    /// The answer of an assisting organisation.
    Assistance "assistance" {
        /// It will come.
        Confirmed "confirmed" "应哨",
        /// It has finished its part.
        Done "done" "已办",
        /// It cannot help.
        Declined "declined" "不能协办",
    }
}

/// An assisting organisation answered.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Answered {
    pub organisation: OrganisationCode,
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

/// The desk above decided which organisation is responsible.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Arbitrated {
    /// The responsible organisation, with its clocks.
    pub lead: Work,
}

impl Effect for Arbitrated {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.end_work(HandlingOutcome::Withdrawn, stamp);
        case.incident.state = State::InProgress;
        case.incident.requests.disputed = None;
        if let Some(leg) = case.custody.last_mut() {
            leg.arbitrated = true;
        }
        case.start(HandlingRole::Lead, &self.lead, true, stamp);
    }
}

/// The lead organisation arrived on site.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Arrived {}

impl Effect for Arrived {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        if let Some(leg) = case.open_lead_mut() {
            leg.arrived_at = Some(stamp.at);
        }
    }
}

/// The desk called organisations in to help.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CalledIn {
    /// The organisations, with their clocks.
    pub assist: Vec<Work>,
    /// Whether the shorter deadline for urgent calls applies to the answer.
    pub urgent: bool,
}

impl Effect for CalledIn {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        for work in &self.assist {
            case.start(HandlingRole::Assist, work, false, stamp);
        }
    }
}

/// The desk assigned the work.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Dispatched {
    /// The lead organisation, with its clocks.
    pub lead: Work,
    /// The assisting organisations, with their clocks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assist: Vec<Work>,
    /// The duty role of the lead organisation, if the desk assigned the work against the duty list (履职清单).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outside: Option<DutyRole>,
}

impl Effect for Dispatched {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.start_lead(&self.lead, stamp);
        for work in &self.assist {
            case.start(HandlingRole::Assist, work, false, stamp);
        }
    }
}

/// The desk gave the work to another organisation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Redispatched {
    /// The new lead organisation, with its clocks.
    pub lead: Work,
    /// Its duty role, if the desk assigned the work against the duty list (履职清单).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outside: Option<DutyRole>,
}

impl Effect for Redispatched {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        let organisation = self.lead.organisation;
        case.end_lead(HandlingOutcome::Reassigned, stamp);
        // Who assisted goes on, but an organisation does not assist itself.
        if let Some(number) = case.assist_of(organisation).map(|leg| leg.number) {
            case.end_leg(number, HandlingOutcome::Reassigned, stamp);
        }
        case.start_lead(&self.lead, stamp);
    }
}

/// The lead organisation asked the desk above to decide which organisation is responsible.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Disputed {
    pub reason: ReasonCode,
}

impl Effect for Disputed {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.requests.disputed = Some(stamp.at);
    }
}

/// The suspended work continued.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Resumed {
    /// The new deadlines after the pause.
    pub moved: Vec<Moved>,
    /// Whether the system resumed the work on the agreed date.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_itself: bool,
}

impl Effect for Resumed {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.state = State::InProgress;
        case.incident.pauses.end_by(stamp.at, self.by_itself);
        case.set_clocks(&self.moved);
    }
}

/// The lead organisation sent the work back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Returned {
    pub reason: ReasonCode,
    /// When the desk must have dispatched the work again.
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
    /// How a matter was settled: the methods of dispute resolution (化解方式) in records under GB/T 31000, and handling on
    /// site.
    Method "method" {
        /// Mediation by a court.
        JudicialMediation "judicial_mediation" "司法调解",
        /// Mediation by an administrative authority.
        AdministrativeMediation "administrative_mediation" "行政调解",
        /// Mediation by people's mediators under the People's Mediation Law (人民调解法).
        PeoplesMediation "peoples_mediation" "人民调解",
        /// Mediation by an arbitration body.
        ArbitrationMediation "arbitration_mediation" "仲裁调解",
        /// Mediation of a commercial dispute.
        CommercialMediation "commercial_mediation" "商事调解",
        /// Mediation by an industry body.
        IndustryMediation "industry_mediation" "行业调解",
        /// Mediation by a lawyer.
        LawyerMediation "lawyer_mediation" "律师调解",
        /// Arbitration of a civil or commercial dispute.
        CivilArbitration "civil_arbitration" "民商事仲裁",
        /// Arbitration of a dispute over a contract for rural land.
        RuralLandArbitration "rural_land_arbitration" "农村土地承包经营纠纷仲裁",
        /// Arbitration of a labour or personnel dispute.
        LabourArbitration "labour_arbitration" "劳动人事争议仲裁",
        /// Review of an administrative act by a higher authority.
        AdministrativeReconsideration "administrative_reconsideration" "行政复议",
        /// Ruling on a civil dispute by an administrative authority.
        AdministrativeRuling "administrative_ruling" "行政裁决",
        /// A lawsuit.
        Litigation "litigation" "诉讼",
        /// An agreement between the parties without a mediator.
        Settlement "settlement" "协商和解",
        /// Practical work: something was repaired, removed, cleaned or made safe.
        OnSiteHandling "on_site_handling" "现场处置",
        Other "other" "其他",
    }
}

/// The lead organisation submitted its result.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ResultSubmitted {
    /// Whether the matter is settled.
    pub outcome: Outcome,
    pub method: Method,
    /// When the desk must have verified the result.
    pub verify: Deadline,
    /// Photos of the work. The files are uploaded later.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub photos: Vec<Photo>,
}

impl Effect for ResultSubmitted {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.state = State::PendingVerification;
        case.incident.photos.extend(&self.photos);
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

/// The work was suspended.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Suspended {
    /// When the work resumes at the latest.
    pub until: Deadline,
}

impl Effect for Suspended {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.state = State::Suspended;
        case.incident.tally.suspended += 1;
        case.incident.pauses.begin(stamp.at, self.until);
    }
}
