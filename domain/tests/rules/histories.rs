//! Invariants after random commands of random people at random times, on a clock that sometimes goes back.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use grassroots_domain::{
    account::Actor,
    command_kind::CommandKind,
    commands::Command,
    decide::{actions, decide, permitted},
    decision::Decision,
    events::{Event, EventBody, EventType, custody::Withdrawn},
    geography::unit::Level,
    ids::{AccountId, IncidentId},
    incident::{
        State,
        case::Case,
        leg::{CustodyLeg, HandlingLeg, HandlingOutcome, HandlingRole, Outcome},
        linkage::{Linkage, StepRecord},
        oversight::SupervisionLevel,
    },
    open::{Report, open},
    reading::share::{Counts, MetricFacts},
    reconcile::{reconcile, reschedule, wakes_at},
    rules::category::Severity,
    testing::{example::example, rng::Rng},
    text::Text,
    time::Instant,
};
use proptest::{prelude::*, sample::Index, strategy::ValueTree, test_runner::TestRunner};
use uuid::Uuid;

use crate::support::*;

/// One attempt of a script.
#[derive(Clone, Debug)]
struct ScriptStep {
    /// Whether to choose among the allowed commands. Otherwise the command and the person are random.
    sensible: bool,
    who: Index,
    what: Index,
    how: u64,
    minutes: i64,
}

/// A report and the attempts after it.
#[derive(Clone, Debug)]
struct Script {
    category: &'static str,
    place: &'static str,
    severity: Option<Severity>,
    on_spot: bool,
    steps: Vec<ScriptStep>,
}

const CATEGORIES: [&str; 9] = ["1001", "1001", "1002", "1010", "2003", "5002", "6007", "8001", "8003"];
const PLACES: [&str; 5] = ["411224107202001", "411224107202001", "411224107202", "411224107", "411224"];

/// How often a command is tried. All others have the weight 1. Commands that advance an incident are tried often, and
/// commands that end it rarely.
const WEIGHTS: [(CommandKind, usize); 29] = [
    (CommandKind::Accept, 8),
    (CommandKind::Dispatch, 8),
    (CommandKind::Acknowledge, 8),
    (CommandKind::SubmitResult, 8),
    (CommandKind::Return, 30),
    (CommandKind::Dispute, 30),
    (CommandKind::ReportCheck, 30),
    (CommandKind::Resume, 30),
    (CommandKind::Arbitrate, 6),
    (CommandKind::Close, 6),
    (CommandKind::Approve, 8),
    (CommandKind::Rework, 4),
    (CommandKind::Reopen, 4),
    (CommandKind::Escalate, 4),
    (CommandKind::Supplement, 4),
    (CommandKind::Unmerge, 4),
    (CommandKind::Answer, 4),
    (CommandKind::TakeOver, 4),
    (CommandKind::Reply, 4),
    (CommandKind::Record, 4),
    (CommandKind::Suspend, 4),
    (CommandKind::RequestInfo, 2),
    (CommandKind::HandDown, 2),
    (CommandKind::Withdraw, 2),
    (CommandKind::Transfer, 2),
    (CommandKind::Extend, 8),
    (CommandKind::CallIn, 2),
    (CommandKind::RequestCheck, 2),
    (CommandKind::FollowUp, 2),
];

fn weight(kind: CommandKind) -> usize {
    WEIGHTS.iter().find(|(known, _)| *known == kind).map_or(1, |(_, weight)| *weight)
}

fn steps() -> impl Strategy<Value = Vec<ScriptStep>> {
    let minutes = prop_oneof![4 => 0..3_000_i64, 4 => 0..30_i64, 1 => -5_000..0_i64, 1 => 30_000..60_000_i64];
    let step = (prop::bool::weighted(0.8), any::<Index>(), any::<Index>(), any::<u64>(), minutes)
        .prop_map(|(sensible, who, what, how, minutes)| ScriptStep { sensible, who, what, how, minutes });
    prop::collection::vec(step, 0..60)
}

fn scripts() -> impl Strategy<Value = Script> {
    let severity = prop::option::weighted(0.3, prop::sample::select(Severity::ALL.to_vec()));
    let (category, place) =
        (prop::sample::select(CATEGORIES.to_vec()), prop::sample::select(PLACES.to_vec()));
    (category, place, severity, prop::bool::weighted(0.2), steps()).prop_map(
        |(category, place, severity, on_spot, steps)| Script { category, place, severity, on_spot, steps },
    )
}

