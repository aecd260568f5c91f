//! Random people give random commands at random times, on a clock that also goes back: what always holds.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use grassroots_domain::{
    account::Actor,
    category::Severity,
    command::{Command, CommandKind, Method},
    decide::{actions, decide, permitted},
    event::{Event, EventBody, EventType},
    incident::{Case, IncidentId, State},
    leg::{CustodyLeg, HandlingLeg, HandlingRole, Outcome},
    open::{Decision, Report, open},
    organisation::OrganisationCode,
    share::{Counts, Traits},
    text::Text,
    time::Instant,
    unit::Level,
};
use proptest::{prelude::*, sample::Index, strategy::ValueTree, test_runner::TestRunner};
use uuid::Uuid;

use crate::support::{
    Cast, accept, at, category, city, close, comment, decline, dispatch, escalate, give_back, organisation,
    place, reopen, rework, text, void,
};

/// What somebody tries.
#[derive(Clone, Debug)]
struct Step {
    /// Most steps are ones that the rules allow; the others are anything by anybody.
    sensible: bool,
    who: Index,
    what: Index,
    how: usize,
    minutes: i64,
}

/// A report and what is tried after it.
#[derive(Clone, Debug)]
struct Script {
    category: &'static str,
    place: &'static str,
    severity: Option<Severity>,
    on_spot: bool,
    steps: Vec<Step>,
}

const CATEGORIES: [&str; 9] = ["1001", "1001", "1002", "1010", "2003", "5002", "6007", "8001", "8003"];
const PLACES: [&str; 5] = ["411224107202001", "411224107202001", "411224107202", "411224107", "411224"];

/// What moves an incident on comes up often, what ends it seldom.
const WEIGHTS: [(CommandKind, usize); 12] = [
    (CommandKind::Accept, 6),
    (CommandKind::Decline, 1),
    (CommandKind::Dispatch, 6),
    (CommandKind::Acknowledge, 6),
    (CommandKind::Return, 3),
    (CommandKind::SubmitResult, 6),
    (CommandKind::Rework, 3),
    (CommandKind::Close, 6),
    (CommandKind::Escalate, 2),
    (CommandKind::Reopen, 3),
    (CommandKind::Void, 1),
    (CommandKind::Comment, 1),
];

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let minutes = prop_oneof![4 => 0..3_000_i64, 1 => -5_000..0_i64, 1 => 30_000..60_000_i64];
    let step = (prop::bool::weighted(0.8), any::<Index>(), any::<Index>(), any::<usize>(), minutes)
        .prop_map(|(sensible, who, what, how, minutes)| Step { sensible, who, what, how, minutes });
    prop::collection::vec(step, 0..40)
}

fn scripts() -> impl Strategy<Value = Script> {
    let severity = prop::option::weighted(0.3, prop::sample::select(Severity::ALL.to_vec()));
    let (category, place) =
        (prop::sample::select(CATEGORIES.to_vec()), prop::sample::select(PLACES.to_vec()));
    (category, place, severity, prop::bool::weighted(0.2), steps()).prop_map(
        |(category, place, severity, on_spot, steps)| Script { category, place, severity, on_spot, steps },
    )
}

fn organisations() -> Vec<OrganisationCode> {
    let codes = [
        "411224107202-desk",
        "411224107202-village_mediation_committee",
        "411224107-desk",
        "411224107-justice_office",
        "411224107-urban_management",
        "411224-desk",
        "411224-fire_rescue",
        "4112-desk",
    ];
    codes.into_iter().map(organisation).collect()
}

fn any_of<T: Copy>(all: &[T], how: usize) -> T {
    all[how % all.len()]
}

