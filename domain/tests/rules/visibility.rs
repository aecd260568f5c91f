//! Who sees an incident, and who sees its reporter.

use chrono::TimeDelta;
use grassroots_domain::{
    account::{Actor, Role},
    command_kind::CommandKind,
    decide::permitted,
    incident::leg::Outcome,
    reading::visibility::{Visibility, sees_reporter, visible},
    refusal::Refusal,
};

use crate::support::{
    Scenario, Staff, acknowledge, approve, category, city, close, correct_to, dispatch, person, place,
    reopen, report_check, request_check, return_work, rework, submit, take_over, transfer, void,
};

/// What each person sees. People who see nothing are left out.
fn seen(scenario: &Scenario) -> Vec<(&'static str, &'static str)> {
    let staff = Staff::new();
    let word = |actor: &Actor| match visible(actor, &scenario.case) {
        Visibility::None => None,
        Visibility::Summary => Some("summary"),
        Visibility::Own => Some("own"),
        Visibility::Former { .. } => Some("former"),
        Visibility::Full => Some("full"),
    };
    staff.all().into_iter().filter_map(|(name, actor)| Some((name, word(actor)?))).collect()
}

#[test]
fn an_ordinary_incident_is_seen_by_every_desk_above_its_place() {
    let mut expected = vec![
        ("reporter", "own"),
        ("village", "full"),
        ("village_2", "full"),
        ("township", "full"),
        ("township_2", "full"),
        ("county", "full"),
        ("county_2", "full"),
        ("overseer", "full"),
        ("audit", "summary"),
    ];
    assert_eq!(seen(&Scenario::report("1001")), expected);
    assert_eq!(seen(&Scenario::report("1001").accepted().escalated()), expected, "whoever holds it");
    // If the village is not known, no village sees the incident.
    expected.retain(|(name, _)| !name.starts_with("village"));
    assert_eq!(seen(&Scenario::of(category("1001"), place("411224107"))), expected);
}

#[test]
fn a_level_does_not_see_incidents_that_may_be_about_itself() {
    let village_affairs = seen(&Scenario::report("8001"));
    assert_eq!(
        village_affairs,
        [
            ("reporter", "own"),
            ("township", "full"),
            ("township_2", "full"),
            ("county", "full"),
            ("county_2", "full"),
            ("overseer", "full"),
            ("audit", "summary"),
        ]
    );
    let conduct = seen(&Scenario::report("8003"));
    let only_county = [
        ("reporter", "own"),
        ("county", "full"),
        ("county_2", "full"),
        ("overseer", "summary"),
        ("audit", "summary"),
    ];
    assert_eq!(conduct, only_county);
}

#[test]
fn only_desks_that_held_a_restricted_incident_see_its_text() {
    let scenario = Scenario::report("1002");
    let chain = |village, township, county| {
        let mut expected = vec![("reporter", "own")];
        let desks = [("village", village), ("township", township), ("county", county)];
        for ((desk, sight), second) in desks.into_iter().zip(["village_2", "township_2", "county_2"]) {
            if !str::is_empty(sight) {
                expected.extend([(desk, sight), (second, sight)]);
            }
        }
        expected.extend([("overseer", "summary"), ("audit", "summary")]);
        expected
    };
    assert_eq!(seen(&scenario), chain("full", "", ""));
    let at_township = scenario.escalated();
    assert_eq!(seen(&at_township), chain("former", "full", ""));
    let at_county = at_township.escalated();
    assert_eq!(seen(&at_county), chain("former", "former", "full"));
    let closed = at_county
        .dispatched("411224-desk")
        .handled(&Staff::new().county, Outcome::Resolved)
        .run_ok(&Staff::new().county_2, &close());
    assert_eq!(seen(&closed), chain("former", "former", "full"), "who closed it answers for it");
}

#[test]
fn a_former_holder_reads_up_to_the_end_of_its_leg() {
    let staff = Staff::new();
    let scenario = Scenario::report("1002").wait(TimeDelta::hours(3)).escalated();
    let until = scenario.case.incident().version;
    let scenario = scenario.wait(TimeDelta::hours(5)).accepted();
    assert_eq!(visible(&staff.village, &scenario.case), Visibility::Former { until });
}

#[test]
fn the_desk_that_closed_a_reopened_incident_sees_it_in_full() {
    let staff = Staff::new();
    let scenario = Scenario::report("1002")
        .dispatched("411224107202-desk")
        .handled(&staff.village, Outcome::Resolved)
        .run_ok(&staff.village, &close())
        .run_ok(&staff.village_2, &reopen());
    assert_eq!(visible(&staff.village, &scenario.case), Visibility::Full);
    let higher = scenario.escalated();
    assert_eq!(
        visible(&staff.village, &higher.case),
        Visibility::Former { until: higher.case.incident().version }
    );
}