/// The percentage of facts that are random and may not fit the incident.
const UNFIT_PERCENT: u32 = 10;

/// The person and the command of a step, usually an allowed one.
fn attempt<'a>(step: &ScriptStep, case: &Case, people: &[&'a Actor], now: Instant) -> (&'a Actor, Command) {
    let RealCity { rules, reference_data } = city();
    let earlier = Scenario::another(case);
    let others = [&earlier];
    let context = example_context(case, &others, people, now, UNFIT_PERCENT);
    let mut rng = Rng::new(step.how);
    let allowed: Vec<(&Actor, CommandKind)> = people
        .iter()
        .flat_map(|actor| {
            actions(case, actor, now, rules, reference_data).into_iter().map(|kind| (*actor, kind))
        })
        .collect();
    let weighted: Vec<CommandKind> = CommandKind::ALL
        .iter()
        .filter(|kind| allowed.iter().any(|(_, known)| known == *kind))
        .flat_map(|kind| std::iter::repeat_n(*kind, weight(*kind)))
        .collect();
    if step.sensible && !weighted.is_empty() {
        let kind = *step.what.get(&weighted);
        let actors: Vec<&Actor> =
            allowed.iter().filter(|(_, known)| *known == kind).map(|(actor, _)| *actor).collect();
        return (*step.who.get(&actors), example(kind, &context, &mut rng));
    }
    (*step.who.get(people), example(*step.what.get(CommandKind::ALL), &context, &mut rng))
}

/// The next decision, of the reconciler or of a person.
fn next(step: &ScriptStep, case: &Case, people: &[&Actor], now: Instant) -> Option<Decision> {
    let RealCity { rules, reference_data } = city();
    match step.how % 4 {
        0 => reconcile(case, now, rules, reference_data),
        _ => {
            let (actor, command) = attempt(step, case, people, now);
            decide(case, &command, actor, now, rules, reference_data).ok()
        }
    }
}

/// Runs a script and checks every step. Returns `None` if the report itself is refused.
fn run_script(script: &Script, id: u128) -> Option<(Case, Vec<Event>)> {
    let (staff, mut now) = (Staff::new(), at("2026-09-28 16:00"));
    let people: Vec<&Actor> = staff.all().into_iter().map(|(_, actor)| actor).collect();
    let report = Report {
        severity: script.severity,
        on_spot: script.on_spot.then(|| -> Text { text("当场调解成功") }),
        ..Report::new(IncidentId(Uuid::from_u128(id)), category(script.category), place(script.place))
    };
    let Decision { mut case, events, .. } =
        open(&report, &staff.reporter, now, &city().rules, &city().reference_data).ok()?;
    let mut history: Vec<Event> = events.into_iter().map(|decided| decided.event).collect();
    check(&case, &history);
    for step in &script.steps {
        now += TimeDelta::minutes(step.minutes);
        if step.how.is_multiple_of(5) {
            check_actions(&case, &people, now);
        }
        let Some(decision) = next(step, &case, &people, now) else { continue };
        check_step(&case, &decision.case);
        history.extend(decision.events.into_iter().map(|decided| decided.event));
        case = decision.case;
        check(&case, &history);
    }
    Some((case, history))
}

