//! Escalation: an incident moves up the levels and keeps its place.

use chrono::TimeDelta;
use grassroots_domain::{
    commands::correct::Correct,
    geography::unit::Level,
    incident::{
        State,
        leg::{CustodyOutcome, HandlingOutcome, Outcome},
    },
    reading::share::{Counts, Metric, MetricFacts},
    refusal::Refusal,
    rules::{category::Severity, routing::superior_desk},
};

use crate::support::{
    Scenario, Staff, accept, acknowledge, city, close, desk, escalate, hand_down, organisation, place, refer,
    text, unit, withdraw,
};

const COMMITTEE: &str = "411224107202-village_mediation_committee";

/// A village does not get what its severity keeps at the township, nor a township what stays at the county.
#[test]
fn what_is_severe_is_not_handed_down_below_its_lowest_level() {
    let staff = Staff::new();
    let too_severe = |severity, least| Err(Refusal::TooSevereBelow { severity, least });
    let mut major = Scenario::report("5002").accepted();
    assert_eq!(major.case.incident().severity, Severity::Major);
    let refused = major.try_to(&staff.township, &hand_down("411224107202-desk"));
    assert_eq!(refused, too_severe(Severity::Major, Level::Township));
    let down = major.escalated().accepted().run_ok(&staff.county, &hand_down("411224107-desk"));
    assert_eq!((down.case.level(), down.case.incident().tally.handed_down), (Some(Level::Township), 1));
    let mut critical = Scenario::report("7001").accepted();
    assert_eq!(critical.case.incident().severity, Severity::Critical);
    let refused = critical.try_to(&staff.county, &hand_down("411224107-desk"));
    assert_eq!(refused, too_severe(Severity::Critical, Level::County));
}

/// What a level could not settle goes to the next one, or to an authority outside.
#[test]
fn an_unsettled_result_is_escalated_or_referred_and_a_settled_one_is_verified() {
    let staff = Staff::new();
    let result = |outcome| Scenario::report("1001").dispatched(COMMITTEE).handled(&staff.mediator, outcome);
    let mut settled = result(Outcome::Resolved);
    assert_eq!(settled.try_to(&staff.village, &escalate()), Err(Refusal::ResultToVerify));
    let up = result(Outcome::Unresolved).run_ok(&staff.village, &escalate());
    let (incident, legs) = (up.case.incident(), up.case.custody());
    assert_eq!((incident.state, up.case.level()), (State::PendingAcceptance, Some(Level::Township)));
    assert_eq!(legs[0].outcome, Some(CustodyOutcome::Escalated));
    let work = &up.case.handling()[0];
    assert_eq!((work.outcome, work.result), (Some(HandlingOutcome::Submitted), Some(Outcome::Unresolved)));
    for scenario in [result(Outcome::Unresolved), at_work()] {
        let referred = scenario.run_ok(&staff.village, &refer());
        assert_eq!(referred.case.incident().state, State::ReferredOut);
        assert_eq!(referred.case.custody()[0].outcome, Some(CustodyOutcome::Referred));
    }
}

fn at_work() -> Scenario {
    Scenario::report("1001").dispatched(COMMITTEE).run_ok(&Staff::new().mediator, &acknowledge())
}

/// A lower desk does not get an incident back that became too severe for it.
#[test]
fn what_became_severe_stays_above_even_for_a_desk_that_had_it() {
    let staff = Staff::new();
    let worse =
        Correct {
            category: None, severity: Some(Severity::Major), place: None, reason: text("多人受伤")
        };
    let too_severe = Err(Refusal::TooSevereBelow { severity: Severity::Major, least: Level::Township });
    let up = || Scenario::report("1001").accepted().escalated();
    let mut raised = up().run_ok(&staff.township, &worse.clone().into());
    assert_eq!(raised.try_to(&staff.village, &withdraw()), too_severe);
    let lapsed = Scenario::report("2001").wait(TimeDelta::hours(30)).reconciled();
    assert!(
        lapsed.case.may_still_accept(desk("411224107202")) && lapsed.case.level() == Some(Level::Township)
    );
    let mut raised = lapsed.run_ok(&staff.township, &worse.into());
    assert_eq!(raised.try_to(&staff.village, &accept()), too_severe);
    assert!(up().try_to(&staff.village, &withdraw()).is_ok());
}

