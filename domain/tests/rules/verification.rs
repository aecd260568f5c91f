//! Who does the work, who verifies it, and how often it comes back.

use grassroots_domain::{
    account::Role,
    geography::unit::Level,
    incident::{
        State,
        leg::{HandlingOutcome, Outcome},
        photo::{Phase, Photo},
    },
    refusal::Refusal,
};

use crate::support::{
    Cast, Story, acknowledge, add_photos, close, desk, dispatch, give_back, organisation, person, photo,
    rework, submit, submit_with, unit,
};

const COMMITTEE: &str = "411224107202-village_mediation_committee";

#[test]
fn a_village_verifies_its_own_work_and_the_incident_says_so() {
    let cast = Cast::new();
    for verifier in [&cast.village, &cast.village_2] {
        let story = Story::report("1001").dispatched("411224107202-desk");
        assert_eq!(story.case.incident.state, State::InProgress, "nobody has to acknowledge to oneself");
        let story = story.handled(&cast.village, Outcome::Resolved).does(verifier, &close());
        assert!(story.case.incident.self_verified);
    }
    let by_committee = Story::report("1001").dispatched(COMMITTEE).handled(&cast.mediator, Outcome::Resolved);
    assert!(!by_committee.does(&cast.village, &close()).case.incident.self_verified);
}

#[test]
fn above_the_village_another_person_verifies() {
    let cast = Cast::new();
    for (code, own, colleague, to) in [
        ("5002", &cast.township, &cast.township_2, "411224107-desk"),
        ("1013", &cast.county, &cast.county_2, "411224-desk"),
    ] {
        let mut story = Story::report(code).dispatched(to).handled(own, Outcome::Resolved);
        assert_eq!(story.try_to(own, &close()), Err(Refusal::OwnWork), "{code}");
        let story = story.does(colleague, &close());
        assert_eq!(story.case.incident.state, State::Closed, "{code}");
    }
}

/// Nobody escapes the rule by changing seats between the work and its verification.
#[test]
fn who_did_the_work_elsewhere_does_not_verify_it_from_the_desk() {
    let cast = Cast::new();
    let mut story = Story::report("1001").dispatched(COMMITTEE).handled(&cast.mediator, Outcome::Resolved);
    let moved = person(cast.mediator.account.0.as_u128(), Role::VillageOfficer, "411224107202-desk");
    assert_eq!(story.try_to(&moved, &close()), Err(Refusal::OwnWork));
}

#[test]
fn it_closes_with_what_the_latest_result_says_at_the_level_that_holds_it() {
    let cast = Cast::new();
    let story = Story::report("1001")
        .dispatched(COMMITTEE)
        .handled(&cast.mediator, Outcome::Resolved)
        .does(&cast.village, &rework())
        .handled(&cast.mediator, Outcome::Unresolved)
        .does(&cast.village, &close());
    let incident = &story.case.incident;
    assert_eq!(
        (incident.outcome, incident.resolved_level),
        (Some(Outcome::Unresolved), Some(Level::Village))
    );
    let [first, second] = &story.case.handling[..] else { panic!("two handling legs") };
    assert_eq!((first.outcome, first.result), (Some(HandlingOutcome::Submitted), Some(Outcome::Resolved)));
    assert_eq!(
        (second.organisation, second.number, second.result),
        (first.organisation, 2, Some(Outcome::Unresolved))
    );
}

#[test]
fn work_comes_back_twice_and_not_again() {
    let cast = Cast::new();
    let mut story = Story::report("1001").dispatched(COMMITTEE);
    for returned in 1..=2 {
        story = story.does(&cast.mediator, &give_back());
        assert_eq!(
            (story.case.incident.returned, story.case.incident.state),
            (returned, State::PendingDispatch)
        );
        assert_eq!(story.case.holder(), Some(desk("411224107202")));
        story = story.does(&cast.village, &dispatch(COMMITTEE));
    }
    let refusal = Refusal::ReturnedTooOften { returned: 2 };
    assert_eq!(story.try_to(&cast.mediator, &give_back()), Err(refusal.clone()));
    let mut higher = story.escalated().dispatched("411224107-justice_office");
    assert_eq!(
        higher.try_to(&cast.justice, &give_back()),
        Err(refusal),
        "two for the incident, not for each desk"
    );
}

#[test]
fn a_desk_dispatches_within_its_own_unit() {
    let cast = Cast::new();
    for to in ["411224107-justice_office", "411224107203-desk", "411224-desk"] {
        let mut story = Story::report("1001").accepted();
        let refusal = Refusal::ForeignOrganisation { to: organisation(to), unit: unit("411224107202") };
        assert_eq!(story.try_to(&cast.village, &dispatch(to)), Err(refusal));
    }
}

#[test]
fn nobody_works_for_an_organisation_of_another_unit() {
    let stranger = person(80, Role::Handler, "411224107203-village_mediation_committee");
    let mut story = Story::report("1001").dispatched(COMMITTEE);
    let refused = story.try_to(&stranger, &acknowledge());
    assert_eq!(refused, Err(Refusal::NotInFullView), "nor is told who does");
    let refused = story.try_to(&Cast::new().village, &acknowledge());
    assert!(
        matches!(refused, Err(Refusal::NotYourWork { organisation, .. }) if organisation.to_string() == COMMITTEE)
    );
}

#[test]
fn what_is_resolved_is_shown_where_its_category_asks_for_a_photo() {
    let cast = Cast::new();
    let mut story = Story::report("5002").dispatched("411224107-desk");
    let category = story.case.incident.category;
    let before = Photo { phase: Phase::Before, ..photo(7) };
    let missing = Err(Refusal::AfterPhotoMissing { category });
    assert_eq!(story.try_to(&cast.township, &submit(Outcome::Resolved)), missing);
    let of_before = submit_with(Outcome::Resolved, &[before]);
    assert_eq!(story.try_to(&cast.township, &of_before), missing, "as it was found");
    story.clone().does(&cast.township, &submit(Outcome::Unresolved));
    let shown = story.clone().does(&cast.township, &submit_with(Outcome::Resolved, &[photo(7)]));
    assert_eq!(shown.case.incident.proceedings.photos, [photo(7)], "named is enough: there may be no signal");
    story.does(&cast.township, &add_photos(7)).does(&cast.township, &submit(Outcome::Resolved));

    let mut talk = Story::report("1002").dispatched(COMMITTEE).does(&cast.mediator, &acknowledge());
    let category = talk.case.incident.category;
    let refused = talk.try_to(&cast.mediator, &submit_with(Outcome::Resolved, &[photo(7)]));
    assert_eq!(refused, Err(Refusal::PhotosOff { category }));
}
