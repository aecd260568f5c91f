//! Commands that do the work of several: they cause the same events and obey the same rules.

use grassroots_domain::{
    commands::settle::Settle,
    events::work::Method,
    incident::{State, leg::Outcome},
    refusal::Refusal,
    rules::category::Category,
};

use crate::support::*;

const JUSTICE: &str = "411224107-justice_office";
const VILLAGE: &str = "411224107202-desk";

/// The events without the report.
fn later(scenario: &Scenario) -> Vec<grassroots_domain::events::EventBody> {
    scenario.events.iter().skip(1).map(|event| event.body.clone()).collect()
}

#[test]
fn accept_and_dispatch_causes_what_both_commands_cause() {
    let staff = Staff::new();
    let reported = || Scenario::report("1001").escalated();
    let one = reported().run_ok(&staff.township, &accept_and_dispatch(JUSTICE));
    let two = reported().dispatched(JUSTICE);
    assert_eq!(one.case, two.case);
    assert_eq!(one.events, two.events);
    let own = Scenario::report("1001").run_ok(&staff.village, &accept_and_dispatch(VILLAGE));
    assert_eq!(own.case.incident().state, State::InProgress);
}

#[test]
fn accept_and_dispatch_is_refused_as_a_whole() {
    let staff = Staff::new();
    let mut scenario = Scenario::report("1001").escalated();
    let foreign = scenario.try_to(&staff.township, &accept_and_dispatch("411224-fire_rescue"));
    assert!(matches!(foreign, Err(Refusal::ForeignOrganisation { .. })), "{foreign:?}");
    assert_eq!(scenario.case.incident().state, State::PendingAcceptance);
    let mut accepted = scenario.accepted();
    let again = accepted.try_to(&staff.township, &accept_and_dispatch(JUSTICE));
    assert!(matches!(again, Err(Refusal::WrongState { .. })), "{again:?}");
}

/// A desk that was late takes the incident back and dispatches it, with the time of a desk that has it for the first time.
#[test]
fn a_late_desk_accepts_and_dispatches() {
    let staff = Staff::new();
    let lapsed = || Scenario::severe("1001").until("2026-11-24 17:00").reconciled();
    assert!(lapsed().case.may_still_accept(desk("411224107202")));
    let committee = "411224107202-village_mediation_committee";
    let one = lapsed().run_ok(&staff.village, &accept_and_dispatch(committee));
    let two = lapsed().run_ok(&staff.village, &accept()).run_ok(&staff.village, &dispatch(committee));
    assert_eq!((one.case, one.events), (two.case, two.events));
}

#[test]
fn a_village_settles_with_the_events_of_the_single_commands() {
    let staff = Staff::new();
    let in_steps = |scenario: Scenario| {
        let submit = grassroots_domain::commands::submit_result::SubmitResult {
            outcome: Outcome::Resolved,
            method: Method::Settlement,
            result: text("当面说和"),
            photos: Vec::new(),
        };
        let close = grassroots_domain::commands::close::Close { reply: Some(text("两家已说和")) };
        scenario
            .run_ok(&staff.village, &dispatch(VILLAGE))
            .run_ok(&staff.village, &submit.into())
            .run_ok(&staff.village, &close.into())
    };
    let at_once = Scenario::report("1001").run_ok(&staff.village, &settle_with(&[]));
    let steps = in_steps(Scenario::report("1001").accepted());
    assert_eq!((&at_once.case, later(&at_once)), (&steps.case, later(&steps)));
    let incident = at_once.case.incident();
    assert!(incident.self_verified && incident.state == State::Closed && incident.in_place);
    let accepted = Scenario::report("1001").accepted().run_ok(&staff.village, &settle_with(&[]));
    assert_eq!(accepted.case, steps.case);
}

#[test]
fn a_village_settles_under_the_same_rules() {
    let staff = Staff::new();
    let mut above = Scenario::report("1001").escalated();
    assert_eq!(above.try_to(&staff.township, &settle_with(&[])), Err(Refusal::SettledByVillage));
    let village_first = Category {
        first_level: grassroots_domain::geography::unit::Level::Village,
        severity: grassroots_domain::rules::category::Severity::General,
        ..category("5002").clone()
    };
    let mut photo_needed = Scenario::of(&village_first, place("411224107202001"));
    let missing = Err(Refusal::AfterPhotoMissing { category: village_first.code });
    assert_eq!(photo_needed.try_to(&staff.village, &settle_with(&[])), missing);
    assert_eq!(photo_needed.case.incident().state, State::PendingAcceptance, "nothing happened");
    photo_needed.run_ok(&staff.village, &settle_with(&[photo(1)]));
    let wordless = Settle {
        method: Method::Settlement,
        result: text("当面说和"),
        photos: Vec::new(),
        reply: None,
        outside_duty: false,
    };
    let refused = Scenario::report("1001").try_to(&staff.village, &wordless.into());
    assert_eq!(refused, Err(Refusal::ReplyMissing));
}
