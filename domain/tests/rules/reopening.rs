//! Reopening: until when, by whom, and what becomes of the credit.

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

use crate::support::{Cast, Story, close, desk, dispatch, reopen};

/// Closed by the village, on Monday 2026-11-23 at 09:00.
fn closed_by_the_village() -> Story {
    let cast = Cast::new();
    Story::report("1001")
        .dispatched("411224107202-village_mediation_committee")
        .handled(&cast.mediator, Outcome::Resolved)
        .does(&cast.village, &close())
}

fn counts(story: &Story) -> Counts {
    let mut counts = Counts::default();
    counts.add(MetricFacts::from(&story.case.incident), 1);
    counts
}

#[test]
fn it_can_be_reopened_up_to_the_last_moment_of_the_thirtieth_day() {
    let village = Cast::new().village;
    let month = TimeDelta::days(30);
    for (wait, in_time) in [
        (TimeDelta::zero(), true),
        (month, true),
        (month + TimeDelta::microseconds(1), false),
        (TimeDelta::days(400), false),
    ] {
        let answer = closed_by_the_village().wait(wait).try_to(&village, &reopen());
        assert_eq!(answer, if in_time { Ok(()) } else { Err(Refusal::ReopenTooLate { days: 30 }) }, "{wait}");
    }
}

#[test]
fn the_desk_that_closed_it_or_one_above_takes_it_up_and_the_former_gets_it() {
    let cast = Cast::new();
    for (name, actor) in cast.all() {
        let mut story = closed_by_the_village();
        let may = matches!(name, "village" | "village_2" | "township" | "township_2" | "county" | "county_2");
        assert_eq!(story.try_to(actor, &reopen()).is_ok(), may, "{name}");
        if may {
            let leg = story.case.open_custody().unwrap();
            assert_eq!((leg.desk, leg.number, leg.clocks.accept), (desk("411224107202"), 2, None), "{name}");
            assert_eq!((leg.accepted_at, leg.ended_at), (Some(story.now), None), "{name}");
            assert_eq!(story.case.incident.state, State::PendingDispatch, "{name}");
            assert_eq!(
                story.case.custody[0].outcome,
                Some(CustodyOutcome::Closed),
                "the past stays as it was"
            );
        }
    }
}

#[test]
fn closed_by_the_township_it_is_not_the_villages_to_reopen() {
    let cast = Cast::new();
    let mut story = Story::report("1001")
        .escalated()
        .dispatched("411224107-justice_office")
        .handled(&cast.justice, Outcome::Unresolved)
        .does(&cast.township, &close());
    let refusal = Refusal::OnlyDeskOrAbove { command: CommandKind::Reopen, desk: desk("411224107") };
    assert_eq!(story.try_to(&cast.village, &reopen()), Err(refusal));
    let story = story.does(&cast.county, &reopen());
    assert_eq!(story.case.holder(), Some(desk("411224107")));
}

#[test]
fn the_credit_is_gone_until_it_closes_again() {
    let cast = Cast::new();
    let story = closed_by_the_village();
    assert_eq!(counts(&story).grassroots_share().value, Some(1.0));
    assert_eq!(counts(&story).get(Metric::ResolvedInPlace), 1);

    let story = story.wait(TimeDelta::days(3)).does(&cast.village, &reopen());
    let incident = &story.case.incident;
    assert_eq!((incident.outcome, incident.resolved_level, incident.ended_at), (None, None, None));
    assert!(!incident.in_place && incident.reopened == 1);
    assert_eq!(counts(&story).grassroots_share().denominator, 0);
    assert_eq!((counts(&story).get(Metric::Open), counts(&story).get(Metric::Reopened)), (1, 1));

    let story = story
        .does(&cast.village, &dispatch("411224107202-village_mediation_committee"))
        .escalated()
        .dispatched("411224107-justice_office")
        .handled(&cast.justice, Outcome::Resolved)
        .wait(TimeDelta::days(1))
        .does(&cast.township, &close());
    let incident = &story.case.incident;
    assert_eq!((incident.resolved_level, incident.ended_at), (Some(Level::Township), Some(story.now)));
    assert_eq!(counts(&story).get(Metric::Reopened), 1, "the mark stays");
    assert_eq!(counts(&story).get(Metric::ResolvedInPlace), 0, "the village had accepted it first");
    assert_eq!(counts(&story).get(Metric::Grassroots), 1);
}

#[test]
fn the_thirty_days_run_from_the_latest_closure() {
    let cast = Cast::new();
    let story = closed_by_the_village()
        .wait(TimeDelta::days(29))
        .does(&cast.village, &reopen())
        .does(&cast.village, &dispatch("411224107202-desk"))
        .handled(&cast.village, Outcome::Resolved)
        .does(&cast.village, &close());
    assert_eq!(story.clone().wait(TimeDelta::days(30)).try_to(&cast.county, &reopen()), Ok(()));
}