/// Checks the invariants after a decision.
fn check(case: &Case, history: &[Event]) {
    let (incident, custody, handling) = (case.incident(), case.custody(), case.handling());
    let open = incident.state.is_open();
    let working = open && !State::AT_DESK.contains(&incident.state);
    let leads =
        handling.iter().filter(|leg| leg.role == HandlingRole::Lead && leg.ended_at.is_none()).count();
    assert_eq!(custody.iter().filter(|leg| leg.ended_at.is_none()).count(), usize::from(open));
    assert_eq!(case.open_custody().is_some(), open, "the open leg is the last one");
    assert_eq!(leads, usize::from(working), "{}", incident.state);
    assert!(handling.iter().all(|leg| custody.iter().any(|desk| desk.number == leg.custody)));
    assert!(custody.iter().all(well_formed_custody) && handling.iter().all(well_formed_handling));
    assert!((1..).zip(custody).all(|(number, leg)| leg.number == number));
    assert!((1..).zip(handling).all(|(number, leg)| leg.number == number));
    let waits = open || case.unanswered_objection().is_some();
    assert_eq!((case.due().is_some(), case.holder().is_some()), (waits, open));
    assert_eq!((case.held_since().is_some(), case.clocks().is_empty()), (open, !open));
    let paused = matches!(incident.state, State::AwaitingInfo | State::Suspended);
    assert_eq!((incident.pauses.is_paused(), incident.pauses.until.is_some()), (paused, paused));
    assert!(open || incident.oversight.supervision.is_none() && incident.oversight.alarm.is_none());
    check_clock(case);
    let closed = incident.state == State::Closed;
    assert_eq!((incident.outcome.is_some(), incident.resolved_level.is_some()), (closed, closed));
    assert_eq!(incident.ended_at.is_some(), !open);
    assert!(closed || !(incident.on_spot || incident.self_verified || incident.in_place));
    assert!(!incident.verified_by_colleague || closed && !incident.self_verified);
    assert!(!(incident.on_spot && incident.in_place), "nobody accepted it");
    assert!(incident.reopenings.iter().all(|reopening| reopening.closed_at <= reopening.reopened_at));
    let maxima = city().rules.book().maxima;
    let tally = incident.tally;
    assert!(incident.returned <= maxima.returns && tally.transferred <= maxima.transfers);
    assert!(tally.handed_down <= maxima.hand_downs && tally.suspended <= maxima.suspensions);
    assert!((1..).zip(case.linkages()).all(|(number, linkage)| linkage.number == number));
    assert!(case.linkages().iter().all(well_formed_linkage));
    assert_eq!(incident.merging.merged.is_some(), incident.state == State::Merged);
    if closed {
        assert_eq!(incident.resolved_level, case.level(), "the level of the leg under which it closed");
    }
    let seqs: Vec<u32> = history.iter().map(|event| event.seq).collect();
    assert_eq!(seqs, (1..=incident.version).collect::<Vec<_>>());
    assert!(history.is_sorted_by_key(|event| event.at), "time does not go back");
    assert_eq!(history.last().map(|event| event.at), Some(incident.last_event_at()));
}

/// Checks that every open incident has a clock, and that the reconciler acts when it runs out, until there is an alarm.
/// So an incident cannot be passed around without end.
fn check_clock(case: &Case) {
    let Some(due) = case.due().filter(|_| case.incident().state.is_open()) else { return };
    let rescheduled = reschedule(case, AccountId::SYSTEM, case.incident().last_event_at(), &city().rules);
    assert_eq!(rescheduled.map(|decision| decision.events), None, "the same rules set the same clocks");
    assert!(due.at >= due.from && due.soon <= due.at && due.at <= due.late);
    let alarmed = case.incident().oversight.alarm.is_some();
    assert!(wakes_at(case).is_some() || alarmed, "{} would lie for ever", case.incident().state);
    let past_returns = case.incident().returned >= city().rules.book().maxima.returns;
    let redispatched = case.handling().iter().any(|leg| leg.outcome == Some(HandlingOutcome::Reassigned));
    let past = past_returns || redispatched || case.is_arbitrated();
    assert!(case.incident().requests.disputed.is_none() || past);
}

fn well_formed_custody(leg: &CustodyLeg) -> bool {
    leg.ended_at.is_some() == leg.outcome.is_some()
        && leg.ended_at.is_none_or(|ended| ended >= leg.opened_at)
        && leg.clocks.ceiling.at >= leg.clocks.ceiling.from
}

fn well_formed_handling(leg: &HandlingLeg) -> bool {
    leg.ended_at.is_some() == leg.outcome.is_some()
        && leg.ended_at.is_none_or(|ended| ended >= leg.opened_at)
        && leg.result.is_some() == leg.submitted_by.is_some()
        && leg.clocks.handle.at >= leg.opened_at
}

fn well_formed_linkage(linkage: &Linkage) -> bool {
    let (kind, end) = (linkage.kind(), linkage.end);
    let seqs: Vec<u32> = linkage.steps.iter().map(|taken| taken.seq).collect();
    let fits = |taken: &StepRecord| {
        let after = end.is_some_and(|end| taken.seq > end.seq);
        if after { kind.steps_after() } else { kind.steps() }.contains(&taken.step)
    };
    seqs.is_sorted()
        && linkage.steps.iter().all(fits)
        && end.is_none_or(|end| kind.conclusions().contains(&end.conclusion))
        && linkage.due.is_none_or(|due| due.at >= due.from)
}

