//! Linkages: when each kind can be opened, its deadlines, how it ends, and who reads its texts.

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

/// A dispute on which the mediators of the village work.
fn at_work(staff: &Staff) -> Scenario {
    Scenario::report("1001").dispatched(COMMITTEE).run_ok(&staff.mediator, &acknowledge())
}

fn refused(
    scenario: &mut Scenario,
    actor: &grassroots_domain::account::Actor,
    opening: LinkageDetails,
) -> LinkageError {
    match scenario.try_to(actor, &link(opening)) {
        Err(Refusal::Linkage(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn mediation_lasts_thirty_days_and_can_be_prolonged_once() {
    let staff = Staff::new();
    let mut scenario = at_work(&staff).run_ok(&staff.mediator, &link(mediation()));
    let due = |scenario: &Scenario| scenario.case.linkage(1).unwrap().due.unwrap().at;
    assert_eq!(due(&scenario), scenario.now + TimeDelta::days(30));
    let (state, desk_due) = (scenario.case.incident().state, scenario.case.due());
    scenario = scenario
        .run_ok(&staff.mediator, &record(1, LinkageStep::Session))
        .run_ok(&staff.mediator, &record(1, LinkageStep::Prolonged));
    assert_eq!(due(&scenario), scenario.now + TimeDelta::days(60));
    assert_eq!(
        scenario.try_to(&staff.mediator, &record(1, LinkageStep::Prolonged)),
        Err(LinkageError::TooOften { step: LinkageStep::Prolonged, most: 1 }.into())
    );
    assert_eq!((scenario.case.incident().state, scenario.case.due()), (state, desk_due), "no leg moves");
}

#[test]
fn an_agreement_can_be_performed_and_confirmed_after_closing() {
    let staff = Staff::new();
    let confirm = |scenario: &Scenario, days| LinkageDetails::JudicialConfirmation {
        mediation: 1,
        applied_on: china_date(scenario.now) + Days::new(days),
    };
    let mut scenario = at_work(&staff).run_ok(&staff.mediator, &link(mediation()));
    let early = confirm(&scenario, 0);
    assert_eq!(refused(&mut scenario, &staff.mediator, early), LinkageError::NoAgreement { number: 1 });
    let scenario = scenario.run_ok(&staff.mediator, &conclude(1, LinkageOutcome::Agreed));
    let mut scenario = scenario.handled(&staff.mediator, Outcome::Resolved).run_ok(&staff.village, &close());
    assert_eq!(scenario.case.incident().state, State::Closed);
    scenario = scenario.run_ok(&staff.village, &record(1, LinkageStep::Performed)).wait(TimeDelta::days(31));
    let late = confirm(&scenario, 0);
    assert!(matches!(refused(&mut scenario, &staff.village, late), LinkageError::ConfirmationLate { .. }));
    let scenario = scenario.clone().until("2026-12-23 10:00");
    let in_time = confirm(&scenario, 0);
    let mut scenario = scenario
        .run_ok(&staff.village, &link(in_time))
        .run_ok(&staff.village, &conclude(2, LinkageOutcome::Confirmed));
    assert!(matches!(
        refused(&mut scenario, &staff.village, mediation()),
        LinkageError::ClosedAlready { .. }
    ));
}

#[test]
fn a_hearing_needs_an_odd_number_of_officers_and_five_working_days_of_notice() {
    let staff = Staff::new();
    let mut scenario = at_work(&staff);
    // The parties are notified on Monday, 23 November 2026. Five whole working days are before Tuesday, 1 December.
    let monday = hearing(at("2026-11-30 09:00"), scenario.now);
    assert_eq!(
        refused(&mut scenario, &staff.village, monday),
        LinkageError::NoticeShort { given: 4, least: 5 }
    );
    for officers in [vec![], vec![Officer::Judge], vec![Officer::Judge; 4]] {
        let given = officers.len();
        let few = LinkageDetails::Hearing {
            held_at: at("2026-12-01 09:00"),
            public: true,
            officers,
            notified_on: china_date(scenario.now),
        };
        assert_eq!(refused(&mut scenario, &staff.village, few), LinkageError::Officers { given });
    }
    let tuesday = hearing(at("2026-12-01 09:00"), scenario.now);
    let mut scenario = scenario.run_ok(&staff.village, &link(tuesday));
    assert!(matches!(
        scenario.try_to(&staff.village, &conclude(1, LinkageOutcome::Settled)),
        Err(Refusal::Linkage(LinkageError::StillToCome { .. }))
    ));
    let mut scenario = scenario.until("2026-12-01 12:00");
    assert!(matches!(
        scenario.try_to(&staff.village, &conclude(1, LinkageOutcome::Agreed)),
        Err(Refusal::Linkage(LinkageError::NoSuchEnd { .. }))
    ));
    let mut scenario = scenario.run_ok(&staff.village, &conclude(1, LinkageOutcome::Settled));
    assert!(matches!(
        scenario.try_to(&staff.village, &conclude(1, LinkageOutcome::Adjourned)),
        Err(Refusal::NothingLinked)
    ));
}

#[test]
fn a_restricted_incident_has_no_public_hearing_and_only_disputes_are_mediated() {
    let staff = Staff::new();
    let mut scenario = Scenario::report("1002").accepted();
    let public = hearing(at("2026-12-20 09:00"), scenario.now);
    assert_eq!(refused(&mut scenario, &staff.village, public), LinkageError::RestrictedHearing);
    let mut scenario = Scenario::report("5002");
    let category = scenario.case.incident().category;
    assert_eq!(refused(&mut scenario, &staff.township, mediation()), LinkageError::NotMediable { category });
}

#[test]
fn a_police_call_needs_a_visit_within_24_hours_and_an_answer_within_three_working_days() {
    let staff = Staff::new();
    let scenario = at_work(&staff);
    let received_at = scenario.now - TimeDelta::hours(1);
    let call = LinkageDetails::PoliceLinkage { direction: Direction::Inward, external_no: None, received_at };
    let mut scenario = scenario.run_ok(&staff.village, &link(call));
    let linkage = scenario.case.linkage(1).unwrap();
    assert_eq!(linkage.visit.unwrap().at, received_at + TimeDelta::hours(24));
    assert_eq!(linkage.due.unwrap().at, at("2026-11-25 18:00"), "three working days from eight on Monday");
    scenario = scenario
        .run_ok(&staff.village, &record(1, LinkageStep::Visited))
        .run_ok(&staff.village, &conclude(1, LinkageOutcome::FedBack));
    for _ in 0..3 {
        scenario =
            scenario.wait(TimeDelta::days(7)).run_ok(&staff.village, &record(1, LinkageStep::FollowedUp));
    }
    assert_eq!(
        scenario.try_to(&staff.village, &record(1, LinkageStep::FollowedUp)),
        Err(LinkageError::TooOften { step: LinkageStep::FollowedUp, most: 3 }.into())
    );
}

#[test]
fn mediation_is_confidential_and_a_linkage_belongs_to_the_organisation_that_opened_it() {
    let staff = Staff::new();
    let at_township = Scenario::report("1001").accepted().escalated().accepted();
    let joint = at_township
        .run_ok(&staff.township, &dispatch_with("411224107-justice_office", &["411224107-urban_management"]))
        .run_ok(&staff.justice, &acknowledge())
        .run_ok(&staff.justice, &link(mediation()));
    let begun = &joint.events.last().unwrap().body;
    for (actor, reads) in [
        (&staff.justice, true),
        (&staff.township, true),
        (&staff.urban, false),
        (&staff.village, false),
        (&staff.county, false),
        (&staff.overseer, false),
    ] {
        assert_eq!(reads_confidential(actor, &joint.case, begun), reads, "{}", actor.organisation);
    }
    let mut scenario = joint;
    let of_another = LinkageError::NotYours { number: 1, by: staff.justice.organisation };
    assert_eq!(scenario.try_to(&staff.urban, &record(1, LinkageStep::Session)), Err(of_another.into()));
    assert_eq!(
        scenario.try_to(&staff.urban, &record(2, LinkageStep::Session)),
        Err(LinkageError::Unknown { number: 2 }.into())
    );
    let scenario = scenario.run_ok(&staff.township, &conclude(1, LinkageOutcome::Failed));
    let mut scenario = scenario.run_ok(&staff.county, &link(LinkageDetails::Referral { to: Help::LegalAid }));
    assert!(matches!(
        scenario.try_to(&staff.county, &record(1, LinkageStep::Performed)),
        Err(Refusal::Linkage(LinkageError::NoSuchStep { .. }))
    ));
}

#[test]
fn an_event_in_the_future_cannot_be_recorded() {
    let staff = Staff::new();
    let mut scenario = at_work(&staff);
    let tomorrow = scenario.now + TimeDelta::days(1);
    let promised = hearing(tomorrow + TimeDelta::days(30), tomorrow);
    assert!(matches!(refused(&mut scenario, &staff.village, promised), LinkageError::StillToCome { .. }));
    let planned = hearing(at("2026-12-08 09:00"), scenario.now);
    let mut scenario =
        scenario.run_ok(&staff.village, &link(planned)).run_ok(&staff.mediator, &link(mediation()));
    assert!(
        matches!(
            scenario.try_to(&staff.village, &conclude(1, LinkageOutcome::Adjourned)),
            Err(Refusal::Linkage(LinkageError::StillToCome { .. })),
        ),
        "nobody counts a hearing that was not held"
    );
    // The agreement is recorded a week later. The thirty days for the court start at the agreement.
    let agreed_at = scenario.now;
    let mut scenario = scenario.wait(TimeDelta::days(7));
    let conclude_at = |at| Conclude {
        number: 2,
        conclusion: LinkageOutcome::Agreed,
        at: Some(at),
        until: None,
        words: Vec::new(),
    };
    let later = conclude_at(scenario.now + TimeDelta::hours(1));
    assert!(matches!(
        scenario.try_to(&staff.mediator, &later.into()),
        Err(Refusal::Linkage(LinkageError::StillToCome { .. }))
    ));
    let scenario = scenario.run_ok(&staff.mediator, &conclude_at(agreed_at).into());
    let applied_on = china_date(agreed_at);
    scenario
        .run_ok(&staff.mediator, &link(LinkageDetails::JudicialConfirmation { mediation: 2, applied_on }));
}

#[test]
fn only_an_agreement_can_be_performed() {
    let staff = Staff::new();
    for end in [LinkageOutcome::Failed, LinkageOutcome::Withdrawn] {
        let mut scenario = at_work(&staff)
            .run_ok(&staff.mediator, &link(mediation()))
            .run_ok(&staff.mediator, &conclude(1, end));
        assert!(matches!(
            scenario.try_to(&staff.mediator, &record(1, LinkageStep::Performed)),
            Err(Refusal::Linkage(LinkageError::NoSuchStep { .. }))
        ));
    }
}

#[test]
fn only_the_higher_desk_can_conclude_its_linkage_even_after_referral() {
    let staff = Staff::new();
    let scenario = Scenario::report("1001");
    let led = LinkageDetails::CaseLeadership {
        level: grassroots_domain::geography::unit::Level::County,
        due_on: china_date(scenario.now) + Days::new(30),
    };
    let mut scenario = scenario.run_ok(&staff.county, &link(led));
    assert!(matches!(
        scenario.try_to(&staff.village, &conclude(1, LinkageOutcome::Resolved)),
        Err(Refusal::Linkage(LinkageError::NotYours { .. }))
    ));
    let scenario = scenario.run_ok(&staff.village, &refer());
    assert_eq!(scenario.case.incident().state, State::ReferredOut);
    let scenario = scenario.run_ok(&staff.county, &conclude(1, LinkageOutcome::HandedOver));
    assert!(scenario.case.linkages().iter().all(|linkage| linkage.end.is_some()));
}