#[test]
fn a_handler_sees_an_incident_in_full_only_during_the_work() {
    let staff = Staff::new();
    let committee = "411224107202-village_mediation_committee";
    let sight = |scenario: &Scenario| visible(&staff.mediator, &scenario.case);
    let mut scenario = Scenario::report("1001").accepted();
    assert_eq!(sight(&scenario), Visibility::None);
    scenario = scenario.run_ok(&staff.village, &dispatch(committee));
    assert_eq!(sight(&scenario), Visibility::Full);
    scenario = scenario.wait(TimeDelta::hours(1)).run_ok(&staff.mediator, &return_work());
    let until = scenario.case.incident().version;
    scenario = scenario.wait(TimeDelta::hours(1));
    assert_eq!(sight(&scenario), Visibility::Former { until });
    scenario = scenario.run_ok(&staff.village, &dispatch(committee)).run_ok(&staff.mediator, &acknowledge());
    assert_eq!(sight(&scenario), Visibility::Full, "an open leg outweighs a former one");
    scenario = scenario.wait(TimeDelta::hours(1)).run_ok(&staff.mediator, &submit(Outcome::Resolved));
    let until = scenario.case.incident().version;
    assert_eq!(sight(&scenario), Visibility::Former { until });
    scenario = scenario.run_ok(&staff.village, &rework());
    assert_eq!(sight(&scenario), Visibility::Full);
    scenario = scenario.handled(&staff.mediator, Outcome::Resolved);
    let until = scenario.case.incident().version;
    scenario = scenario.wait(TimeDelta::days(1)).run_ok(&staff.village, &close());
    assert_eq!(sight(&scenario), Visibility::Former { until });
    let colleague = person(81, Role::Handler, committee);
    assert_eq!(
        visible(&colleague, &scenario.case),
        Visibility::Former { until },
        "it is the organisation's leg"
    );
    assert_eq!(visible(&staff.urban, &scenario.case), Visibility::None);
}

#[test]
fn a_reporter_sees_an_own_report_at_another_place() {
    let staff = Staff::new();
    let there = Scenario::of(category("1001"), place("411221101001")).case;
    // The report of a grid worker who became a village officer elsewhere.
    let own = Actor { account: there.incident().reporter, ..staff.village.clone() };
    assert_eq!(visible(&own, &there), Visibility::Own);
    assert_eq!(visible(&staff.village, &there), Visibility::None);
}

#[test]
fn a_city_sees_only_its_own_places() {
    let elsewhere = person(90, Role::CityOverseer, "4113-desk");
    let auditor = person(91, Role::AuditAdmin, "411221-desk");
    let scenario = Scenario::report("1001");
    assert_eq!(visible(&elsewhere, &scenario.case), Visibility::None);
    assert_eq!(visible(&auditor, &scenario.case), Visibility::None);
}

/// The people who see the reporter.
fn seeing_reporter(scenario: &Scenario) -> Vec<&'static str> {
    let staff = Staff::new();
    let sees =
        |actor| sees_reporter(actor, &scenario.case) && visible(actor, &scenario.case) != Visibility::None;
    staff.all().into_iter().filter(|(_, actor)| sees(*actor)).map(|(name, _)| name).collect()
}

#[test]
fn people_with_a_full_view_see_the_reporter() {
    let staff = Staff::new();
    let everybody =
        ["reporter", "village", "village_2", "township", "township_2", "county", "county_2", "overseer"];
    assert_eq!(seeing_reporter(&Scenario::report("1001")), everybody);
    let dispatched = Scenario::report("1001").dispatched("411224107202-village_mediation_committee");
    assert!(sees_reporter(&staff.mediator, &dispatched.case), "a handler has to know whom to ask");
    assert!(!sees_reporter(&staff.audit, &dispatched.case));
}

#[test]
fn only_the_first_desk_sees_a_protected_reporter() {
    let first_desk = ["reporter", "village", "village_2"];
    assert_eq!(seeing_reporter(&Scenario::report("1002")), first_desk, "restricted");
    assert_eq!(seeing_reporter(&Scenario::report("6007")), first_desk, "anonymous");
    assert_eq!(
        seeing_reporter(&Scenario::report("1002").escalated().accepted()),
        first_desk,
        "nor to the next desk"
    );
    let dispatched = Scenario::report("6007").dispatched("411224107202-village_mediation_committee");
    assert!(!sees_reporter(&Staff::new().mediator, &dispatched.case));
    assert_eq!(seeing_reporter(&Scenario::report("8003")), ["reporter", "county", "county_2"]);
}

const COMMITTEE: &str = "411224107202-village_mediation_committee";

