//! Events of the report and of its facts: opening, corrections, missing information, photos and remarks.

use serde::{Deserialize, Serialize};

use crate::{
    events::effect::Effect,
    geography::{place::Place, unit::Level},
    ids::IncidentId,
    incident::{
        Incident, State,
        case::{Arrival, Case, Stamp},
        leg::{CustodyOutcome, Outcome},
        merging::Merging,
        oversight::Oversight,
        pauses::Pauses,
        photo::Photo,
        remark::Audience,
        requests::{Correction, Requests},
        source::{ExternalNo, Source},
        tally::Tally,
    },
    organisation::OrganisationCode,
    rules::{
        Rules,
        routing::{Routing, RoutingReader},
    },
    stored::is_default,
    text::localized::Localized,
    time::{
        auto_escalation::AutoEscalation,
        clock::{Deadline, Moved},
    },
};

/// Photos were added. The files are uploaded later.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PhotosAdded {
    pub photos: Vec<Photo>,
}

impl Effect for PhotosAdded {
    fn apply(&self, case: &mut Case, _: Stamp) {
        case.incident.photos.extend(&self.photos);
    }
}

/// A remark was added.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Commented {
    /// Who may read the remark.
    pub audience: Audience,
    /// Whether the reporter wrote it, so that it is no reply.
    #[serde(default, skip_serializing_if = "is_default")]
    pub by_reporter: bool,
}

impl Effect for Commented {
    fn apply(&self, _: &mut Case, _: Stamp) {}
}

/// Category, severity or place was corrected.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Corrected {
    /// The corrected facts.
    pub correction: Correction,
    /// Whether only the desks and organisations that hold or held the incident see it.
    pub restricted: bool,
    /// Whether only the first desk learns who reported. A correction never ends this protection.
    pub reporter_hidden: bool,
    /// Whether the category goes to the county first.
    pub county_first: bool,
    /// Desks up to this level are skipped and do not see the incident.
    pub skips: Option<Level>,
    /// What happens if the desk does not accept in time.
    pub on_lapse: AutoEscalation,
    /// The clocks whose deadlines changed.
    pub moved: Vec<Moved>,
    /// The new desk, if the incident moves to another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Arrival>,
}

impl Effect for Corrected {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        let incident = &mut case.incident;
        let Correction { category, severity, place } = self.correction;
        if place != incident.place {
            incident.first_place = incident.first_place.or(Some(incident.place));
        }
        incident.category = category;
        incident.severity = severity;
        incident.place = place;
        incident.restricted = self.restricted;
        incident.reporter_hidden = self.reporter_hidden;
        incident.county_first = self.county_first;
        incident.skips = self.skips;
        if !incident.is_shown_in_the_field() {
            incident.oversight.check = None;
        }
        if incident.restricted {
            case.cancel_oversight_without_access();
        }
        case.set_clocks(&self.moved);
        case.set_on_lapse(self.on_lapse);
        if let Some(arrival) = &self.to {
            case.arrive(CustodyOutcome::Rerouted, arrival, stamp);
        }
    }
}

/// The reporter took the report back before a desk accepted it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ReportWithdrawn {}

impl Effect for ReportWithdrawn {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.end(State::Voided, CustodyOutcome::Voided, stamp);
    }
}

/// The desk asked the reporter for missing information.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct InfoRequested {
    /// When the reporter must have answered.
    pub due: Deadline,
}

impl Effect for InfoRequested {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.state = State::AwaitingInfo;
        case.incident.tally.asked += 1;
        case.incident.pauses.begin(stamp.at, self.due);
    }
}

/// The reporter gave the missing information, or the system continued without it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Supplemented {
    /// The new deadlines after the pause.
    pub moved: Vec<Moved>,
    /// Whether the system continued without an answer, because other incidents are merged into this one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_itself: bool,
}

impl Effect for Supplemented {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.state = State::PendingAcceptance;
        case.incident.pauses.end_by(stamp.at, self.by_itself);
        case.set_clocks(&self.moved);
    }
}

/// A report opened the incident.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reported {
    pub place: Place,
    /// Whether only the desks and organisations that hold or held the incident see it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub restricted: bool,
    /// Whether only the first desk learns who reported.
    #[serde(default, skip_serializing_if = "is_default")]
    pub reporter_hidden: bool,
    /// Whether the category goes to the county first.
    #[serde(default, skip_serializing_if = "is_default")]
    pub county_first: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    pub source: Source,
    /// The number that the source gave the matter.
    #[serde(default, skip_serializing_if = "is_default")]
    pub external_no: Option<ExternalNo>,
    /// The desk that entered it. `None` if a grid worker reported it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub entered_by: Option<OrganisationCode>,
    /// Why the first desk receives it.
    pub routing: Box<Routing>,
    /// The first desk, with its clocks.
    pub to: Arrival,
    /// When the whole matter should be settled.
    pub total: Deadline,
    /// The photos of the report. The files are uploaded later.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub photos: Vec<Photo>,
}

impl Reported {
    /// Why the first desk received it, in words. `rules` give the name of the category.
    #[must_use]
    pub fn reason(&self, rules: Option<&Rules>, reader: RoutingReader) -> Localized {
        self.routing.reason(rules.and_then(|rules| rules.category(self.routing.category)), reader)
    }

    /// The version of the rules that decided.
    #[must_use]
    pub const fn rules_version(&self) -> i64 {
        self.total.rules_version
    }

    /// The case that the report opens.
    pub(crate) fn open(&self, id: IncidentId, stamp: Stamp) -> Case {
        let incident = Incident {
            id,
            version: stamp.seq,
            category: self.routing.category,
            severity: self.routing.severity,
            state: State::PendingAcceptance,
            place: self.place,
            reporter: stamp.actor,
            source: self.source,
            external_no: self.external_no.clone(),
            entered_by: self.entered_by,
            received_at: stamp.at,
            changed_at: None,
            first_accepted_by: None,
            skips: self.routing.skips,
            restricted: self.restricted,
            reporter_hidden: self.reporter_hidden,
            county_first: self.county_first,
            on_spot: false,
            self_verified: false,
            verified_by_colleague: false,
            reopenings: Vec::new(),
            returned: 0,
            escalated: 0,
            outcome: None,
            resolved_level: None,
            in_place: false,
            ended_at: None,
            total: self.total,
            pauses: Pauses::default(),
            requests: Requests::default(),
            oversight: Oversight::default(),
            merging: Merging::default(),
            tally: Tally::default(),
            linkages: Vec::new(),
            participants: Vec::new(),
            photos: self.photos.clone(),
            caretaker: None,
            first_place: None,
            satisfaction: None,
        };
        Case { incident, custody: vec![self.to.leg(1, stamp)], handling: Vec::new() }
    }
}

/// The reporter settled the matter on the spot (现场自办).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ResolvedOnSpot {}

impl Effect for ResolvedOnSpot {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.on_spot = true;
        if let Some(leg) = case.custody.last_mut() {
            leg.clocks.accept = None;
        }
        case.close(Outcome::Resolved, case.custody_level(), CustodyOutcome::ResolvedOnSpot, stamp);
    }
}