/// A command of that kind. Dispatch mostly goes to an organisation of the desk that holds the incident.
fn command(kind: CommandKind, case: &Case, how: usize) -> Command {
    let holder = case.custody.last().unwrap().desk;
    match kind {
        CommandKind::Accept => accept(),
        CommandKind::Decline => decline(),
        CommandKind::Dispatch => {
            let all = organisations();
            let near: Vec<_> = all.iter().filter(|code| code.unit == holder.unit).copied().collect();
            dispatch(&any_of(&[near.clone(), near.clone(), near, all].concat(), how).to_string())
        }
        CommandKind::Acknowledge => Command::Acknowledge,
        CommandKind::Return => give_back(),
        CommandKind::SubmitResult => Command::SubmitResult {
            outcome: any_of(Outcome::ALL, how),
            method: any_of(Method::ALL, how),
            result: text("已处理"),
        },
        CommandKind::Rework => rework(),
        CommandKind::Close => close(),
        CommandKind::Escalate => escalate(holder),
        CommandKind::Reopen => reopen(),
        CommandKind::Void => void(),
        CommandKind::Comment => comment(),
    }
}

/// Who tries what: mostly something that is allowed.
fn attempt<'a>(step: &Step, case: &Case, people: &[&'a Actor], now: Instant) -> (&'a Actor, Command) {
    let allowed: Vec<(&Actor, CommandKind)> = people
        .iter()
        .flat_map(|actor| actions(case, actor, now, &city().rules).into_iter().map(|kind| (*actor, kind)))
        .collect();
    let weighted: Vec<CommandKind> = WEIGHTS
        .into_iter()
        .filter(|(kind, _)| allowed.iter().any(|(_, known)| known == kind))
        .flat_map(|(kind, weight)| std::iter::repeat_n(kind, weight))
        .collect();
    if step.sensible && !weighted.is_empty() {
        let kind = *step.what.get(&weighted);
        let actors: Vec<&Actor> =
            allowed.iter().filter(|(_, known)| *known == kind).map(|(actor, _)| *actor).collect();
        return (*step.who.get(&actors), command(kind, case, step.how));
    }
    (*step.who.get(people), command(*step.what.get(CommandKind::ALL), case, step.how))
}

/// Plays a script; `None` when the report itself is refused. Checks every step.
fn play(script: &Script, id: u128) -> Option<(Case, Vec<Event>)> {
    let (cast, mut now) = (Cast::new(), at("2026-09-28 16:00"));
    let people: Vec<&Actor> = cast.all().into_iter().map(|(_, actor)| actor).collect();
    let report = Report {
        id: IncidentId(Uuid::from_u128(id)),
        category: category(script.category),
        severity: script.severity,
        place: place(script.place),
        on_spot: script.on_spot.then(|| -> Text { text("当场调解成功") }),
    };
    let Decision { mut case, events, .. } =
        open(&report, &cast.reporter, now, &city().rules, &city().ground).ok()?;
    let mut history: Vec<Event> = events.into_iter().map(|decided| decided.event).collect();
    check(&case, &history);
    for step in &script.steps {
        now += TimeDelta::minutes(step.minutes);
        if step.how % 4 == 0 {
            check_actions(&case, &people, now);
        }
        let (actor, command) = attempt(step, &case, &people, now);
        let Ok(decision) = decide(&case, &command, actor, now, &city().rules) else { continue };
        assert_eq!(decision.events.len(), 1);
        check_step(&case, &decision.case);
        history.extend(decision.events.into_iter().map(|decided| decided.event));
        case = decision.case;
        check(&case, &history);
    }
    Some((case, history))
}