/// Checks the invariants between one decision and the next.
fn check_step(before: &Case, after: &Case) {
    let (old, new) = (before.incident(), after.incident());
    assert_eq!((old.id, old.reporter, old.received_at), (new.id, new.reporter, new.received_at));
    assert_eq!(before.first_desk(), after.first_desk());
    assert!(old.first_place.is_none() || old.first_place == new.first_place);
    assert!(!old.reporter_hidden || new.reporter_hidden, "what was promised stays");
    assert!(old.first_accepted_by.is_none() || old.first_accepted_by == new.first_accepted_by);
    assert!(after.level() <= Some(Level::County), "the city holds nothing");
    assert!(
        new.escalated >= old.escalated
            && new.reopenings.starts_with(&old.reopenings)
            && new.returned >= old.returned
    );
    assert!(after.custody().len() >= before.custody().len(), "no custody leg is lost");
    assert!(after.handling().len() >= before.handling().len(), "no handling leg is lost");
    let ended = before.custody().iter().filter(|leg| leg.ended_at.is_some());
    for (old, new) in ended.zip(after.custody()) {
        assert_eq!(old, new, "what has ended stays as it was");
    }
    assert!(after.linkages().len() >= before.linkages().len(), "what is attached stays attached");
    for (old, new) in before.handling().iter().zip(after.handling()) {
        assert!(old.ended_at.is_none() || old == new, "what has ended stays as it was");
    }
}

/// Checks that `actions` lists exactly the permitted commands, and that all other commands are refused.
fn check_actions(case: &Case, people: &[&Actor], now: Instant) {
    let RealCity { rules, reference_data } = city();
    let earlier = Scenario::another(case);
    let others = [&earlier];
    let context = example_context(case, &others, people, now, 0);
    let examples: Vec<Command> =
        CommandKind::ALL.iter().map(|kind| example(*kind, &context, &mut Rng::plain())).collect();
    for actor in people {
        let listed = actions(case, actor, now, rules, reference_data);
        for (kind, command) in CommandKind::ALL.iter().zip(&examples) {
            let allowed = permitted(case, *kind, actor, now, rules, reference_data).is_ok();
            assert_eq!(listed.contains(kind), allowed, "{kind} by {}", actor.role);
            let tried = decide(case, command, actor, now, rules, reference_data);
            assert!(allowed || tried.is_err(), "{kind} by {}", actor.role);
        }
    }
}

/// The facts for the metrics, worked out from the events alone, without legs and without replay.
#[expect(clippy::wildcard_enum_match_arm, reason = "a person skips what moves no desk")]
fn facts_from_events(history: &[Event]) -> MetricFacts {
    let latest = |wanted: fn(&EventBody) -> bool| history.iter().rposition(|event| wanted(&event.body));
    let reopened = latest(|body| matches!(body, EventBody::Reopened(_)));
    let closing = latest(|body| matches!(body, EventBody::Closed(_) | EventBody::ResolvedOnSpot(_)))
        .filter(|at| Some(*at) > reopened);
    let EventBody::Reported(reported) = &history[0].body else { panic!("no report") };
    let mut desk = reported.to.desk;
    let mut county_first = reported.county_first;
    let mut accepted_by = None;
    let (mut handed_down, mut came_down) = (0, false);
    for event in history {
        if let EventBody::Withdrawn(Withdrawn { back_to: Some(_), .. }) = &event.body
            && came_down
        {
            handed_down -= 1;
        }
        if moves_to_a_desk(&event.body) {
            came_down = matches!(event.body, EventBody::HandedDown(_));
            handed_down += u32::from(came_down);
        }
        match &event.body {
            EventBody::Escalated(up) => desk = up.to.desk,
            EventBody::AutoEscalated(up) => desk = up.to.desk,
            EventBody::HandedDown(down) => desk = down.to.desk,
            EventBody::Transferred(beside) => desk = beside.to.desk,
            EventBody::TakenOver(over) => {
                desk = over.by.desk;
                accepted_by = accepted_by.or(Some(desk));
            }
            EventBody::Withdrawn(back) => {
                desk = back.back_to.as_ref().map_or(desk, |back| back.arrival.desk);
            }
            EventBody::Corrected(now) => {
                desk = now.to.map_or(desk, |to| to.desk);
                county_first = now.county_first;
            }
            EventBody::Accepted(accepted) => {
                desk = accepted.late.map_or(desk, |late| late.desk);
                accepted_by = accepted_by.or(Some(desk));
            }
            // An incident that was force-closed before it was accepted counts as accepted when it is reopened.
            EventBody::Reopened(_) => accepted_by = accepted_by.or(Some(desk)),
            _ => {}
        }
    }
    let closed = closing.and_then(|at| match &history[at].body {
        EventBody::Closed(closed) => Some(closed),
        _ => None,
    });
    let (outcome, resolved_level) = match (closed, closing) {
        (Some(closed), _) => (Some(closed.outcome), Some(closed.resolved_level)),
        (None, Some(_)) => (Some(Outcome::Resolved), Some(Level::Village)),
        (None, None) => (None, None),
    };
    let unmerged = latest(|body| matches!(body, EventBody::Unmerged(_)));
    let state = if closing.is_some() {
        State::Closed
    } else if latest(|body| matches!(body, EventBody::Voided(_) | EventBody::ReportWithdrawn(_))).is_some() {
        State::Voided
    } else if latest(|body| matches!(body, EventBody::Declined(_))).is_some() {
        State::NotAccepted
    } else if latest(|body| matches!(body, EventBody::Referred(_))).is_some() {
        State::ReferredOut
    } else if latest(|body| matches!(body, EventBody::Merged(_))) > unmerged {
        State::Merged
    } else {
        // The metrics do not distinguish the open states.
        State::PendingDispatch
    };
    MetricFacts {
        state,
        outcome,
        resolved_level,
        on_spot: closing.is_some_and(|at| matches!(history[at].body, EventBody::ResolvedOnSpot(_))),
        self_verified: closed.is_some_and(|closed| closed.self_verified),
        verified_by_colleague: closed.is_some_and(|closed| closed.verified_by_colleague),
        reopened: reopened.is_some(),
        in_place: closing.is_some() && accepted_by == Some(desk),
        county_first,
        handed_down: handed_down > 0,
    }
}

