//! Who does the work, who verifies it, and how often it can be returned.

use grassroots_domain::{
    account::Role,
    geography::unit::Level,
    incident::{
        State,
        leg::{HandlingOutcome, Outcome},
        photo::{MOST, Phase, Photo},
    },
    refusal::Refusal,
};

use crate::support::{
    Scenario, Staff, acknowledge, add_photos, close, desk, dispatch, organisation, person, photo,
    return_work, rework, submit, submit_with, unit,
};

const COMMITTEE: &str = "411224107202-village_mediation_committee";

#[test]
fn a_village_may_verify_its_own_work_and_the_incident_is_marked() {
    let staff = Staff::new();
    for verifier in [&staff.village, &staff.village_2] {
        let scenario = Scenario::report("1001").dispatched("411224107202-desk");
        assert_eq!(scenario.case.incident().state, State::InProgress, "nobody has to acknowledge to oneself");
        let scenario = scenario.handled(&staff.village, Outcome::Resolved).run_ok(verifier, &close());
        let (incident, alone) = (scenario.case.incident(), verifier.account == staff.village.account);
        assert_eq!((incident.self_verified, incident.verified_by_colleague), (alone, !alone));
    }
    let by_committee =
        Scenario::report("1001").dispatched(COMMITTEE).handled(&staff.mediator, Outcome::Resolved);
    let closed = by_committee.run_ok(&staff.village, &close());
    assert!(!closed.case.incident().self_verified && !closed.case.incident().verified_by_colleague);
}

#[test]
fn above_the_village_another_person_must_verify() {
    let staff = Staff::new();
    for (code, own, colleague, to) in [
        ("5002", &staff.township, &staff.township_2, "411224107-desk"),
        ("1013", &staff.county, &staff.county_2, "411224-desk"),
    ] {
        let mut scenario = Scenario::report(code).dispatched(to).handled(own, Outcome::Resolved);
        assert_eq!(scenario.try_to(own, &close()), Err(Refusal::OwnWork), "{code}");
        let scenario = scenario.run_ok(colleague, &close());
        let incident = scenario.case.incident();
        assert_eq!((incident.state, incident.verified_by_colleague), (State::Closed, true), "{code}");
    }
}

/// The rule also holds for a person who moves to the desk between the work and its verification.
#[test]
fn a_person_who_moved_to_the_desk_cannot_verify_their_earlier_work() {
    let staff = Staff::new();
    let mut scenario =
        Scenario::report("1001").dispatched(COMMITTEE).handled(&staff.mediator, Outcome::Resolved);
    let moved = person(staff.mediator.account.0.as_u128(), Role::VillageOfficer, "411224107202-desk");
    assert_eq!(scenario.try_to(&moved, &close()), Err(Refusal::OwnWork));
}

#[test]
fn an_incident_closes_with_the_latest_result_at_the_level_that_holds_it() {
    let staff = Staff::new();
    let scenario = Scenario::report("1001")
        .dispatched(COMMITTEE)
        .handled(&staff.mediator, Outcome::Resolved)
        .run_ok(&staff.village, &rework())
        .handled(&staff.mediator, Outcome::Unresolved)
        .run_ok(&staff.village, &close());
    let incident = scenario.case.incident();
    assert_eq!(
        (incident.outcome, incident.resolved_level),
        (Some(Outcome::Unresolved), Some(Level::Village))
    );
    let [first, second] = scenario.case.handling() else { panic!("two handling legs") };
    assert_eq!((first.outcome, first.result), (Some(HandlingOutcome::Submitted), Some(Outcome::Resolved)));
    assert_eq!(
        (second.organisation, second.number, second.result),
        (first.organisation, 2, Some(Outcome::Unresolved))
    );
}

#[test]
fn work_can_be_returned_only_twice() {
    let staff = Staff::new();
    let mut scenario = Scenario::report("1001").dispatched(COMMITTEE);
    for returned in 1..=2 {
        scenario = scenario.run_ok(&staff.mediator, &return_work());
        assert_eq!(
            (scenario.case.incident().returned, scenario.case.incident().state),
            (returned, State::PendingDispatch)
        );
        assert_eq!(scenario.case.holder(), Some(desk("411224107202")));
        scenario = scenario.run_ok(&staff.village, &dispatch(COMMITTEE));
    }
    let refusal = Refusal::ReturnedTooOften { returned: 2 };
    assert_eq!(scenario.try_to(&staff.mediator, &return_work()), Err(refusal.clone()));
    let mut higher = scenario.escalated().dispatched("411224107-justice_office");
    assert_eq!(
        higher.try_to(&staff.justice, &return_work()),
        Err(refusal),
        "two for the incident, not for each desk"
    );
}

