//! What the reporter may do after the report: take it back, comment on it, object to the closure; and the reply that is owed.

use chrono::TimeDelta;
use grassroots_domain::{
    account::{Actor, Role},
    commands::comment::Comment,
    incident::{
        State,
        leg::{CustodyOutcome, Outcome},
        remark::Audience,
    },
    open::{Report, open},
    reading::visibility::{Visibility, visible},
    refusal::Refusal,
};

use crate::support::*;

const COMMITTEE: &str = "411224107202-village_mediation_committee";

fn closed() -> Scenario {
    let staff = Staff::new();
    Scenario::report("1001")
        .dispatched(COMMITTEE)
        .handled(&staff.mediator, Outcome::Resolved)
        .run_ok(&staff.village, &close())
}

#[test]
fn a_report_can_be_taken_back_until_a_desk_accepts_it() {
    let staff = Staff::new();
    let waiting = Scenario::report("1001");
    let asked = waiting.clone().run_ok(&staff.village, &request_info());
    for scenario in [waiting, asked] {
        let gone = scenario.run_ok(&staff.reporter, &withdraw_report());
        assert_eq!(gone.case.incident().state, State::Voided);
        assert_eq!(gone.case.custody()[0].outcome, Some(CustodyOutcome::Voided));
    }
    let mut accepted_once = Scenario::report("1001").accepted().escalated();
    assert_eq!(accepted_once.case.incident().state, State::PendingAcceptance);
    assert_eq!(accepted_once.try_to(&staff.reporter, &withdraw_report()), Err(Refusal::AcceptedAlready));
    for other in [&staff.village, &staff.county] {
        let refused = Scenario::report("1001").try_to(other, &withdraw_report());
        assert!(matches!(refused, Err(Refusal::OnlyReporter { .. })), "{refused:?}");
    }
}

#[test]
fn a_report_that_stands_for_others_is_not_taken_back() {
    let staff = Staff::new();
    let mut primary = Scenario::report("1001");
    grassroots_domain::testing::context::alter(&mut primary.case, |incident| incident.merging.absorbed = 2);
    let refused = primary.try_to(&staff.reporter, &withdraw_report());
    assert_eq!(refused, Err(Refusal::StandsForOthers { others: 2 }));
}

#[test]
fn the_reporter_comments_at_any_time_but_not_behind_their_own_back() {
    let staff = Staff::new();
    let comment = |audience| Comment { audience, text: text("今天又漏了") };
    for mut scenario in [Scenario::report("1001"), Scenario::report("1001").dispatched(COMMITTEE), closed()] {
        let refused = scenario.try_to(&staff.reporter, &comment(Audience::Internal).into());
        assert_eq!(refused, Err(Refusal::CommentOfReporter));
        let version = scenario.case.incident().version;
        let said = scenario.run_ok(&staff.reporter, &comment(Audience::Reporter).into());
        assert_eq!(said.case.incident().version, version + 1);
    }
    let stranger = Scenario::report("1001").try_to(&staff.other_worker, &comment(Audience::Reporter).into());
    assert_eq!(stranger, Err(Refusal::NotInFullView));
}

#[test]
fn the_reporter_objects_within_seven_days_and_once() {
    let staff = Staff::new();
    let objected = closed().wait(TimeDelta::days(7)).run_ok(&staff.reporter, &object());
    assert_eq!(objected.case.incident().state, State::Closed, "an objection reopens nothing");
    let desk_above = Some((objected.now, desk("411224107")));
    assert_eq!(objected.case.objection_to_answer(), desk_above);
    let mut again = objected.clone();
    assert_eq!(again.try_to(&staff.reporter, &object()), Err(Refusal::ObjectedAlready));
    let late = closed().wait(TimeDelta::days(7) + TimeDelta::seconds(1)).try_to(&staff.reporter, &object());
    assert_eq!(late, Err(Refusal::ObjectTooLate { days: 7 }));
    let other = closed().try_to(&staff.village, &object());
    assert!(matches!(other, Err(Refusal::OnlyReporter { .. })), "{other:?}");

    // Who closed does not answer it; the desk above does, with a reply.
    let own = objected.clone().try_to(&staff.village_2, &follow_up(true));
    assert!(matches!(own, Err(Refusal::OnlyDesk { .. })), "{own:?}");
    let wordless = objected.clone().try_to(&staff.township, &follow_up_without_reply());
    assert_eq!(wordless, Err(Refusal::ReplyMissing));
    let _ = objected.clone().run_ok(&staff.village_2, &follow_up(false));
    // A follow-up answers it for good; reopening makes room for another closure and another objection.
    let answered = objected.clone().run_ok(&staff.township, &follow_up(true));
    assert_eq!(answered.case.objection_to_answer(), None);
    let unsettled = objected.clone().run_ok(&staff.township, &follow_up(false));
    assert_eq!(unsettled.case.incident().state, State::PendingDispatch);
    let reopened = objected.run_ok(&staff.township, &reopen());
    for scenario in [unsettled, reopened] {
        assert_eq!(scenario.case.incident().requests.objection, None);
        let closed_again = scenario
            .run_ok(&staff.village, &dispatch(COMMITTEE))
            .handled(&staff.mediator, Outcome::Resolved)
            .run_ok(&staff.village, &close());
        let _ = closed_again.run_ok(&staff.reporter, &object());
    }
}