/// Whether the event opens a custody leg.
#[expect(clippy::wildcard_enum_match_arm, reason = "a person skips what moves no desk")]
fn moves_to_a_desk(body: &EventBody) -> bool {
    match body {
        EventBody::Escalated(_)
        | EventBody::AutoEscalated(_)
        | EventBody::HandedDown(_)
        | EventBody::Transferred(_)
        | EventBody::TakenOver(_)
        | EventBody::Reopened(_) => true,
        EventBody::Withdrawn(withdrawn) => withdrawn.back_to.is_some(),
        EventBody::Corrected(corrected) => corrected.to.is_some(),
        EventBody::Accepted(accepted) => accepted.late.is_some(),
        _ => false,
    }
}

fn through_json(event: &Event) -> Event {
    let text = serde_json::to_string(&event.body).unwrap();
    let body: EventBody = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_string(&body).unwrap(), text, "the canonical text is stable");
    Event { body, ..event.clone() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn invariants_hold_after_every_decision(script in scripts()) {
        run_script(&script, 1);
    }

    #[test]
    fn replayed_events_give_the_decided_case(script in scripts()) {
        if let Some((case, history)) = run_script(&script, 1) {
            let stored: Vec<Event> = history.iter().map(through_json).collect();
            prop_assert_eq!(Case::replay(&stored), Some(case));
        }
    }

    #[test]
    fn the_metrics_of_the_events_equal_those_of_the_incidents(
        scripts in prop::collection::vec(scripts(), 1..8),
    ) {
        let (mut from_cases, mut from_events) = (Counts::default(), Counts::default());
        for (id, script) in (1..).zip(&scripts) {
            if let Some((case, history)) = run_script(script, id) {
                from_cases.add(MetricFacts::from(case.incident()), 1);
                from_events.add(facts_from_events(&history), 1);
            }
        }
        prop_assert_eq!(from_cases, from_events);
    }
}

/// The properties above are useful only if the scripts reach every event and every state.
#[test]
fn random_scripts_reach_every_event_state_and_level() {
    let mut runner = TestRunner::deterministic();
    let (mut happened, mut states, mut levels) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for id in 0..600 {
        let script = scripts().new_tree(&mut runner).unwrap().current();
        let Some((_, history)) = run_script(&script, id) else { continue };
        let prefixes = (1..=history.len()).filter_map(|length| Case::replay(&history[..length]));
        states.extend(prefixes.map(|case| case.incident().state));
        for event in &history {
            happened.insert(event.body.event_type());
            if let EventBody::Closed(closed) = &event.body {
                levels.insert(closed.resolved_level);
            }
        }
    }
    // A dispute needs two returns before it, which is too rare in random scripts.
    happened.extend(disputed().events.iter().map(|event| event.body.event_type()));
    // The other incident of a merge has these events in its own history.
    let beside = [EventType::Absorbed, EventType::Released];
    // The rules do not change here, and no incident is handed over.
    let beside =
        beside.into_iter().chain([EventType::Rescheduled, EventType::HandedOver]).collect::<Vec<_>>();
    let expected: Vec<EventType> =
        EventType::ALL.iter().copied().filter(|kind| !beside.contains(kind)).collect();
    assert_eq!(happened.into_iter().collect::<Vec<_>>(), expected);
    assert_eq!(states.into_iter().collect::<Vec<_>>(), State::ALL);
    assert_eq!(levels.into_iter().collect::<Vec<_>>(), [Level::Village, Level::Township, Level::County]);
}

