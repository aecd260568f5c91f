//! Since when an incident waits for somebody, and for whom.

use chrono::TimeDelta;
use grassroots_domain::{
    incident::{State, leg::Outcome},
    time::Instant,
};

use crate::support::*;

const COMMITTEE: &str = "411224107202-village_mediation_committee";

/// Since when its desk has had it.
fn since(story: &Story) -> Instant {
    story.case.at_desk_since().unwrap()
}

fn later(story: Story) -> Story {
    story.wait(TimeDelta::minutes(10))
}

#[test]
fn what_a_desk_does_itself_brings_nothing_to_it() {
    let cast = Cast::new();
    let story = Story::report("1001");
    let reported = story.now;
    let story = later(later(story).accepted()).does(&cast.village, &dispatch(COMMITTEE));
    let story = later(story).does(&cast.village, &withdraw());
    let story = later(story).does(&cast.village, &dispatch("411224107202-desk"));
    assert_eq!(since(&story), reported);
    let story = later(story).escalated();
    assert_eq!(since(&story), story.now, "another desk");
    let story = later(story).does(&cast.village, &withdraw());
    assert_eq!(since(&story), story.now, "it was gone");
    let closed = later(story).does(&cast.village, &void());
    assert_eq!(closed.case.at_desk_since(), None);
}

#[test]
fn what_others_send_back_is_there_anew() {
    let cast = Cast::new();
    let back = later(later(Story::report("1001")).dispatched(COMMITTEE)).does(&cast.mediator, &give_back());
    assert_eq!((since(&back), back.case.was_sent_back()), (back.now, true));
    let again = later(back.clone()).does(&cast.village, &dispatch(COMMITTEE));
    assert_eq!((since(&again), again.case.was_sent_back()), (back.now, false));
    let done = later(again).handled(&cast.mediator, Outcome::Resolved);
    assert_eq!(since(&done), done.now, "a result");
    let above = later(back.clone()).escalated().accepted();
    assert_eq!(above.case.incident.state, State::PendingDispatch);
    assert!(!above.case.was_sent_back(), "another desk got it back, before that one had it");

    let asked = later(Story::report("1001")).does(&cast.village, &request_info());
    assert!(since(&asked) < asked.now);
    let told = later(asked).does(&cast.reporter, &supplement());
    assert_eq!(since(&told), told.now, "the reporter answered");
}

#[test]
fn a_question_or_a_check_waits_for_somebody_in_the_field() {
    let cast = Cast::new();
    let asked = later(Story::report("1001")).does(&cast.village, &request_info());
    let awaited = asked.case.awaited().unwrap();
    assert_eq!((awaited.from, awaited.due.from), (cast.reporter.account, asked.now));
    assert_eq!(asked.does(&cast.reporter, &supplement()).case.awaited(), None);

    let done = Story::report("1001").dispatched(COMMITTEE).handled(&cast.mediator, Outcome::Resolved);
    assert_eq!(done.case.awaited(), None);
    let sent = later(done).does(&cast.village, &request_check(&cast.other_worker));
    let awaited = sent.case.awaited().unwrap();
    assert_eq!((awaited.from, awaited.due.from), (cast.other_worker.account, sent.now));
    assert_ne!(sent.case.due(), Some(awaited.due), "the desk has its own time");
    let answered = sent.does(&cast.other_worker, &report_check(true));
    assert_eq!(answered.case.awaited(), None);
}

#[test]
fn a_dispute_waits_until_it_is_decided() {
    let cast = Cast::new();
    let back_and_forth =
        |story: Story| story.does(&cast.mediator, &give_back()).does(&cast.village, &dispatch(COMMITTEE));
    let sent = back_and_forth(back_and_forth(Story::report("1001").dispatched(COMMITTEE)));
    let story = later(sent).does(&cast.mediator, &dispute());
    assert_eq!(story.case.disputed_since(), Some(story.now));
    assert_eq!(story.does(&cast.township, &arbitrate(COMMITTEE)).case.disputed_since(), None);
}
