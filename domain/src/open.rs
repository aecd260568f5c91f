//! Opening: from a report to an incident with its first leg.

use crate::{
    account::{Actor, Role},
    commands::{add_photos::may_be_named, context::arrival},
    decision::{Decided, Decision},
    events::{
        Event,
        reporting::{Reported, ResolvedOnSpot},
    },
    geography::{place::Place, unit::Level},
    ids::IncidentId,
    incident::{
        case::Case,
        photo::{Phase, Photo},
        remark::{Audience, Label, Remark},
    },
    reference_data::ReferenceData,
    refusal::Refusal,
    rules::{
        Rules,
        category::{Category, Flag, Severity},
        routing::{Routing, route},
    },
    text::Text,
    time::{Instant, truncate},
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
    ground: &ReferenceData,
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
    ground: &ReferenceData,
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