/// Runs steps that must all succeed, checks each one, and compares the metrics at the end.
///
/// A step is the minutes to wait, and a person with a command. Without a person the reconciler runs.
fn run_checked(category_code: &str, place_code: &str, steps: &[(i64, Option<(&Actor, Command)>)]) {
    let (category, place) = (category(category_code), place(place_code));
    let id = IncidentId(Uuid::from_u128(1));
    let report = Report::new(id, category, place);
    let mut scenario = Scenario::open_at(&report, at("2026-09-28 16:00"));
    for (minutes, attempt) in steps {
        let before = scenario.case.clone();
        scenario = scenario.wait(TimeDelta::minutes(*minutes));
        scenario = match attempt {
            Some((actor, command)) => scenario.run_ok(actor, command),
            None => scenario.reconciled(),
        };
        check_step(&before, &scenario.case);
        check(&scenario.case, &scenario.events);
    }
    let stored: Vec<Event> = scenario.events.iter().map(through_json).collect();
    assert_eq!(Case::replay(&stored).as_ref(), Some(&scenario.case));
    let (mut from_case, mut from_events) = (Counts::default(), Counts::default());
    from_case.add(MetricFacts::from(scenario.case.incident()), 1);
    from_events.add(facts_from_events(&scenario.events), 1);
    assert_eq!(from_case, from_events);
}

/// An earlier random run failed on this history and on the next two.
#[test]
fn an_incident_that_lapsed_and_was_referred_on_a_clock_that_goes_back_keeps_the_invariants() {
    let Staff { township, .. } = Staff::new();
    let steps = [
        (30_000, None),
        (0, Some((&township, accept()))),
        (-4_060, Some((&township, refer()))),
        (-2_679, Some((&township, comment()))),
        (2_585, None),
        (2_229, Some((&township, comment()))),
        (47_326, None),
    ];
    run_checked("2003", "411224107202001", &steps);
}

#[test]
fn a_transfer_during_a_request_to_force_close_keeps_the_invariants() {
    let Staff { reporter, village, village_2, township, township_2, county, county_2, overseer, .. } =
        Staff::new();
    let supervise = supervise(SupervisionLevel::Notice, at("2026-09-30 16:14"));
    let steps = [
        (0, Some((&village, accept()))),
        (1_081, None),
        (722, Some((&village_2, escalate()))),
        (1_069, Some((&county, force_close()))),
        (7, Some((&township, accept()))),
        (15, Some((&county, supervise))),
        (49_264, Some((&township_2, reply()))),
        (8, Some((&township, transfer("411224108-desk")))),
        (19, Some((&overseer, comment()))),
        (-1_621, Some((&county, involve()))),
        (1_802, Some((&reporter, add_photos(1)))),
        (1, Some((&county_2, lift()))),
        (2, Some((&county, remind()))),
    ];
    run_checked("6007", "411224107202001", &steps);
}

#[test]
fn an_incident_force_closed_before_acceptance_and_reopened_keeps_the_invariants() {
    let Staff { county, county_2, fire, .. } = Staff::new();
    let steps = [
        (0, Some((&county, force_close()))),
        (1_327, Some((&county_2, approve()))),
        (35_663, Some((&county, follow_up(false)))),
        (2_131, Some((&county, dispatch("411224-fire_rescue")))),
        (960, None),
        (15, Some((&fire, submit(Outcome::Resolved)))),
        (59_299, None),
        (0, Some((&county, close()))),
    ];
    run_checked("1002", "411224", &steps);
}

/// An incident that was returned twice, disputed, and decided by the desk above.
fn disputed() -> Scenario {
    const COMMITTEE: &str = "411224107202-village_mediation_committee";
    let staff = Staff::new();
    let back = |scenario: Scenario| {
        scenario.run_ok(&staff.mediator, &return_work()).run_ok(&staff.village, &dispatch(COMMITTEE))
    };
    back(back(Scenario::report("1001").dispatched(COMMITTEE)))
        .run_ok(&staff.mediator, &dispute())
        .run_ok(&staff.township, &arbitrate(COMMITTEE))
}
