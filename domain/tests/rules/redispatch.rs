//! Redispatch (改派): the desk gives the work to another organisation, twice at most.

use chrono::TimeDelta;
use grassroots_domain::{
    incident::{
        State,
        leg::{HandlingOutcome, HandlingRole},
    },
    refusal::Refusal,
    rules::duty_list::DutyRole,
};

use crate::support::*;

const JUSTICE: &str = "411224107-justice_office";
const URBAN: &str = "411224107-urban_management";
const TOWNSHIP: &str = "411224107-desk";

/// A dispute that the township sent to its justice office.
fn at_justice() -> Scenario {
    Scenario::report("1001").escalated().dispatched(JUSTICE)
}

#[test]
fn another_organisation_gets_the_work_with_its_own_time() {
    let staff = Staff::new();
    for scenario in [at_justice(), at_justice().run_ok(&staff.justice, &acknowledge())] {
        let first = scenario.case.open_lead().unwrap().clocks.handle;
        let moved = scenario.wait(TimeDelta::hours(3)).run_ok(&staff.township, &redispatch(URBAN));
        let [old, new] = moved.case.handling() else { panic!("{:?}", moved.case.handling()) };
        assert_eq!(old.outcome, Some(HandlingOutcome::Reassigned));
        assert_eq!((new.organisation, new.role), (organisation(URBAN), HandlingRole::Lead));
        assert_eq!(new.clocks.handle.from, moved.now);
        assert!(new.clocks.handle.at > first.at && new.clocks.receipt.is_some());
        assert_eq!(moved.case.incident().state, State::PendingReceipt);
        let steps = moved.case.desk_steps(moved.case.custody().last().unwrap());
        assert_eq!(
            steps.dispatch,
            Some(old.opened_at),
            "the desk dispatched in time and need not do it again"
        );
        let back = moved.run_ok(&staff.urban, &return_work());
        assert_eq!((back.case.incident().state, back.case.incident().returned), (State::PendingDispatch, 1));
    }
}

#[test]
fn the_desk_may_take_the_work_itself_and_who_assists_goes_on() {
    let staff = Staff::new();
    let fire = "411224-fire_rescue";
    let both = at_justice()
        .run_ok(&staff.justice, &acknowledge())
        .run_ok(&staff.township, &call_in(&[URBAN, fire]))
        .run_ok(&staff.township, &redispatch(URBAN));
    let open: Vec<_> = both.case.open_assists().map(|leg| leg.organisation).collect();
    assert_eq!(open, [organisation(fire)], "the new lead no longer assists, the other one does");
    let own = both.run_ok(&staff.township, &redispatch(TOWNSHIP));
    assert_eq!(own.case.incident().state, State::InProgress);
    assert_eq!(own.case.holder(), Some(organisation(TOWNSHIP)));
}

#[test]
fn after_two_times_the_desk_above_decides_and_its_decision_holds() {
    let staff = Staff::new();
    let mut twice = at_justice()
        .run_ok(&staff.township, &redispatch(URBAN))
        .run_ok(&staff.urban, &acknowledge())
        .run_ok(&staff.township, &redispatch(JUSTICE));
    let third = twice.try_to(&staff.township, &redispatch(URBAN));
    assert_eq!(third, Err(Refusal::SuperiorAssigns));
    let taken_back = twice.try_to(&staff.township, &withdraw());
    assert_eq!(taken_back, Err(Refusal::SuperiorAssigns), "it would be sent elsewhere next");
    // The desk asks the desk above, whether the work was signed for or not.
    for scenario in [twice.clone(), twice.clone().run_ok(&staff.justice, &acknowledge())] {
        let asked = scenario.run_ok(&staff.township, &dispute());
        assert_eq!(asked.case.disputed_since(), Some(asked.now));
        assert_eq!(asked.run_ok(&staff.county, &arbitrate(URBAN)).case.disputed_since(), None);
    }
    let mut decided = twice.run_ok(&staff.justice, &acknowledge()).run_ok(&staff.county, &arbitrate(URBAN));
    assert_eq!(decided.case.holder(), Some(organisation(URBAN)));
    assert_eq!(decided.try_to(&staff.township, &redispatch(JUSTICE)), Err(Refusal::SuperiorAssigns));
    let again = decided.run_ok(&staff.county, &arbitrate(JUSTICE));
    // Another desk starts anew.
    let county = again.escalated().dispatched("411224-fire_rescue");
    let _ = county.run_ok(&staff.county, &redispatch("411224-desk"));
}

#[test]
fn work_that_goes_well_is_not_for_the_desk_above_to_assign() {
    let staff = Staff::new();
    let mut once =
        at_justice().run_ok(&staff.township, &redispatch(URBAN)).run_ok(&staff.urban, &acknowledge());
    assert_eq!(once.try_to(&staff.county, &arbitrate(JUSTICE)), Err(Refusal::NothingDisputed));
    assert_eq!(once.try_to(&staff.township, &dispute()), Err(Refusal::NothingDisputed));
    let department = once.try_to(&staff.urban, &dispute());
    assert!(matches!(department, Err(Refusal::WrongState { .. })), "it signed for the work: {department:?}");
}

#[test]
fn the_same_organisation_a_foreign_one_and_one_without_the_duty_are_refused() {
    let staff = Staff::new();
    let mut scenario = at_justice();
    let same = scenario.try_to(&staff.township, &redispatch(JUSTICE));
    assert_eq!(same, Err(Refusal::LeadsAlready { organisation: organisation(JUSTICE) }));
    let foreign = scenario.try_to(&staff.township, &redispatch("411224-fire_rescue"));
    assert!(matches!(foreign, Err(Refusal::ForeignOrganisation { .. })), "{foreign:?}");
    let unconfirmed = scenario.try_to(&staff.township, &redispatch_within_duty(URBAN));
    let outside = Refusal::OutsideDuty { to: organisation(URBAN), duty: DutyRole::Unlisted };
    assert_eq!(unconfirmed, Err(outside));
    let not_the_desk = scenario.try_to(&staff.village, &redispatch(URBAN));
    assert!(matches!(not_the_desk, Err(Refusal::NotYourDesk { .. })), "{not_the_desk:?}");
}

/// Sending the incident up and taking it back is no way around the limit, nor around a decision.
#[test]
fn a_desk_that_takes_the_incident_back_has_no_new_redispatches() {
    let staff = Staff::new();
    let away_and_back = |scenario: Scenario| {
        scenario
            .wait(TimeDelta::hours(1))
            .escalated()
            .run_ok(&staff.township, &withdraw())
            .run_ok(&staff.township, &dispatch(JUSTICE))
    };
    let twice = at_justice()
        .run_ok(&staff.township, &redispatch(URBAN))
        .run_ok(&staff.township, &redispatch(JUSTICE));
    let refused = away_and_back(twice).try_to(&staff.township, &redispatch(URBAN));
    assert_eq!(refused, Err(Refusal::SuperiorAssigns));
}