/// The desk above does not see a restricted incident, so the desk that closed it answers.
#[test]
fn an_objection_about_a_restricted_matter_stays_with_its_desk() {
    let staff = Staff::new();
    let closed = Scenario::report("1002")
        .dispatched(COMMITTEE)
        .handled(&staff.mediator, Outcome::Resolved)
        .run_ok(&staff.village, &close())
        .run_ok(&staff.reporter, &object());
    assert_eq!(closed.case.objection_to_answer(), Some((closed.now, desk("411224107202"))));
}

/// Who entered the matter at the window knows the outcome. Everybody else gets a reply.
#[test]
fn a_reply_is_owed_unless_the_desk_entered_the_matter_itself() {
    let staff = Staff::new();
    let without = close_without_reply();
    assert_eq!(done_by(&staff.reporter).try_to(&staff.village, &without), Err(Refusal::ReplyMissing));
    assert_eq!(done_by(&staff.township).try_to(&staff.village, &without), Err(Refusal::ReplyMissing));
    let _ = done_by(&staff.village_2).run_ok(&staff.village, &without);
}

/// The desk above a desk of another place does not see what that desk closed, so the objection stays there.
#[test]
fn an_objection_goes_to_a_desk_that_sees_it() {
    let staff = Staff::new();
    let elsewhere = person(70, Role::VillageOfficer, "411224101200-desk");
    let closed = Scenario::report("1001")
        .accepted()
        .run_ok(&staff.village, &transfer("411224101200-desk"))
        .run_ok(&elsewhere, &settle_with(&[]))
        .run_ok(&staff.reporter, &object());
    assert_eq!(closed.case.objection_to_answer(), Some((closed.now, desk("411224101200"))));
    assert_eq!(visible(&elsewhere, &closed.case), Visibility::Full);
}

/// Others whose reports were merged into it wait for an answer, even if the desk entered the matter itself.
#[test]
fn a_reply_is_owed_to_the_reporters_of_merged_reports() {
    let staff = Staff::new();
    let mut merged = done_by(&staff.village_2);
    grassroots_domain::testing::context::alter(&mut merged.case, |incident| incident.merging.absorbed = 1);
    assert_eq!(merged.try_to(&staff.village, &close_without_reply()), Err(Refusal::ReplyMissing));
}

/// A report by `reporter` whose work is done.
fn done_by(reporter: &Actor) -> Scenario {
    let staff = Staff::new();
    let report = Report::new(
        grassroots_domain::ids::IncidentId(uuid::Uuid::from_u128(9)),
        category("1001"),
        place("411224107202001"),
    );
    let now = at("2026-11-23 09:00");
    let case = open(&report, reporter, now, &city().rules, &city().reference_data).unwrap().case;
    Scenario { case, events: Vec::new(), now }
        .dispatched(COMMITTEE)
        .handled(&staff.mediator, Outcome::Resolved)
}

/// After the time to reopen has passed, an objection is still answered by the desk above and with a reply.
#[test]
fn an_objection_is_answered_even_when_it_is_too_late_to_reopen() {
    let staff = Staff::new();
    let late = closed().run_ok(&staff.reporter, &object()).wait(TimeDelta::days(31));
    let by_the_closer = late.clone().try_to(&staff.village_2, &follow_up(false));
    assert!(matches!(by_the_closer, Err(Refusal::OnlyDesk { .. })), "{by_the_closer:?}");
    let answered = late.run_ok(&staff.township, &follow_up(false));
    assert_eq!(answered.case.incident().state, State::Closed);
    assert_eq!(answered.case.objection_to_answer(), None);
}