/// What holds after every decision.
fn check(case: &Case, history: &[Event]) {
    let Case { incident, custody, handling } = case;
    let open = incident.state.is_open();
    let working = matches!(incident.state, State::PendingReceipt | State::InProgress);
    let leads =
        handling.iter().filter(|leg| leg.role == HandlingRole::Lead && leg.ended_at.is_none()).count();
    assert_eq!(custody.iter().filter(|leg| leg.ended_at.is_none()).count(), usize::from(open));
    assert_eq!(case.open_custody().is_some(), open, "the open leg is the last one");
    assert_eq!(leads, usize::from(working), "{}", incident.state);
    assert!(handling.iter().all(|leg| custody.iter().any(|desk| desk.number == leg.custody)));
    assert!(custody.iter().all(well_formed_custody) && handling.iter().all(well_formed_handling));
    assert!((1..).zip(custody).all(|(number, leg)| leg.number == number));
    assert!((1..).zip(handling).all(|(number, leg)| leg.number == number));
    assert_eq!((case.due().is_some(), case.holder().is_some()), (open, open));
    let closed = incident.state == State::Closed;
    assert_eq!((incident.outcome.is_some(), incident.resolved_level.is_some()), (closed, closed));
    assert_eq!(incident.ended_at.is_some(), !open);
    assert!(closed || !(incident.on_spot || incident.self_verified || incident.in_place));
    assert!(incident.returned <= city().rules.book().returns_max);
    if closed {
        assert_eq!(incident.resolved_level, case.level(), "the level of the leg under which it closed");
    }
    let seqs: Vec<u32> = history.iter().map(|event| event.seq).collect();
    assert_eq!(seqs, (1..=incident.version).collect::<Vec<_>>());
    assert!(history.is_sorted_by_key(|event| event.at), "time does not go back");
    assert_eq!(history.last().map(|event| event.at), Some(incident.last_event_at));
}

fn well_formed_custody(leg: &CustodyLeg) -> bool {
    leg.desk.unit.level() == leg.level
        && leg.ended_at.is_some() == leg.outcome.is_some()
        && leg.ended_at.is_none_or(|ended| ended >= leg.opened_at)
        && leg.ceiling_due.at >= leg.opened_at
}

fn well_formed_handling(leg: &HandlingLeg) -> bool {
    leg.ended_at.is_some() == leg.outcome.is_some()
        && leg.ended_at.is_none_or(|ended| ended >= leg.opened_at)
        && leg.result.is_some() == leg.submitted_by.is_some()
        && leg.handle_due.at >= leg.opened_at
}

/// What holds between one decision and the next.
fn check_step(before: &Case, after: &Case) {
    let (old, new) = (&before.incident, &after.incident);
    assert_eq!(
        (old.id, old.place, old.reporter, old.received_at),
        (new.id, new.place, new.reporter, new.received_at)
    );
    assert_eq!((old.first_desk, old.category, old.severity), (new.first_desk, new.category, new.severity));
    assert!(old.first_accepted_by.is_none() || old.first_accepted_by == new.first_accepted_by);
    assert!(after.level() >= before.level(), "it never comes down by itself");
    assert!(after.level() <= Some(Level::County), "the city holds nothing");
    assert!(new.escalated >= old.escalated && new.reopened >= old.reopened && new.returned >= old.returned);
    let ended = before.custody.iter().filter(|leg| leg.ended_at.is_some());
    assert!(ended.zip(&after.custody).all(|(old, new)| old == new), "what has ended stays as it was");
    let ended = before.handling.iter().filter(|leg| leg.ended_at.is_some());
    assert!(ended.zip(&after.handling).all(|(old, new)| old == new), "what has ended stays as it was");
}

/// `actions` lists what `permitted` permits, and what it lists can be done.
fn check_actions(case: &Case, people: &[&Actor], now: Instant) {
    let holder = case.custody.last().unwrap().desk;
    for actor in people {
        let listed = actions(case, actor, now, &city().rules);
        for kind in CommandKind::ALL {
            let allowed = permitted(case, *kind, actor, now, &city().rules).is_ok();
            let on_top = *kind == CommandKind::Escalate && case.level() == Some(Level::County);
            assert_eq!(listed.contains(kind), allowed && !on_top, "{kind} by {}", actor.role);
            let command = if *kind == CommandKind::Dispatch {
                dispatch(&holder.to_string())
            } else {
                command(*kind, case, 0)
            };
            let done = decide(case, &command, actor, now, &city().rules).is_ok();
            assert_eq!(done, listed.contains(kind), "{kind} by {}", actor.role);
        }
    }
}