/// Handing down could improve the share, so what was handed down and resolved below is counted apart.
#[test]
fn what_was_handed_down_and_resolved_below_is_counted() {
    let staff = Staff::new();
    let down = Scenario::report("1001").accepted().escalated().accepted();
    let down = down.run_ok(&staff.township, &hand_down("411224107202-desk"));
    let closed = down.dispatched("411224107202-desk").handled(&staff.village, Outcome::Resolved);
    let closed = closed.run_ok(&staff.village_2, &close());
    let facts = MetricFacts::from(closed.case.incident());
    assert!(Metric::HandedDownGrassroots.counts(facts) && Metric::Grassroots.counts(facts));
    let usual =
        Scenario::report("1001").dispatched("411224107202-desk").handled(&staff.village, Outcome::Resolved);
    let usual = MetricFacts::from(usual.run_ok(&staff.village_2, &close()).case.incident());
    assert!(!Metric::HandedDownGrassroots.counts(usual) && Metric::Grassroots.counts(usual));
}

#[test]
fn an_incident_escalated_to_the_county_keeps_its_place_and_counts_for_the_county() {
    let staff = Staff::new();
    let scenario = Scenario::report("1001")
        .dispatched("411224107202-village_mediation_committee")
        .run_ok(&staff.mediator, &acknowledge())
        .escalated()
        .accepted()
        .escalated()
        .dispatched("411224-urban_management");
    let incident = scenario.case.incident();
    assert_eq!(
        (incident.place, scenario.case.first_desk()),
        (place("411224107202001"), Some(desk("411224107202")))
    );
    assert_eq!((incident.escalated, incident.state), (2, State::PendingReceipt));
    let legs: Vec<_> =
        scenario.case.custody().iter().map(|leg| (leg.desk, leg.level(), leg.outcome)).collect();
    assert_eq!(
        legs,
        [
            (desk("411224107202"), Level::Village, Some(CustodyOutcome::Escalated)),
            (desk("411224107"), Level::Township, Some(CustodyOutcome::Escalated)),
            (desk("411224"), Level::County, None),
        ]
    );
    assert_eq!(
        scenario.case.handling()[0].outcome,
        Some(HandlingOutcome::Withdrawn),
        "its work is taken away"
    );
    assert_eq!(scenario.case.holder(), Some(organisation("411224-urban_management")));

    let handler =
        crate::support::person(70, grassroots_domain::account::Role::Handler, "411224-urban_management");
    let scenario = scenario.handled(&handler, Outcome::Resolved).run_ok(&staff.county, &close());
    let incident = scenario.case.incident();
    assert_eq!((incident.resolved_level, incident.in_place), (Some(Level::County), false));
    let mut counts = Counts::default();
    counts.add(MetricFacts::from(incident), 1);
    let figures = [Metric::Closed, Metric::Resolved, Metric::ResolvedByCounty, Metric::Grassroots];
    assert_eq!(figures.map(|figure| counts.get(figure)), [1, 1, 1, 0]);
    assert!(incident.place.lies_in(unit("411224107202")), "and it still lies in the village");
}

#[test]
fn the_superior_is_the_next_desk_that_exists_below_the_city() {
    let organisations = &city().reference_data.organisations;
    let table = [
        ("411224107202-desk", Some("411224107-desk")),
        ("411224107-desk", Some("411224-desk")),
        ("411224-desk", None),
        ("4112-desk", None),
    ];
    for (from, to) in table {
        assert_eq!(superior_desk(organisation(from), organisations), to.map(organisation), "{from}");
    }
    let gap = grassroots_domain::organisation::Organisations::new([(desk("411224"), String::new())]);
    assert_eq!(superior_desk(desk("411224107202"), &gap), Some(desk("411224")));
}

#[test]
fn the_county_cannot_escalate() {
    let staff = Staff::new();
    let mut scenario = Scenario::report("1013");
    assert_eq!(scenario.try_to(&staff.county, &escalate()), Err(Refusal::NoSuperior));
}
