//! Moving an incident or a late server does not extend a deadline, and a withdrawn command does not count.

use chrono::TimeDelta;
use grassroots_domain::{
    incident::{case::Case, leg::HandlingOutcome},
    reconcile::reschedule,
    rules::Rules,
    time::deadline::{Limit, LimitUnit},
};

use crate::support::*;

const COMMITTEE: &str = "411224107202-village_mediation_committee";
const JUSTICE: &str = "411224107-justice_office";

fn handle_due(scenario: &Scenario) -> grassroots_domain::time::Instant {
    scenario.case.open_lead().unwrap().clocks.handle.at
}

#[test]
fn a_withdrawn_escalation_gives_no_extra_time() {
    let staff = Staff::new();
    // A limit of 2 continuous hours; after an escalation at least 16 working hours.
    let code = "2001";
    let straight = Scenario::report(code);
    let desk = straight.case.desk().unwrap();
    let actor = staff.at_desk_of(desk.unit);
    let straight = straight.run_ok(actor, &accept());
    let there_and_back = straight.clone().run_ok(actor, &escalate()).run_ok(actor, &withdraw());
    let own = dispatch(&desk.to_string());
    assert_eq!(handle_due(&straight.run_ok(actor, &own)), handle_due(&there_and_back.run_ok(actor, &own)));
}

#[test]
fn a_withdrawn_command_does_not_count_towards_its_limit() {
    let staff = Staff::new();
    let scenario = Scenario::report("1001").accepted().escalated().accepted();
    let scenario = scenario
        .run_ok(&staff.township, &hand_down("411224107202-desk"))
        .run_ok(&staff.township, &withdraw());
    let scenario =
        scenario.run_ok(&staff.township, &transfer("411224108-desk")).run_ok(&staff.township, &withdraw());
    assert_eq!(scenario.case.incident().tally.transferred, 0);
    scenario.run_ok(&staff.township, &hand_down("411224107202-desk"));
}

#[test]
fn suspended_work_resumes_on_its_day_even_if_the_server_is_late() {
    let staff = Staff::new();
    let suspended = Scenario::report("1001")
        .dispatched(COMMITTEE)
        .run_ok(&staff.mediator, &acknowledge())
        .run_ok(&staff.mediator, &suspend(10))
        .run_ok(&staff.village, &approve());
    let in_time = suspended.clone().wait(TimeDelta::days(10) + TimeDelta::seconds(5)).reconciled();
    let late = suspended.wait(TimeDelta::days(13)).reconciled();
    assert_eq!(handle_due(&in_time), handle_due(&late));
    assert!(!late.case.incident().pauses.is_paused());
}

#[test]
fn an_assisting_leg_is_withdrawn_when_the_lead_returns_the_work() {
    let staff = Staff::new();
    let scenario = Scenario::report("1001")
        .accepted()
        .escalated()
        .accepted()
        .run_ok(&staff.township, &dispatch_with(JUSTICE, &["411224107-urban_management"]))
        .run_ok(&staff.justice, &return_work());
    let how: Vec<_> = scenario.case.handling().iter().map(|leg| leg.outcome.unwrap()).collect();
    assert_eq!(how, [HandlingOutcome::Returned, HandlingOutcome::Withdrawn]);
}

#[test]
fn an_extension_is_kept_when_the_unit_of_the_limit_changes() {
    let staff = Staff::new();
    let scenario = Scenario::report("1001")
        .dispatched(COMMITTEE)
        .run_ok(&staff.mediator, &acknowledge())
        .run_ok(&staff.mediator, &extend(16))
        .run_ok(&staff.village, &approve());
    let set = |case: &Case, amount, unit| {
        let mut book = city().rules.book().clone();
        let category = book.categories.get_mut(&case.incident().category).unwrap();
        category.limit = Limit { amount, unit };
        let rules = Rules::new(8, book);
        reschedule(case, staff.system.account, scenario.now, &rules).map(|decision| decision.case)
    };
    let handle = |case: &Case| case.open_lead().unwrap().clocks.handle;
    // One working day is less than the 56 hours with the extension of 16 hours, so the deadline stays.
    let kept = set(&scenario.case, 1, LimitUnit::WorkingDays).unwrap();
    assert_eq!(handle(&kept).at, handle_due(&scenario));
    let longer = set(&scenario.case, 60, LimitUnit::WorkingDays).unwrap();
    assert_eq!(handle(&longer).limit, Limit { amount: 60, unit: LimitUnit::WorkingDays }, "not 76");
    assert_eq!(
        set(&longer, 60, LimitUnit::WorkingDays),
        None,
        "nor later, if the rules are imported once more"
    );
}

/// The desk may hold the incident as much longer as it allowed the work to take.
#[test]
fn an_approved_extension_moves_the_ceiling_of_the_level_as_far() {
    let staff = Staff::new();
    let ceiling = |scenario: &Scenario| scenario.case.open_custody().unwrap().clocks.ceiling;
    let asked = Scenario::report("1001")
        .dispatched(COMMITTEE)
        .run_ok(&staff.mediator, &acknowledge())
        .run_ok(&staff.mediator, &extend(16));
    let before = ceiling(&asked);
    let extended = asked.run_ok(&staff.village, &approve());
    assert_eq!(ceiling(&extended).limit, Limit { amount: before.limit.amount + 16, ..before.limit });
    assert!(ceiling(&extended).at > before.at);
    // It stays when the rules are imported once more, and when the desk sends the incident up and takes it back.
    let rules = Rules::new(9, city().rules.book().clone());
    assert_eq!(reschedule(&extended.case, staff.system.account, extended.now, &rules), None);
    let back = extended.clone().escalated().run_ok(&staff.village, &withdraw());
    assert_eq!(ceiling(&back), ceiling(&extended));
    assert_eq!(reschedule(&back.case, staff.system.account, back.now, &rules), None);
}

/// A ceiling in working hours moves by continuous hours, too: by the time until the extension ends.
#[test]
fn an_extension_in_another_unit_moves_the_ceiling_as_well() {
    let staff = Staff::new();
    let ceiling = |scenario: &Scenario| scenario.case.open_custody().unwrap().clocks.ceiling;
    // The work has 2 continuous hours. The township may hold it for 56 working hours.
    let desk = "411224107-desk";
    let asked = Scenario::report("5002").dispatched(desk).run_ok(&staff.township, &extend(2));
    let before = ceiling(&asked);
    assert_eq!(before.limit.unit, LimitUnit::WorkingHours);
    let extended = asked.run_ok(&staff.township_2, &approve());
    assert_eq!(ceiling(&extended).at, before.at + TimeDelta::hours(2));
    let rules = Rules::new(9, city().rules.book().clone());
    assert_eq!(reschedule(&extended.case, staff.system.account, extended.now, &rules), None);
    let suspended = extended
        .run_ok(&staff.township, &suspend(7))
        .run_ok(&staff.township_2, &approve())
        .wait(TimeDelta::days(8))
        .reconciled();
    assert!(ceiling(&suspended).at >= before.at + TimeDelta::days(7) + TimeDelta::hours(2));
    let again = reschedule(&suspended.case, staff.system.account, suspended.now, &rules);
    assert_eq!(again.map(|decision| decision.case.custody()[0].clocks.ceiling.at), None);
}
