//! What goes on beside the legs, where it could get stuck or lost.

use chrono::TimeDelta;
use grassroots_domain::{
    command_kind::CommandKind,
    commands::correct::Correct,
    decide::{actions, happen_beside},
    events::{EventBody, merging::Absorbed},
    ids::IncidentId,
    incident::{State, leg::Outcome},
    refusal::Refusal,
    rules::category::Severity,
};
use uuid::Uuid;

use crate::support::*;

const COMMITTEE: &str = "411224107202-village_mediation_committee";
const JUSTICE: &str = "411224107-justice_office";
const URBAN: &str = "411224107-urban_management";

#[test]
fn what_is_said_to_be_worse_goes_up_like_what_is_worse() {
    let cast = Cast::new();
    let worse = Correct {
        category: None,
        severity: Some(Severity::Significant),
        place: None,
        reason: text("有人受伤"),
    };
    let story = Story::report("1001").does(&cast.village, &worse.into());
    assert_eq!(story.case.open_custody().unwrap().desk, cast.village.organisation);
    let story = story.until("2026-11-26 09:00").by_itself();
    assert_eq!(story.case.desk(), Some(cast.township.organisation), "at twice the limit, by itself");
}

#[test]
fn nobody_waits_for_ever_for_a_grid_worker() {
    let cast = Cast::new();
    let handed_in = Story::report("1001").dispatched(COMMITTEE).handled(&cast.mediator, Outcome::Resolved);
    let mut story = handed_in.does(&cast.village, &request_check(&cast.other_worker));
    assert_eq!(story.try_to(&cast.village, &close()), Err(Refusal::CheckOpen));
    let another = story.clone().does(&cast.village, &request_check(&cast.reporter));
    let check = another.case.incident.proceedings.check.unwrap();
    assert_eq!(check.worker, cast.reporter.account, "somebody else is sent instead");
    let closed = story.wait(TimeDelta::days(3)).does(&cast.village, &close());
    assert_eq!(closed.case.incident.state, State::Closed);
}

#[test]
fn a_dispute_ends_with_the_work_it_is_about() {
    let cast = Cast::new();
    let at_township = Story::report("1001").accepted().escalated().accepted();
    let twice =
        |story: Story| story.does(&cast.township, &dispatch(JUSTICE)).does(&cast.justice, &give_back());
    let story = twice(twice(at_township)).does(&cast.township, &dispatch(JUSTICE));
    let story = story.does(&cast.justice, &dispute()).does(&cast.township, &withdraw());
    assert_eq!(story.case.incident.proceedings.disputed, None);
    let story = story.does(&cast.township, &dispatch(URBAN)).does(&cast.urban, &dispute());
    assert!(story.case.incident.proceedings.disputed.is_some(), "who has it now may dispute it too");
    let story = story.does(&cast.township, &withdraw()).does(&cast.township, &dispatch(URBAN));
    let story = story.wait(TimeDelta::days(1)).by_itself();
    assert_eq!(story.case.incident.state, State::InProgress, "nobody disputes it: it is taken on by itself");
}

#[test]
fn what_stands_for_others_does_not_end_unnoticed() {
    let cast = Cast::new();
    let other = IncidentId(Uuid::from_u128(4_113));
    let mut story = Story::report("1001");
    let absorbed: EventBody = Absorbed { incident: other }.into();
    story.case = happen_beside(&story.case, absorbed, cast.village.account, story.now).case;
    assert_eq!(story.try_to(&cast.village, &void()), Err(Refusal::StandsForOthers { others: 1 }));
    let listed = actions(&story.case, &cast.village, story.now, &city().rules, &city().ground);
    assert!(!listed.contains(&CommandKind::Void));
    // Its own reporter never answers; the others' matter goes on, and its clock with it.
    let story = story.does(&cast.village, &request_info()).until("2026-12-10 09:00").by_itself();
    assert_eq!(story.case.incident.state, State::PendingAcceptance);
    assert!(story.case.due().is_some());
}

#[test]
fn a_grade_is_kept_until_there_is_another_or_it_is_taken_up_again() {
    use grassroots_domain::{commands::follow_up::FollowUp, events::closing::Channel};
    let cast = Cast::new();
    let asked = |satisfaction, settled| {
        FollowUp { channel: Channel::Phone, settled, satisfaction, remarks: text("电话回访") }.into()
    };
    let closed = Story::report("1001")
        .dispatched(COMMITTEE)
        .handled(&cast.mediator, Outcome::Resolved)
        .does(&cast.village, &close())
        .does(&cast.township, &asked(Some(4), true))
        .does(&cast.township, &asked(None, true));
    assert_eq!(closed.case.incident.proceedings.satisfaction, Some(4));
    let again = closed.does(&cast.township, &asked(Some(1), false));
    assert_eq!(again.case.incident.proceedings.satisfaction, None, "the grade was of the result before");
}

#[test]
fn what_may_be_about_a_desk_is_not_for_it_to_look_after() {
    use grassroots_domain::hand_over::hand_over;
    let cast = Cast::new();
    let from = cast.reporter.account;
    let given = |story: &Story, to| hand_over(&story.case, from, to, cast.security.account, story.now);
    // About the village's assets: not for the village. About a family: its reporter stays unknown.
    let about_the_village = Story::report("8001");
    assert!(given(&about_the_village, &cast.village).is_none());
    assert!(given(&about_the_village, &cast.county).is_some());
    assert!(given(&Story::report("1002"), &cast.village).is_none());
    let handed = given(&Story::report("1001"), &cast.village).unwrap().case;
    assert_eq!(handed.incident.looked_after_by(), cast.village.account);
    assert_eq!(handed.incident.reporter, from, "who reported it stays");
    assert!(given(&Story::report("1001"), &cast.next_village).is_none(), "of another place");
}

#[test]
fn nobody_who_sees_it_no_more_holds_up_what_was_corrected_to_a_family_matter() {
    let cast = Cast::new();
    let story = Story::report("1001").dispatched(COMMITTEE).does(&cast.mediator, &acknowledge());
    let watch = supervise(grassroots_domain::incident::proceedings::SupervisionLevel::Yellow, story.now);
    let story = story.does(&cast.county, &watch).does(&cast.county, &force_close());
    // Shorter limits: no second person is needed.
    let private = Correct {
        category: Some("1002".parse().unwrap()),
        severity: None,
        place: None,
        reason: text("属于家庭纠纷"),
    };
    let story = story.does(&cast.village, &private.into());
    let proceedings = &story.case.incident.proceedings;
    assert!(story.case.incident.restricted);
    assert_eq!((proceedings.supervision, proceedings.request), (None, None));
    story.does(&cast.mediator, &extend(4));
}
