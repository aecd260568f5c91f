//! Which incidents a grid worker may settle on the spot, and how they are counted.

use grassroots_domain::{
    account::Actor,
    decision::Decision,
    geography::unit::Level,
    ids::IncidentId,
    incident::{
        State,
        leg::{CustodyOutcome, Outcome},
    },
    open::{Report, open},
    reading::share::{Counts, Metric, MetricFacts},
    refusal::Refusal,
    rules::category::{Category, Severity},
};
use uuid::Uuid;

use crate::support::{Scenario, Staff, at, category, city, desk, place, reopen, text};

const GRID: &str = "411224107202001";

fn settle(
    category: &Category,
    severity: Option<Severity>,
    at_place: &str,
    by: &Actor,
) -> Result<Decision, Refusal> {
    let report = Report {
        severity,
        on_spot: Some(text("当场劝离")),
        ..Report::new(IncidentId(Uuid::from_u128(4112)), category, place(at_place))
    };
    open(&report, by, at("2026-11-23 09:00"), &city().rules, &city().reference_data)
}

#[test]
fn an_incident_settled_on_the_spot_is_closed_at_once_for_the_village_desk() {
    let staff = Staff::new();
    let Decision { case, events, .. } = settle(category("1001"), None, GRID, &staff.reporter).unwrap();
    let incident = case.incident();
    assert_eq!((incident.state, incident.outcome), (State::Closed, Some(Outcome::Resolved)));
    assert_eq!((incident.resolved_level, incident.version), (Some(Level::Village), 2));
    assert_eq!(
        (case.first_desk(), incident.first_accepted_by),
        (Some(desk("411224107202")), None),
        "nobody accepted it"
    );
    assert!(incident.on_spot && !incident.in_place && !incident.self_verified);
    assert_eq!(case.custody()[0].outcome, Some(CustodyOutcome::ResolvedOnSpot));
    assert_eq!((case.due(), case.holder(), case.handling().len()), (None, None, 0));
    assert_eq!(events.len(), 2);
    assert!(events.iter().all(|decided| decided.event.at == incident.received_at));
    assert_eq!(events[0].remarks, [], "the words of the report stand in the report");
    assert_eq!(events[1].remarks.len(), 1);
}

#[test]
fn some_categories_severities_places_and_people_are_refused_on_the_spot() {
    let staff = Staff::new();
    let not_on_spot = |code: &str| Refusal::NotOnSpot { category: code.parse().unwrap() };
    let too_severe = |severity| Refusal::TooSevereOnSpot { severity };
    let table = [
        ("1001", None, GRID, &staff.reporter, None),
        ("1001", Some(Severity::Significant), GRID, &staff.reporter, None),
        ("2001", Some(Severity::General), GRID, &staff.reporter, None),
        ("1001", None, "411224107202", &staff.reporter, None),
        ("1001", Some(Severity::Major), GRID, &staff.reporter, Some(too_severe(Severity::Major))),
        ("2001", Some(Severity::Critical), GRID, &staff.reporter, Some(too_severe(Severity::Critical))),
        ("5002", None, GRID, &staff.reporter, Some(not_on_spot("5002"))),
        ("1002", None, GRID, &staff.reporter, Some(not_on_spot("1002"))),
        ("8001", None, GRID, &staff.reporter, Some(not_on_spot("8001"))),
        ("1001", None, "411224107", &staff.reporter, Some(Refusal::NoVillageOnSpot)),
        ("1001", None, "411224", &staff.reporter, Some(Refusal::NoVillageOnSpot)),
        ("1001", None, GRID, &staff.village, Some(Refusal::OnSpotByGridWorker)),
        ("1001", None, GRID, &staff.mediator, Some(Refusal::MayNotReport)),
        ("1001", None, GRID, &staff.audit, Some(Refusal::MayNotReport)),
    ];
    for (code, severity, at_place, by, refusal) in table {
        assert_eq!(
            settle(category(code), severity, at_place, by).err(),
            refusal,
            "{code} {severity:?} {at_place}"
        );
    }
}

#[test]
fn an_incident_settled_on_the_spot_counts_for_the_village_at_any_first_level() {
    let township_first = Category { first_level: Level::Township, ..category("1001").clone() };
    let decision = settle(&township_first, None, GRID, &Staff::new().reporter).unwrap();
    assert_eq!(decision.case.incident().resolved_level, Some(Level::Village));
}

#[test]
fn incidents_settled_on_the_spot_are_counted_separately_until_reopened() {
    let staff = Staff::new();
    let decision = settle(category("1001"), None, GRID, &staff.reporter).unwrap();
    let counted = |scenario: &Scenario, figure| {
        let mut counts = Counts::default();
        counts.add(MetricFacts::from(scenario.case.incident()), 1);
        counts.get(figure)
    };
    let events = decision.events.into_iter().map(|decided| decided.event).collect();
    let scenario = Scenario { case: decision.case, events, now: at("2026-11-24 09:00") };
    assert_eq!(
        (counted(&scenario, Metric::ResolvedOnSpot), counted(&scenario, Metric::ResolvedByVillage)),
        (1, 1)
    );
    let scenario = scenario.run_ok(&staff.township, &reopen());
    assert_eq!((counted(&scenario, Metric::ResolvedOnSpot), counted(&scenario, Metric::Closed)), (0, 0));
    assert_eq!((counted(&scenario, Metric::Open), counted(&scenario, Metric::Reopened)), (1, 1));
    assert_eq!(scenario.case.holder(), Some(desk("411224107202")));
}
