//! For whom an incident waits, and since when.

use chrono::TimeDelta;
use grassroots_domain::{
    incident::{State, leg::Outcome},
    time::Instant,
};

use crate::support::*;

const COMMITTEE: &str = "411224107202-village_mediation_committee";

/// The time at which the incident arrived at its desk.
fn since(scenario: &Scenario) -> Instant {
    scenario.case.at_desk_since().unwrap()
}

fn later(scenario: Scenario) -> Scenario {
    scenario.wait(TimeDelta::minutes(10))
}

#[test]
fn commands_of_the_desk_itself_do_not_count_as_an_arrival() {
    let staff = Staff::new();
    let scenario = Scenario::report("1001");
    let reported = scenario.now;
    let scenario = later(later(scenario).accepted()).run_ok(&staff.village, &dispatch(COMMITTEE));
    let scenario = later(scenario).run_ok(&staff.village, &withdraw());
    let scenario = later(scenario).run_ok(&staff.village, &dispatch("411224107202-desk"));
    assert_eq!(since(&scenario), reported);
    let scenario = later(scenario).escalated();
    assert_eq!(since(&scenario), scenario.now, "another desk");
    let scenario = later(scenario).run_ok(&staff.village, &withdraw());
    assert_eq!(since(&scenario), scenario.now, "it was gone");
    let closed = later(scenario).run_ok(&staff.village, &void());
    assert_eq!(closed.case.at_desk_since(), None);
}

#[test]
fn work_that_others_send_back_counts_as_an_arrival() {
    let staff = Staff::new();
    let back =
        later(later(Scenario::report("1001")).dispatched(COMMITTEE)).run_ok(&staff.mediator, &return_work());
    assert_eq!((since(&back), back.case.was_sent_back()), (back.now, true));
    let again = later(back.clone()).run_ok(&staff.village, &dispatch(COMMITTEE));
    assert_eq!((since(&again), again.case.was_sent_back()), (back.now, false));
    let done = later(again).handled(&staff.mediator, Outcome::Resolved);
    assert_eq!(since(&done), done.now, "a result");
    let above = later(back.clone()).escalated().accepted();
    assert_eq!(above.case.incident().state, State::PendingDispatch);
    assert!(!above.case.was_sent_back(), "another desk got it back, before that one had it");

    let asked = later(Scenario::report("1001")).run_ok(&staff.village, &request_info());
    assert!(since(&asked) < asked.now);
    let answered = later(asked).run_ok(&staff.reporter, &supplement());
    assert_eq!(since(&answered), answered.now, "the reporter answered");
}

#[test]
fn a_question_waits_for_the_reporter_and_a_check_for_the_grid_worker() {
    let staff = Staff::new();
    let asked = later(Scenario::report("1001")).run_ok(&staff.village, &request_info());
    let awaited = asked.case.awaited().unwrap();
    assert_eq!((awaited.from, awaited.due.from), (staff.reporter.account, asked.now));
    assert_eq!(asked.run_ok(&staff.reporter, &supplement()).case.awaited(), None);

    let done = Scenario::report("1001").dispatched(COMMITTEE).handled(&staff.mediator, Outcome::Resolved);
    assert_eq!(done.case.awaited(), None);
    let sent = later(done).run_ok(&staff.village, &request_check(&staff.other_worker));
    let awaited = sent.case.awaited().unwrap();
    assert_eq!((awaited.from, awaited.due.from), (staff.other_worker.account, sent.now));
    assert_ne!(sent.case.due(), Some(awaited.due), "the desk has its own time");
    let answered = sent.run_ok(&staff.other_worker, &report_check(true));
    assert_eq!(answered.case.awaited(), None);
}

#[test]
fn a_dispute_is_open_until_it_is_decided() {
    let staff = Staff::new();
    let back_and_forth = |scenario: Scenario| {
        scenario.run_ok(&staff.mediator, &return_work()).run_ok(&staff.village, &dispatch(COMMITTEE))
    };
    let sent = back_and_forth(back_and_forth(Scenario::report("1001").dispatched(COMMITTEE)));
    let scenario = later(sent).run_ok(&staff.mediator, &dispute());
    assert_eq!(scenario.case.disputed_since(), Some(scenario.now));
    assert_eq!(scenario.run_ok(&staff.township, &arbitrate(COMMITTEE)).case.disputed_since(), None);
}
