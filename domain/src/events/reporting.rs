//! reporting

use serde::{Deserialize, Serialize};

use crate::{
    events::effect::Effect,
    geography::{place::Place, unit::Level},
    ids::IncidentId,
    incident::{
        Incident, State,
        case::{Arrival, Case, Stamp},
        leg::{CustodyOutcome, Outcome},
        photo::Photo,
        proceedings::{Correction, Proceedings},
        remark::Audience,
    },
    rules::{
        category::{CategoryCode, Severity},
        routing::Routing,
    },
    time::{
        auto_escalation::AutoEscalation,
        clock::{Deadline, Moved},
    },
};

/// More photos were named.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PhotosAdded {
    /// Which.
    pub photos: Vec<Photo>,
}

impl Effect for PhotosAdded {
    fn apply(&self, case: &mut Case, _: Stamp) {
        case.incident.proceedings.photos.extend(&self.photos);
    }
}

/// Somebody remarked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Commented {
    /// Who may read it.
    pub audience: Audience,
}

impl Effect for Commented {
    fn apply(&self, _: &mut Case, _: Stamp) {}
}

/// It was corrected.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Corrected {
    /// What it is now.
    pub correction: Correction,
    /// Visible to the holder chain only.
    pub restricted: bool,
    /// The reporter is named to nobody but the first desk. What was promised once stays.
    pub reporter_hidden: bool,
    /// Its category goes to the county first.
    pub county_first: bool,
    /// Levels up to this one are passed over.
    pub skips: Option<Level>,
    /// What happens when the desk does not accept.
    pub on_lapse: AutoEscalation,
    /// The clocks that were set anew: when they were due, and are due now.
    pub moved: Vec<Moved>,
    /// The desk it belongs to now, if that is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Arrival>,
}

impl Effect for Corrected {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        let incident = &mut case.incident;
        let Correction { category, severity, place } = self.correction;
        if place != incident.place {
            incident.proceedings.first_place = incident.proceedings.first_place.or(Some(incident.place));
        }
        incident.category = category;
        incident.severity = severity;
        incident.place = place;
        incident.restricted = self.restricted;
        incident.reporter_hidden = self.reporter_hidden;
        incident.county_first = self.county_first;
        incident.skips = self.skips;
        if !incident.is_shown_in_the_field() {
            incident.proceedings.check = None;
        }
        if incident.restricted {
            case.leave_to_those_who_see_it();
        }
        case.set_clocks(&self.moved);
        case.set_on_lapse(self.on_lapse);
        if let Some(arrival) = &self.to {
            case.arrive(CustodyOutcome::Rerouted, arrival, stamp);
        }
    }
}

/// The desk asked for more.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct InfoRequested {
    /// Until when the reporter can answer.
    pub due: Deadline,
}

impl Effect for InfoRequested {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.state = State::AwaitingInfo;
        case.incident.proceedings.tally.asked += 1;
        case.incident.proceedings.pause(stamp.at, self.due);
    }
}

/// There is more information.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Supplemented {
    /// The clocks after the pause.
    pub moved: Vec<Moved>,
    /// Nobody said more; it goes on as it is, for the others that wait for the same matter.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_itself: bool,
}

impl Effect for Supplemented {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.state = State::PendingAcceptance;
        case.incident.proceedings.go_on_by(stamp.at, self.by_itself);
        case.set_clocks(&self.moved);
    }
}

/// A report reached the server.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reported {
    /// What it is about.
    pub category: CategoryCode,
    /// How bad it is.
    pub severity: Severity,
    /// Where it happened.
    pub place: Place,
    /// Visible to the holder chain only.
    pub restricted: bool,
    /// The reporter is named to nobody but the first desk.
    pub reporter_hidden: bool,
    /// Its category goes to the county first.
    pub county_first: bool,
    /// Which desk got it, and why.
    pub routing: Box<Routing>,
    /// That desk's clocks.
    pub to: Arrival,
    /// When the whole matter should be settled.
    pub total: Deadline,
    /// The photos it named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub photos: Vec<Photo>,
}

/// The reporter settled it on the spot.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ResolvedOnSpot {}

impl Reported {
    /// The incident that begins with it.
    pub(crate) fn open(&self, id: IncidentId, stamp: Stamp) -> Case {
        let incident = Incident {
            id,
            version: stamp.seq,
            category: self.category,
            severity: self.severity,
            state: State::PendingAcceptance,
            place: self.place,
            reporter: stamp.actor,
            received_at: stamp.at,
            last_event_at: stamp.at,
            first_desk: self.routing.desk,
            first_accepted_by: None,
            skips: self.routing.skips,
            restricted: self.restricted,
            reporter_hidden: self.reporter_hidden,
            county_first: self.county_first,
            on_spot: false,
            self_verified: false,
            reopened: 0,
            returned: 0,
            escalated: 0,
            outcome: None,
            resolved_level: None,
            in_place: false,
            ended_at: None,
            total: self.total,
            proceedings: Proceedings { photos: self.photos.clone(), ..Proceedings::default() },
            rules_version: self.routing.rules_version,
        };
        Case { incident, custody: vec![self.to.leg(1, stamp)], handling: Vec::new() }
    }
}

impl Effect for ResolvedOnSpot {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.on_spot = true;
        case.incident.first_accepted_by = Some(case.incident.first_desk);
        if let Some(leg) = case.custody.last_mut() {
            leg.clocks.accept = None;
        }
        case.close(Outcome::Resolved, case.custody_level(), CustodyOutcome::ResolvedOnSpot, stamp);
    }
}
