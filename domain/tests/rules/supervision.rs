//! Alarms for late incidents, and supervision by desks.

use chrono::TimeDelta;
use grassroots_domain::{
    incident::{State, leg::Outcome, oversight::SupervisionLevel},
    refusal::Refusal,
    time::clock::Clock,
};

use crate::support::*;

const COMMITTEE: &str = "411224107202-village_mediation_committee";

#[test]
fn an_alarm_and_a_supervision_do_not_replace_each_other() {
    let staff = Staff::new();
    let working = Scenario::report("1001").dispatched(COMMITTEE).run_ok(&staff.mediator, &acknowledge());
    let watch = supervise(SupervisionLevel::Notice, working.now);
    let scenario = working.run_ok(&staff.county, &watch).until("2027-01-20 09:00").reconciled();
    let incident = scenario.case.incident();
    let alarm = incident.oversight.alarm.unwrap();
    assert_eq!((alarm.level, alarm.by), (SupervisionLevel::Red, staff.township.organisation));
    let supervision = incident.oversight.supervision.unwrap();
    assert_eq!((supervision.level, supervision.by), (SupervisionLevel::Notice, staff.county.organisation));

    // The county changes its supervision to yellow. The red alarm of the township stays.
    let yellow = supervise(SupervisionLevel::Yellow, scenario.now);
    let scenario = scenario.run_ok(&staff.county, &yellow).wait(TimeDelta::days(1)).reconciled();
    let incident = scenario.case.incident();
    assert_eq!(
        incident.oversight.supervision.map(|supervision| supervision.level),
        Some(SupervisionLevel::Yellow)
    );
    assert_eq!(incident.oversight.alarm.map(|alarm| alarm.level), Some(SupervisionLevel::Red));
    let mut scenario = scenario.run_ok(&staff.mediator, &submit(Outcome::Resolved)).reconciled();
    let incident = scenario.case.incident();
    assert!(incident.oversight.supervision.is_some(), "what the county asked is not answered yet");
    assert!(
        incident.oversight.alarm.is_none_or(|alarm| !matches!(alarm.over, Clock::Handle(_))),
        "the step is done"
    );
    scenario = scenario.run_ok(&staff.county, &lift());
    assert!(scenario.case.incident().oversight.supervision.is_none());
}

#[test]
fn a_supervision_by_the_desk_itself_does_not_prevent_the_alarm_of_the_desk_above() {
    let staff = Staff::new();
    let scenario = Scenario::report("1001").accepted();
    let red = supervise(SupervisionLevel::Red, scenario.now);
    let scenario = scenario.run_ok(&staff.village, &red).until("2026-12-10 09:00").reconciled();
    let alarm = scenario.case.incident().oversight.alarm.unwrap();
    assert_eq!(alarm.by, staff.township.organisation);
    // An escalation ends the supervision of the desk below.
    let scenario = scenario.run_ok(&staff.village, &escalate());
    assert_eq!(scenario.case.incident().oversight.supervision, None);
}

#[test]
fn at_the_county_the_alarm_goes_to_the_city_and_nobody_can_take_over() {
    let staff = Staff::new();
    let mut scenario =
        Scenario::report("1001").accepted().escalated().escalated().until("2027-02-01 09:00").reconciled();
    assert_eq!(scenario.case.incident().state, State::PendingAcceptance);
    assert_eq!(scenario.case.incident().oversight.alarm.unwrap().by, staff.overseer.organisation);
    assert_eq!(scenario.try_to(&staff.county, &take_over()), Err(Refusal::NoSuperior));
}

#[test]
fn a_called_organisation_that_does_not_answer_causes_an_alarm() {
    let staff = Staff::new();
    let scenario = Scenario::report("1001")
        .accepted()
        .escalated()
        .accepted()
        .run_ok(&staff.township, &dispatch("411224107-justice_office"))
        .run_ok(&staff.justice, &acknowledge())
        .run_ok(&staff.township, &call_in(&["411224-fire_rescue"]))
        .wait(TimeDelta::days(2))
        .reconciled();
    let alarm = scenario.case.incident().oversight.alarm.unwrap();
    let helper = scenario.case.assist_of(staff.fire.organisation).unwrap().number;
    assert_eq!((alarm.over, alarm.level), (Clock::Receipt(helper), SupervisionLevel::Notice));
    let scenario =
        scenario.run_ok(&staff.fire, &answer(grassroots_domain::events::work::Assistance::Declined));
    assert!(
        scenario.case.incident().oversight.alarm.is_none_or(|alarm| alarm.over != Clock::Receipt(helper))
    );
}