#[test]
fn a_desk_sees_incidents_that_were_transferred_to_a_desk_below_it() {
    let staff = Staff::new();
    let elsewhere = "411224101200-desk";
    let officer = person(70, Role::VillageOfficer, elsewhere);
    let sent = |code| Scenario::report(code).run_ok(&staff.village, &transfer(elsewhere));
    let scenario = sent("1001");
    assert_eq!(
        visible(&staff.next_township, &scenario.case),
        Visibility::Full,
        "it takes over, and arbitrates"
    );
    assert_eq!(visible(&staff.next_county, &scenario.case), Visibility::None);
    let taken = scenario.clone().until("2026-11-26 09:00").run_ok(&staff.next_township, &take_over());
    assert_eq!(taken.case.desk(), Some(staff.next_township.organisation));
    let voided = scenario.run_ok(&officer, &void());
    assert_eq!(visible(&staff.next_township, &voided.case), Visibility::None, "it never had it");
    assert_eq!(visible(&staff.next_township, &sent("1002").case), Visibility::None, "restricted");
}

#[test]
fn a_refusal_does_not_show_the_holder_to_people_who_may_not_see_it() {
    let staff = Staff::new();
    let restricted = Scenario::report("1002");
    let handed_in =
        Scenario::report("1001").dispatched(COMMITTEE).handled(&staff.mediator, Outcome::Resolved);
    let gone = handed_in.clone().run_ok(&staff.village, &rework()).escalated();
    let (escalated, accepted) = (restricted.clone().escalated(), restricted.clone().escalated().accepted());
    let mut refused = 0;
    for scenario in [&restricted, &escalated, &accepted, &handed_in, &gone] {
        for (name, actor) in staff.all() {
            if matches!(visible(actor, &scenario.case), Visibility::Full | Visibility::Own) {
                continue;
            }
            for kind in CommandKind::ALL {
                let answer = permitted(
                    &scenario.case,
                    *kind,
                    actor,
                    scenario.now,
                    &city().rules,
                    &city().reference_data,
                );
                let Err(refusal) = answer else { continue };
                let message = format!("{refusal:?}");
                assert!(!message.contains("4112"), "{name} {kind}: {message}");
                refused += u32::from(refusal == Refusal::NotInFullView);
            }
        }
    }
    assert!(refused > 100, "{refused}");
}

#[test]
fn grid_workers_do_not_check_incidents_that_the_village_may_not_see() {
    let staff = Staff::new();
    let mut affairs = Scenario::report("8001").dispatched("411224107-justice_office");
    affairs = affairs.handled(&staff.justice, Outcome::Resolved);
    let refused = affairs.try_to(&staff.township, &request_check(&staff.other_worker));
    assert_eq!(refused, Err(Refusal::RestrictedCheck));

    let scenario = Scenario::report("1001").dispatched(COMMITTEE).handled(&staff.mediator, Outcome::Resolved);
    let mut scenario = scenario.run_ok(&staff.village, &request_check(&staff.other_worker));
    assert_eq!(visible(&staff.other_worker, &scenario.case), Visibility::Own);
    scenario = scenario.run_ok(&staff.village, &correct_to("1002"));
    if scenario.case.incident().requests.pending.is_some() {
        scenario = scenario.run_ok(&staff.village_2, &approve());
    }
    assert!(scenario.case.incident().restricted);
    assert_eq!(
        visible(&staff.other_worker, &scenario.case),
        Visibility::None,
        "it is a family's affair after all"
    );
}

/// Who looked wants to know what became of it. What must not be shown in the field any more is not shown to them either.
#[test]
fn a_grid_worker_keeps_seeing_what_they_checked() {
    let staff = Staff::new();
    let handed_in =
        Scenario::report("1001").dispatched(COMMITTEE).handled(&staff.mediator, Outcome::Resolved);
    let sees = |worker: &Actor, scenario: &Scenario| visible(worker, &scenario.case);
    let sent = handed_in.run_ok(&staff.village, &request_check(&staff.other_worker));
    assert_eq!(sees(&staff.other_worker, &sent), Visibility::Own);
    let replaced = sent.clone().run_ok(&staff.village, &request_check(&staff.reporter));
    assert_eq!(sees(&staff.other_worker, &replaced), Visibility::None, "they did not look");
    let looked = sent.run_ok(&staff.other_worker, &report_check(false));
    let reworked = looked.clone().run_ok(&staff.village, &rework());
    let third = person(3, Role::GridWorker, "411224107202-desk");
    let again = reworked
        .clone()
        .handled(&staff.mediator, Outcome::Resolved)
        .run_ok(&staff.village, &request_check(&third))
        .run_ok(&third, &report_check(true))
        .run_ok(&staff.village, &close());
    let reopened = again.clone().run_ok(&staff.village, &reopen());
    for scenario in [&looked, &reworked, &again, &reopened] {
        assert_eq!(sees(&staff.other_worker, scenario), Visibility::Own);
    }
    assert_eq!(sees(&third, &reopened), Visibility::Own);
    let mut refused = reopened.clone();
    let check = refused.try_to(&staff.other_worker, &report_check(true));
    assert!(check.is_err(), "seeing is not checking: {check:?}");
    let private = reopened.run_ok(&staff.village, &correct_to("1002"));
    assert!(private.case.incident().restricted);
    assert_eq!(sees(&staff.other_worker, &private), Visibility::None);
}
