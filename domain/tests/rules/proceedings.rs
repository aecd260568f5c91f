//! Corrections, checks, disputes, merges, grades and hand-overs: none of them blocks or loses an incident.

use chrono::TimeDelta;
use grassroots_domain::{
    command_kind::CommandKind,
    commands::{Command, correct::Correct},
    decide::{actions, apply_consequence},
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
fn an_incident_corrected_to_a_higher_severity_escalates_accordingly() {
    let staff = Staff::new();
    let worse = Correct {
        category: None,
        severity: Some(Severity::Significant),
        place: None,
        reason: text("有人受伤"),
    };
    let scenario = Scenario::report("1001").run_ok(&staff.village, &worse.into());
    assert_eq!(scenario.case.open_custody().unwrap().desk, staff.village.organisation);
    let scenario = scenario.until("2026-11-26 09:00").reconciled();
    assert_eq!(scenario.case.desk(), Some(staff.township.organisation), "at twice the limit, by itself");
}

#[test]
fn a_correction_of_waiting_work_sets_the_dispatch_limit_that_a_withdrawal_resumes() {
    let staff = Staff::new();
    let worse = Command::from(Correct {
        category: None,
        severity: Some(Severity::Significant),
        place: None,
        reason: text("有人受伤"),
    });
    let accepted = Scenario::report("1001").accepted();
    let due = |scenario: &Scenario| scenario.case.open_custody().unwrap().clocks.dispatch.unwrap();
    let corrected_first = accepted.clone().run_ok(&staff.village, &worse);
    assert_ne!(due(&corrected_first).at, due(&accepted).at);
    let waiting = accepted.run_ok(&staff.village, &dispatch(COMMITTEE));
    let withdrawn = waiting.run_ok(&staff.village, &worse).run_ok(&staff.village, &withdraw());
    assert_eq!(withdrawn.case.incident().state, State::PendingDispatch);
    assert_eq!(due(&withdrawn).at, due(&corrected_first).at);
}

#[test]
fn an_unanswered_check_does_not_block_closing_for_ever() {
    let staff = Staff::new();
    let handed_in =
        Scenario::report("1001").dispatched(COMMITTEE).handled(&staff.mediator, Outcome::Resolved);
    let mut scenario = handed_in.run_ok(&staff.village, &request_check(&staff.other_worker));
    assert_eq!(scenario.try_to(&staff.village, &close()), Err(Refusal::CheckOpen));
    let another = scenario.clone().run_ok(&staff.village, &request_check(&staff.reporter));
    let check = another.case.incident().oversight.check.unwrap();
    assert_eq!(check.worker, staff.reporter.account, "somebody else is sent instead");
    let closed = scenario.wait(TimeDelta::days(3)).run_ok(&staff.village, &close());
    assert_eq!(closed.case.incident().state, State::Closed);
}

#[test]
fn a_dispute_ends_with_the_work_it_is_about() {
    let staff = Staff::new();
    let at_township = Scenario::report("1001").accepted().escalated().accepted();
    let twice = |scenario: Scenario| {
        scenario.run_ok(&staff.township, &dispatch(JUSTICE)).run_ok(&staff.justice, &return_work())
    };
    let scenario = twice(twice(at_township)).run_ok(&staff.township, &dispatch(JUSTICE));
    let scenario = scenario.run_ok(&staff.justice, &dispute()).run_ok(&staff.township, &withdraw());
    assert_eq!(scenario.case.incident().requests.disputed, None);
    let scenario = scenario.run_ok(&staff.township, &dispatch(URBAN)).run_ok(&staff.urban, &dispute());
    assert!(scenario.case.incident().requests.disputed.is_some(), "who has it now may dispute it too");
    let scenario = scenario.run_ok(&staff.township, &withdraw()).run_ok(&staff.township, &dispatch(URBAN));
    let scenario = scenario.wait(TimeDelta::days(1)).reconciled();
    assert_eq!(
        scenario.case.incident().state,
        State::InProgress,
        "nobody disputes it: it is taken on by itself"
    );
}

#[test]
fn an_incident_with_merged_reports_cannot_be_voided() {
    let staff = Staff::new();
    let other = IncidentId(Uuid::from_u128(4_113));
    let mut scenario = Scenario::report("1001");
    let absorbed: EventBody = Absorbed { incident: other }.into();
    scenario.case = apply_consequence(&scenario.case, absorbed, staff.village.account, scenario.now).case;
    assert_eq!(scenario.try_to(&staff.village, &void()), Err(Refusal::StandsForOthers { others: 1 }));
    let listed = actions(&scenario.case, &staff.village, scenario.now, &city().rules, &city().reference_data);
    assert!(!listed.contains(&CommandKind::Void));
    // The reporter does not answer. The incident stays open for the merged reports, and its clock continues.
    let scenario = scenario.run_ok(&staff.village, &request_info()).until("2026-12-10 09:00").reconciled();
    assert_eq!(scenario.case.incident().state, State::PendingAcceptance);
    assert!(scenario.case.due().is_some());
}

#[test]
fn a_satisfaction_grade_is_kept_until_the_incident_is_reopened() {
    use grassroots_domain::{commands::follow_up::FollowUp, events::closing::Channel};
    let staff = Staff::new();
    let asked = |satisfaction, settled| {
        FollowUp {
            channel: Channel::Phone, settled, satisfaction, remarks: text("电话回访"), reply: None
        }
        .into()
    };
    let closed = Scenario::report("1001")
        .dispatched(COMMITTEE)
        .handled(&staff.mediator, Outcome::Resolved)
        .run_ok(&staff.village, &close())
        .run_ok(&staff.township, &asked(Some(4), true))
        .run_ok(&staff.township, &asked(None, true));
    assert_eq!(closed.case.incident().satisfaction, Some(4));
    let again = closed.run_ok(&staff.township, &asked(Some(1), false));
    assert_eq!(again.case.incident().satisfaction, None, "the grade was of the result before");
}

#[test]
fn an_incident_is_not_handed_over_to_a_person_who_may_not_see_it() {
    use grassroots_domain::hand_over::hand_over;
    let staff = Staff::new();
    let from = staff.reporter.account;
    let given =
        |scenario: &Scenario, to| hand_over(&scenario.case, from, to, staff.security.account, scenario.now);
    // 8001 is hidden from the village, because it may be about the village. 1002 hides its reporter.
    let about_the_village = Scenario::report("8001");
    assert!(given(&about_the_village, &staff.village).is_none());
    assert!(given(&about_the_village, &staff.county).is_some());
    assert!(given(&Scenario::report("1002"), &staff.village).is_none());
    let handed = given(&Scenario::report("1001"), &staff.village).unwrap().case;
    assert_eq!(handed.incident().looked_after_by(), staff.village.account);
    assert_eq!(handed.incident().reporter, from, "who reported it stays");
    assert!(given(&Scenario::report("1001"), &staff.next_village).is_none(), "of another place");
}

#[test]
fn a_correction_ends_supervision_and_requests_of_desks_that_lose_access() {
    let staff = Staff::new();
    let scenario = Scenario::report("1001").dispatched(COMMITTEE).run_ok(&staff.mediator, &acknowledge());
    let watch = supervise(grassroots_domain::incident::oversight::SupervisionLevel::Yellow, scenario.now);
    let scenario = scenario.run_ok(&staff.county, &watch).run_ok(&staff.county, &force_close());
    // The limits become shorter, so no second person is needed.
    let private = Correct {
        category: Some("1002".parse().unwrap()),
        severity: None,
        place: None,
        reason: text("属于家庭纠纷"),
    };
    let scenario = scenario.run_ok(&staff.village, &private.into());
    let incident = scenario.case.incident();
    assert!(scenario.case.incident().restricted);
    assert_eq!((incident.oversight.supervision, incident.requests.pending), (None, None));
    scenario.run_ok(&staff.mediator, &extend(4));
}