/// The traits that a person reads from the history, without legs and without replay.
fn traits_by_reading(history: &[Event]) -> Traits {
    use EventBody::{Accepted, Closed, Declined, Dispatched, Reopened, Reported, ResolvedOnSpot, Voided};
    let latest = |wanted: fn(&EventBody) -> bool| history.iter().rposition(|event| wanted(&event.body));
    let reopened = latest(|body| matches!(body, Reopened { .. }));
    let closing =
        latest(|body| matches!(body, Closed { .. } | ResolvedOnSpot)).filter(|at| Some(*at) > reopened);
    let EventBody::Reported { county_first, routing, .. } = &history[0].body else { panic!("no report") };
    let mut desks = vec![routing.desk];
    let mut accepted_by = None;
    for event in history {
        match &event.body {
            EventBody::Escalated { to, .. } => desks.push(*to),
            Accepted { .. } | ResolvedOnSpot => accepted_by = accepted_by.or(desks.last().copied()),
            Reported { .. } | Declined { .. } | Dispatched { .. } | EventBody::Acknowledged => {}
            EventBody::Returned { .. } | EventBody::ResultSubmitted { .. } | EventBody::Reworked { .. } => {}
            Closed { .. } | Reopened { .. } | Voided | EventBody::Commented { .. } => {}
        }
    }
    let (outcome, resolved_level, self_verified) = match closing.map(|at| &history[at].body) {
        Some(Closed { outcome, resolved_level, self_verified }) => {
            (Some(*outcome), Some(*resolved_level), *self_verified)
        }
        Some(_) => (Some(Outcome::Resolved), Some(Level::Village), false),
        None => (None, None, false),
    };
    let state = if closing.is_some() {
        State::Closed
    } else if latest(|body| matches!(body, Voided)).is_some() {
        State::Voided
    } else if latest(|body| matches!(body, Declined { .. })).is_some() {
        State::NotAccepted
    } else {
        // Which of the open states makes no difference to any figure.
        State::PendingDispatch
    };
    Traits {
        state,
        outcome,
        resolved_level,
        on_spot: closing.is_some_and(|at| history[at].body == ResolvedOnSpot),
        self_verified,
        reopened: reopened.is_some(),
        in_place: closing.is_some() && accepted_by == desks.last().copied(),
        county_first: *county_first,
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
        play(&script, 1);
    }

    #[test]
    fn replaying_the_stored_events_gives_the_case_decided(script in scripts()) {
        if let Some((case, history)) = play(&script, 1) {
            let stored: Vec<Event> = history.iter().map(through_json).collect();
            prop_assert_eq!(Case::replay(&stored), Some(case));
        }
    }

    #[test]
    fn the_share_read_from_the_events_is_that_of_the_incidents(
        scripts in prop::collection::vec(scripts(), 1..8),
    ) {
        let (mut from_cases, mut from_events) = (Counts::default(), Counts::default());
        for (id, script) in (1..).zip(&scripts) {
            if let Some((case, history)) = play(script, id) {
                from_cases.add(Traits::from(&case.incident), 1);
                from_events.add(traits_by_reading(&history), 1);
            }
        }
        prop_assert_eq!(from_cases, from_events);
    }
}

/// Otherwise the properties above would say little.
#[test]
fn random_scripts_reach_every_event_and_every_end() {
    let mut runner = TestRunner::deterministic();
    let (mut happened, mut states, mut levels) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for id in 0..100 {
        let script = scripts().new_tree(&mut runner).unwrap().current();
        let Some((case, history)) = play(&script, id) else { continue };
        states.insert(case.incident.state);
        for event in &history {
            happened.insert(event.body.event_type());
            if let EventBody::Closed { resolved_level, .. } = event.body {
                levels.insert(resolved_level);
            }
        }
    }
    assert_eq!(happened.into_iter().collect::<Vec<_>>(), EventType::ALL);
    assert_eq!(states.into_iter().collect::<Vec<_>>(), State::ALL);
    assert_eq!(levels.into_iter().collect::<Vec<_>>(), [Level::Village, Level::Township, Level::County]);
}
