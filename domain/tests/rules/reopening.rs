//! Reopening: until when, by whom, and the effect on the metrics.

use chrono::TimeDelta;
use grassroots_domain::{
    command_kind::CommandKind,
    geography::unit::Level,
    incident::{
        State,
        leg::{CustodyOutcome, Outcome},
    },
    reading::share::{Counts, Metric, MetricFacts},
    refusal::Refusal,
};

use crate::support::{Scenario, Staff, close, desk, dispatch, reopen};

/// Closed by the village, on Monday 2026-11-23 at 09:00.
fn closed_by_the_village() -> Scenario {
    let staff = Staff::new();
    Scenario::report("1001")
        .dispatched("411224107202-village_mediation_committee")
        .handled(&staff.mediator, Outcome::Resolved)
        .run_ok(&staff.village, &close())
}

fn counts(scenario: &Scenario) -> Counts {
    let mut counts = Counts::default();
    counts.add(MetricFacts::from(scenario.case.incident()), 1);
    counts
}

#[test]
fn an_incident_can_be_reopened_for_thirty_days() {
    let village = Staff::new().village;
    let month = TimeDelta::days(30);
    for (wait, in_time) in [
        (TimeDelta::zero(), true),
        (month, true),
        (month + TimeDelta::milliseconds(1), false),
        (TimeDelta::days(400), false),
    ] {
        let answer = closed_by_the_village().wait(wait).try_to(&village, &reopen());
        assert_eq!(answer, if in_time { Ok(()) } else { Err(Refusal::ReopenTooLate { days: 30 }) }, "{wait}");
    }
}

#[test]
fn the_closing_desk_and_desks_above_can_reopen_and_the_closing_desk_gets_the_incident() {
    let staff = Staff::new();
    for (name, actor) in staff.all() {
        let mut scenario = closed_by_the_village();
        let may = matches!(name, "village" | "village_2" | "township" | "township_2" | "county" | "county_2");
        assert_eq!(scenario.try_to(actor, &reopen()).is_ok(), may, "{name}");
        if may {
            let leg = scenario.case.open_custody().unwrap();
            assert_eq!((leg.desk, leg.number, leg.clocks.accept), (desk("411224107202"), 2, None), "{name}");
            assert_eq!((leg.accepted_at, leg.ended_at), (Some(scenario.now), None), "{name}");
            assert_eq!(scenario.case.incident().state, State::PendingDispatch, "{name}");
            assert_eq!(
                scenario.case.custody()[0].outcome,
                Some(CustodyOutcome::Closed),
                "the past stays as it was"
            );
        }
    }
}

#[test]
fn a_village_cannot_reopen_an_incident_that_the_township_closed() {
    let staff = Staff::new();
    let mut scenario = Scenario::report("1001")
        .escalated()
        .dispatched("411224107-justice_office")
        .handled(&staff.justice, Outcome::Unresolved)
        .run_ok(&staff.township, &close());
    let refusal = Refusal::OnlyDeskOrAbove { command: CommandKind::Reopen, desk: desk("411224107") };
    assert_eq!(scenario.try_to(&staff.village, &reopen()), Err(refusal));
    let scenario = scenario.run_ok(&staff.county, &reopen());
    assert_eq!(scenario.case.holder(), Some(desk("411224107")));
}

#[test]
fn a_reopened_incident_is_not_counted_as_resolved_until_it_closes_again() {
    let staff = Staff::new();
    let scenario = closed_by_the_village();
    assert_eq!(counts(&scenario).grassroots_share().value, Some(1.0));
    assert_eq!(counts(&scenario).get(Metric::ResolvedInPlace), 1);

    let scenario = scenario.wait(TimeDelta::days(3)).run_ok(&staff.village, &reopen());
    let incident = scenario.case.incident();
    assert_eq!((incident.outcome, incident.resolved_level, incident.ended_at), (None, None, None));
    assert!(!incident.in_place && incident.reopened() == 1);
    assert_eq!(counts(&scenario).grassroots_share().denominator, 0);
    assert_eq!((counts(&scenario).get(Metric::Open), counts(&scenario).get(Metric::Reopened)), (1, 1));

    let scenario = scenario
        .run_ok(&staff.village, &dispatch("411224107202-village_mediation_committee"))
        .escalated()
        .dispatched("411224107-justice_office")
        .handled(&staff.justice, Outcome::Resolved)
        .wait(TimeDelta::days(1))
        .run_ok(&staff.township, &close());
    let incident = scenario.case.incident();
    assert_eq!((incident.resolved_level, incident.ended_at), (Some(Level::Township), Some(scenario.now)));
    assert_eq!(counts(&scenario).get(Metric::Reopened), 1, "the mark stays");
    assert_eq!(counts(&scenario).get(Metric::ResolvedInPlace), 0, "the village had accepted it first");
    assert_eq!(counts(&scenario).get(Metric::Grassroots), 1);
}

#[test]
fn the_thirty_days_start_at_the_latest_closure() {
    let staff = Staff::new();
    let scenario = closed_by_the_village()
        .wait(TimeDelta::days(29))
        .run_ok(&staff.village, &reopen())
        .run_ok(&staff.village, &dispatch("411224107202-desk"))
        .handled(&staff.village, Outcome::Resolved)
        .run_ok(&staff.village, &close());
    assert_eq!(scenario.clone().wait(TimeDelta::days(30)).try_to(&staff.county, &reopen()), Ok(()));
}
