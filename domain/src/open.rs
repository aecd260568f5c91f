//! Opening: from a report to an incident with its first leg.

use serde::{Deserialize, Serialize};

use crate::{
    account::{Actor, Role},
    case::{Arrival, Case, Stamp},
    category::{Category, CategoryCode, Flag, Severity},
    clock::Deadline,
    commands::{Effect, arrival, level},
    event::Event,
    ground::Ground,
    incident::{Incident, IncidentId, State},
    leg::{CustodyOutcome, Outcome},
    photo::{Phase, Photo, may_be_named},
    place::Place,
    proceedings::Proceedings,
    refusal::Refusal,
    remark::{Audience, Label, Remark},
    routing::{Routing, route},
    rules::Rules,
    text::Text,
    time::{Instant, truncate},
    unit::Level,
    warning::Warning,
};

/// A report with its facts resolved: the place is found, the category known.
#[derive(Clone, Debug)]
pub struct Report<'a> {
    /// Identity, made on the phone.
    pub id: IncidentId,
    /// What it is about.
    pub category: &'a Category,
    /// How bad the reporter says it is.
    pub severity: Option<Severity>,
    /// Where it is.
    pub place: Place,
    /// What was done about it already, if it is settled.
    pub on_spot: Option<Text>,
    /// What it looks like.
    pub photos: Vec<Photo>,
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

impl Effect for Reported {
    /// The first event opens an incident and cannot happen to one.
    fn apply(&self, _: &mut Case, _: Stamp) {}
}

impl Effect for ResolvedOnSpot {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.on_spot = true;
        case.incident.first_accepted_by = Some(case.incident.first_desk);
        if let Some(leg) = case.custody.last_mut() {
            leg.clocks.accept = None;
        }
        case.close(Outcome::Resolved, level(case), CustodyOutcome::ResolvedOnSpot, stamp);
    }
}

/// An event that was decided, with the words that go with it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decided {
    /// The event.
    pub event: Event,
    /// Its words, one of each label.
    pub remarks: Vec<Remark>,
}

/// What a report or a command comes to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decision {
    /// The incident as it is afterwards.
    pub case: Case,
    /// What happened, in order.
    pub events: Vec<Decided>,
    /// What deserves a second look.
    pub warnings: Vec<Warning>,
}

/// Opens an incident for `report`, sent by `reporter` and received at `now`.
///
/// The reporter may say that a matter is worse than its category, not that it is better: the worse of both holds.
///
/// # Errors
/// When the reporter may not report, or what is said to be settled on the spot cannot be.
pub fn open(
    report: &Report<'_>,
    reporter: &Actor,
    now: Instant,
    rules: &Rules,
    ground: &Ground,
) -> Result<Decision, Refusal> {
    if !reporter.may_report() {
        return Err(Refusal::MayNotReport);
    }
    let category = report.category;
    may_be_named(&report.photos, &[], category)?;
    let severity = report.severity.map_or(category.severity, |given| given.max(category.severity));
    let routing = match report.on_spot {
        None => route(category, severity, &report.place, rules, &ground.units, &ground.organisations)
            .ok_or(Refusal::NoDesk)?,
        Some(_) => route_on_spot(report, severity, reporter, rules, ground)?,
    };
    let now = truncate(now);
    let to = arrival(routing.desk, (category.code, severity), now, rules, ground);
    let reported = Event {
        incident: report.id,
        seq: 1,
        at: now,
        actor: reporter.account,
        body: Reported {
            category: category.code,
            severity,
            place: report.place,
            restricted: category.has(Flag::Restricted),
            reporter_hidden: category.has(Flag::Restricted) || category.has(Flag::Anonymous),
            county_first: category.first_level == Level::County,
            to,
            total: rules.total_due(category.code, now),
            routing: Box::new(routing),
            photos: report.photos.clone(),
        }
        .into(),
    };
    let mut warnings = Vec::new();
    let shows = |phase: Phase| report.photos.iter().any(|photo| photo.phase == phase);
    let is_shown = shows(Phase::Before) && (report.on_spot.is_none() || shows(Phase::After));
    if category.has(Flag::PhotoRequired) && !is_shown {
        warnings.push(Warning::PhotoMissing);
    }
    if report.severity.is_some_and(|given| given < severity) {
        warnings.push(Warning::SeverityKept);
    }
    let mut case = Case::opened(&reported).ok_or(Refusal::NoDesk)?;
    let mut events = vec![Decided { event: reported, remarks: Vec::new() }];
    if let Some(result) = &report.on_spot {
        let event = Event {
            incident: report.id,
            seq: 2,
            at: now,
            actor: reporter.account,
            body: ResolvedOnSpot {}.into(),
        };
        case.apply(&event);
        let remark = Remark { label: Label::Text, audience: Audience::Reporter, text: result.clone() };
        events.push(Decided { event, remarks: vec![remark] });
    }
    Ok(Decision { case, events, warnings })
}

/// A matter settled on the spot counts for its village, whatever level the category goes to first.
fn route_on_spot(
    report: &Report<'_>,
    severity: Severity,
    reporter: &Actor,
    rules: &Rules,
    ground: &Ground,
) -> Result<Routing, Refusal> {
    let category = report.category;
    if reporter.role != Role::GridWorker {
        return Err(Refusal::OnSpotByGridWorker);
    }
    if !category.has(Flag::OnSpot) {
        return Err(Refusal::NotOnSpot { category: category.code });
    }
    if severity > Severity::Significant {
        return Err(Refusal::TooSevereOnSpot { severity });
    }
    let village_first = Category { first_level: Level::Village, ..category.clone() };
    route(&village_first, severity, &report.place, rules, &ground.units, &ground.organisations)
        .filter(|routing| routing.level == Level::Village)
        .map(|routing| Routing { first_level: category.first_level, ..routing })
        .ok_or(Refusal::NoVillageOnSpot)
}