#[test]
fn a_desk_dispatches_only_within_its_own_unit() {
    let staff = Staff::new();
    for to in ["411224107-justice_office", "411224107203-desk", "411224-desk"] {
        let mut scenario = Scenario::report("1001").accepted();
        let refusal = Refusal::ForeignOrganisation { to: organisation(to), unit: unit("411224107202") };
        assert_eq!(scenario.try_to(&staff.village, &dispatch(to)), Err(refusal));
    }
}

#[test]
fn nobody_can_acknowledge_work_of_another_organisation() {
    let stranger = person(80, Role::Handler, "411224107203-village_mediation_committee");
    let mut scenario = Scenario::report("1001").dispatched(COMMITTEE);
    let refused = scenario.try_to(&stranger, &acknowledge());
    assert_eq!(refused, Err(Refusal::NotInFullView), "nor is told who does");
    let refused = scenario.try_to(&Staff::new().village, &acknowledge());
    assert!(
        matches!(refused, Err(Refusal::NotYourWork { organisation, .. }) if organisation.to_string() == COMMITTEE)
    );
}

/// The photo of earlier work does not show that the rest was done.
#[test]
fn each_organisation_shows_its_own_work_in_a_photo() {
    let staff = Staff::new();
    let desk = "411224107-desk";
    let first = Scenario::report("5002").dispatched(desk);
    let shown = first.run_ok(&staff.township, &submit_with(Outcome::Resolved, &[photo(1)]));
    let mut again = shown.run_ok(&staff.township_2, &rework());
    let category = again.case.incident().category;
    let missing = Err(Refusal::AfterPhotoMissing { category });
    assert_eq!(again.try_to(&staff.township, &submit(Outcome::Resolved)), missing);
    let _ = again.clone().run_ok(&staff.township, &submit_with(Outcome::Resolved, &[photo(2)]));
    // Who names the earlier photo again says that it shows this work. It is not stored twice.
    let named = again.clone().run_ok(&staff.township, &submit_with(Outcome::Resolved, &[photo(1)]));
    assert_eq!(named.case.incident().photos, [photo(1)]);
    let _ = again.run_ok(&staff.township, &add_photos(2)).run_ok(&staff.township, &submit(Outcome::Resolved));
}

/// An incident that has all photos it may have can still be settled.
#[test]
fn the_maximum_of_photos_is_no_wall() {
    let staff = Staff::new();
    let mut scenario = Scenario::report("5002").dispatched("411224107-desk");
    for number in 0..MOST {
        scenario = scenario.run_ok(&staff.township, &add_photos(number));
    }
    let done =
        scenario.run_ok(&staff.township, &submit(Outcome::Resolved)).run_ok(&staff.township_2, &rework());
    let _ = done.run_ok(&staff.township, &submit(Outcome::Resolved));
}

#[test]
fn a_resolved_result_needs_a_photo_if_the_category_requires_one() {
    let staff = Staff::new();
    let mut scenario = Scenario::report("5002").dispatched("411224107-desk");
    let category = scenario.case.incident().category;
    let before = Photo { phase: Phase::Before, ..photo(7) };
    let missing = Err(Refusal::AfterPhotoMissing { category });
    assert_eq!(scenario.try_to(&staff.township, &submit(Outcome::Resolved)), missing);
    let of_before = submit_with(Outcome::Resolved, &[before]);
    assert_eq!(scenario.try_to(&staff.township, &of_before), missing, "as it was found");
    scenario.clone().run_ok(&staff.township, &submit(Outcome::Unresolved));
    let shown = scenario.clone().run_ok(&staff.township, &submit_with(Outcome::Resolved, &[photo(7)]));
    assert_eq!(shown.case.incident().photos, [photo(7)], "named is enough: there may be no signal");
    scenario.run_ok(&staff.township, &add_photos(7)).run_ok(&staff.township, &submit(Outcome::Resolved));

    let mut talk = Scenario::report("1002").dispatched(COMMITTEE).run_ok(&staff.mediator, &acknowledge());
    let category = talk.case.incident().category;
    let refused = talk.try_to(&staff.mediator, &submit_with(Outcome::Resolved, &[photo(7)]));
    assert_eq!(refused, Err(Refusal::PhotosOff { category }));
}
