//! Linkages: what can be attached when, by which dates, how it ends, and who reads what was said.

use chrono::{Days, TimeDelta};
use grassroots_domain::{
    commands::conclude::Conclude,
    incident::{
        State,
        leg::Outcome,
        linkage::{Direction, Help, LinkageDetails, LinkageError, LinkageOutcome, LinkageStep, Officer},
    },
    reading::visibility::reads_confidential,
    refusal::Refusal,
    time::china_date,
};

use crate::support::*;

const COMMITTEE: &str = "411224107202-village_mediation_committee";

/// A dispute that the village's mediators work on.
fn at_work(cast: &Cast) -> Story {
    Story::report("1001").dispatched(COMMITTEE).does(&cast.mediator, &acknowledge())
}

fn refused(
    story: &mut Story,
    actor: &grassroots_domain::account::Actor,
    opening: LinkageDetails,
) -> LinkageError {
    match story.try_to(actor, &link(opening)) {
        Err(Refusal::Linkage(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn mediation_goes_on_for_thirty_days_and_as_long_again_if_both_agree() {
    let cast = Cast::new();
    let mut story = at_work(&cast).does(&cast.mediator, &link(mediation()));
    let due = |story: &Story| story.case.linkage(1).unwrap().due.unwrap().at;
    assert_eq!(due(&story), story.now + TimeDelta::days(30));
    let (state, desk_due) = (story.case.incident.state, story.case.due());
    story = story
        .does(&cast.mediator, &record(1, LinkageStep::Session))
        .does(&cast.mediator, &record(1, LinkageStep::Prolonged));
    assert_eq!(due(&story), story.now + TimeDelta::days(60));
    assert_eq!(
        story.try_to(&cast.mediator, &record(1, LinkageStep::Prolonged)),
        Err(LinkageError::TooOften { step: LinkageStep::Prolonged, most: 1 }.into())
    );
    assert_eq!((story.case.incident.state, story.case.due()), (state, desk_due), "no leg moves");
}

#[test]
fn an_agreement_is_performed_or_confirmed_even_after_closing() {
    let cast = Cast::new();
    let confirm = |story: &Story, days| LinkageDetails::JudicialConfirmation {
        mediation: 1,
        applied_on: china_date(story.now) + Days::new(days),
    };
    let mut story = at_work(&cast).does(&cast.mediator, &link(mediation()));
    let early = confirm(&story, 0);
    assert_eq!(refused(&mut story, &cast.mediator, early), LinkageError::NoAgreement { number: 1 });
    let story = story.does(&cast.mediator, &conclude(1, LinkageOutcome::Agreed));
    let mut story = story.handled(&cast.mediator, Outcome::Resolved).does(&cast.village, &close());
    assert_eq!(story.case.incident.state, State::Closed);
    story = story.does(&cast.village, &record(1, LinkageStep::Performed)).wait(TimeDelta::days(31));
    let late = confirm(&story, 0);
    assert!(matches!(refused(&mut story, &cast.village, late), LinkageError::ConfirmationLate { .. }));
    let story = story.clone().until("2026-12-23 10:00");
    let in_time = confirm(&story, 0);
    let mut story = story
        .does(&cast.village, &link(in_time))
        .does(&cast.village, &conclude(2, LinkageOutcome::Confirmed));
    assert!(matches!(refused(&mut story, &cast.village, mediation()), LinkageError::ClosedAlready { .. }));
}

#[test]
fn a_hearing_has_an_odd_number_of_officers_and_five_working_days_of_notice() {
    let cast = Cast::new();
    let mut story = at_work(&cast);
    // Told on Monday 23 November 2026: five whole working days lie before Tuesday, 1 December.
    let monday = hearing(at("2026-11-30 09:00"), story.now);
    assert_eq!(refused(&mut story, &cast.village, monday), LinkageError::NoticeShort { given: 4, least: 5 });
    for officers in [vec![], vec![Officer::Judge], vec![Officer::Judge; 4]] {
        let given = officers.len();
        let few = LinkageDetails::Hearing {
            held_at: at("2026-12-01 09:00"),
            public: true,
            officers,
            notified_on: china_date(story.now),
        };
        assert_eq!(refused(&mut story, &cast.village, few), LinkageError::Officers { given });
    }
    let tuesday = hearing(at("2026-12-01 09:00"), story.now);
    let mut story = story.does(&cast.village, &link(tuesday));
    assert!(matches!(
        story.try_to(&cast.village, &conclude(1, LinkageOutcome::Settled)),
        Err(Refusal::Linkage(LinkageError::StillToCome { .. }))
    ));
    let mut story = story.until("2026-12-01 12:00");
    assert!(matches!(
        story.try_to(&cast.village, &conclude(1, LinkageOutcome::Agreed)),
        Err(Refusal::Linkage(LinkageError::NoSuchEnd { .. }))
    ));
    let mut story = story.does(&cast.village, &conclude(1, LinkageOutcome::Settled));
    assert!(matches!(
        story.try_to(&cast.village, &conclude(1, LinkageOutcome::Adjourned)),
        Err(Refusal::NothingLinked)
    ));
}

#[test]
fn what_is_restricted_is_not_heard_in_public_and_what_is_no_dispute_is_not_mediated() {
    let cast = Cast::new();
    let mut story = Story::report("1002").accepted();
    let public = hearing(at("2026-12-20 09:00"), story.now);
    assert_eq!(refused(&mut story, &cast.village, public), LinkageError::RestrictedHearing);
    let mut story = Story::report("5002");
    let category = story.case.incident.category;
    assert_eq!(refused(&mut story, &cast.township, mediation()), LinkageError::NotMediable { category });
}

#[test]
fn a_call_of_the_police_is_visited_within_a_day_and_answered_within_three() {
    let cast = Cast::new();
    let story = at_work(&cast);
    let received_at = story.now - TimeDelta::hours(1);
    let call = LinkageDetails::PoliceLinkage { direction: Direction::Inward, external_no: None, received_at };
    let mut story = story.does(&cast.village, &link(call));
    let linkage = story.case.linkage(1).unwrap();
    assert_eq!(linkage.visit.unwrap().at, received_at + TimeDelta::hours(24));
    assert_eq!(linkage.due.unwrap().at, at("2026-11-25 18:00"), "three working days from eight on Monday");
    story = story
        .does(&cast.village, &record(1, LinkageStep::Visited))
        .does(&cast.village, &conclude(1, LinkageOutcome::FedBack));
    for _ in 0..3 {
        story = story.wait(TimeDelta::days(7)).does(&cast.village, &record(1, LinkageStep::FollowedUp));
    }
    assert_eq!(
        story.try_to(&cast.village, &record(1, LinkageStep::FollowedUp)),
        Err(LinkageError::TooOften { step: LinkageStep::FollowedUp, most: 3 }.into())
    );
}

#[test]
fn mediation_is_confidential_and_a_linkage_is_that_of_who_began_it() {
    let cast = Cast::new();
    let at_township = Story::report("1001").accepted().escalated().accepted();
    let joint = at_township
        .does(&cast.township, &dispatch_with("411224107-justice_office", &["411224107-urban_management"]))
        .does(&cast.justice, &acknowledge())
        .does(&cast.justice, &link(mediation()));
    let begun = &joint.events.last().unwrap().body;
    for (actor, reads) in [
        (&cast.justice, true),
        (&cast.township, true),
        (&cast.urban, false),
        (&cast.village, false),
        (&cast.county, false),
        (&cast.overseer, false),
    ] {
        assert_eq!(reads_confidential(actor, &joint.case, begun), reads, "{}", actor.organisation);
    }
    let mut story = joint;
    let of_another = LinkageError::NotYours { number: 1, by: cast.justice.organisation };
    assert_eq!(story.try_to(&cast.urban, &record(1, LinkageStep::Session)), Err(of_another.into()));
    assert_eq!(
        story.try_to(&cast.urban, &record(2, LinkageStep::Session)),
        Err(LinkageError::Unknown { number: 2 }.into())
    );
    let story = story.does(&cast.township, &conclude(1, LinkageOutcome::Failed));
    let mut story = story.does(&cast.county, &link(LinkageDetails::Referral { to: Help::LegalAid }));
    assert!(matches!(
        story.try_to(&cast.county, &record(1, LinkageStep::Performed)),
        Err(Refusal::Linkage(LinkageError::NoSuchStep { .. }))
    ));
}

#[test]
fn what_is_said_to_have_happened_has_happened() {
    let cast = Cast::new();
    let mut story = at_work(&cast);
    let tomorrow = story.now + TimeDelta::days(1);
    let promised = hearing(tomorrow + TimeDelta::days(30), tomorrow);
    assert!(matches!(refused(&mut story, &cast.village, promised), LinkageError::StillToCome { .. }));
    let planned = hearing(at("2026-12-08 09:00"), story.now);
    let mut story = story.does(&cast.village, &link(planned)).does(&cast.mediator, &link(mediation()));
    assert!(
        matches!(
            story.try_to(&cast.village, &conclude(1, LinkageOutcome::Adjourned)),
            Err(Refusal::Linkage(LinkageError::StillToCome { .. })),
        ),
        "nobody counts a hearing that was not held"
    );
    // Agreed last week, typed today: the court's thirty days run from the agreement.
    let agreed_at = story.now;
    let mut story = story.wait(TimeDelta::days(7));
    let typed = |at| Conclude {
        number: 2,
        conclusion: LinkageOutcome::Agreed,
        at: Some(at),
        until: None,
        words: Vec::new(),
    };
    let later = typed(story.now + TimeDelta::hours(1));
    assert!(matches!(story.try_to(&cast.mediator, &later.into()), Err(Refusal::Linkage(_))));
    let story = story.does(&cast.mediator, &typed(agreed_at).into());
    let applied_on = china_date(agreed_at);
    story.does(&cast.mediator, &link(LinkageDetails::JudicialConfirmation { mediation: 2, applied_on }));
}

#[test]
fn only_an_agreement_is_performed() {
    let cast = Cast::new();
    for end in [LinkageOutcome::Failed, LinkageOutcome::Withdrawn] {
        let mut story =
            at_work(&cast).does(&cast.mediator, &link(mediation())).does(&cast.mediator, &conclude(1, end));
        assert!(matches!(
            story.try_to(&cast.mediator, &record(1, LinkageStep::Performed)),
            Err(Refusal::Linkage(LinkageError::NoSuchStep { .. }))
        ));
    }
}

#[test]
fn what_a_desk_above_attached_is_not_ended_below_and_ends_wherever_the_incident_went() {
    let cast = Cast::new();
    let story = Story::report("1001");
    let led = LinkageDetails::CaseLeadership {
        level: grassroots_domain::geography::unit::Level::County,
        due_on: china_date(story.now) + Days::new(30),
    };
    let mut story = story.does(&cast.county, &link(led));
    assert!(matches!(
        story.try_to(&cast.village, &conclude(1, LinkageOutcome::Resolved)),
        Err(Refusal::Linkage(LinkageError::NotYours { .. }))
    ));
    let story = story.does(&cast.village, &refer());
    assert_eq!(story.case.incident.state, State::ReferredOut);
    let story = story.does(&cast.county, &conclude(1, LinkageOutcome::HandedOver));
    assert!(story.case.linkages().iter().all(|linkage| linkage.end.is_some()));
}
