//! Random people give random commands at random times, on a clock that also goes back: what always holds.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use grassroots_domain::{
    account::Actor,
    command_kind::CommandKind,
    commands::{Command, submit_result::SubmitResult},
    decide::{actions, decide, permitted},
    decision::Decision,
    events::{
        Event, EventBody, EventType,
        work::{Assistance, Method},
    },
    geography::unit::Level,
    ids::{AccountId, IncidentId},
    incident::{
        State,
        case::Case,
        leg::{CustodyLeg, HandlingLeg, HandlingRole, Outcome},
        linkage::{
            Direction, ExternalNo, Help, Linkage, LinkageDetails, LinkageKind, LinkageOutcome, LinkageStep,
            StepRecord,
        },
        proceedings::SupervisionLevel,
    },
    open::{Report, open},
    organisation::OrganisationCode,
    reading::share::{Counts, MetricFacts},
    reconcile::{reconcile, reschedule, wakes_at},
    rules::category::Severity,
    text::Text,
    time::{Instant, china_date},
};
use proptest::{prelude::*, sample::Index, strategy::ValueTree, test_runner::TestRunner};
use uuid::Uuid;

use crate::support::*;

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
const fn weight(kind: CommandKind) -> usize {
    match kind {
        CommandKind::Accept
        | CommandKind::Dispatch
        | CommandKind::Acknowledge
        | CommandKind::SubmitResult => 8,
        CommandKind::Return | CommandKind::Dispute | CommandKind::ReportCheck | CommandKind::Resume => 30,
        CommandKind::Arbitrate => 6,
        CommandKind::Close | CommandKind::Approve => 6,
        CommandKind::Rework
        | CommandKind::Reopen
        | CommandKind::Escalate
        | CommandKind::Supplement
        | CommandKind::Unmerge
        | CommandKind::Answer
        | CommandKind::TakeOver
        | CommandKind::Reply
        | CommandKind::Record
        | CommandKind::Suspend => 4,
        CommandKind::RequestInfo
        | CommandKind::HandDown
        | CommandKind::Withdraw
        | CommandKind::Transfer
        | CommandKind::Extend
        | CommandKind::CallIn
        | CommandKind::RequestCheck
        | CommandKind::FollowUp => 2,
        CommandKind::Decline
        | CommandKind::Refer
        | CommandKind::Correct
        | CommandKind::Merge
        | CommandKind::Void
        | CommandKind::Arrive
        | CommandKind::ForceClose
        | CommandKind::Reject
        | CommandKind::Remind
        | CommandKind::Supervise
        | CommandKind::Lift
        | CommandKind::Link
        | CommandKind::Conclude
        | CommandKind::Involve
        | CommandKind::AddPhotos
        | CommandKind::Comment => 1,
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let minutes = prop_oneof![4 => 0..3_000_i64, 4 => 0..30_i64, 1 => -5_000..0_i64, 1 => 30_000..60_000_i64];
    let step = (prop::bool::weighted(0.8), any::<Index>(), any::<Index>(), any::<usize>(), minutes)
        .prop_map(|(sensible, who, what, how, minutes)| Step { sensible, who, what, how, minutes });
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

/// Something to attach: of every kind.
fn any_opening(now: Instant, how: usize) -> LinkageDetails {
    let (direction, today) = (any_of(Direction::ALL, how), china_date(now));
    let external_no: ExternalNo = "（2026）豫1224民初58号".parse().unwrap();
    match any_of(LinkageKind::ALL, how / 7) {
        LinkageKind::Mediation => mediation(),
        LinkageKind::JudicialConfirmation => {
            LinkageDetails::JudicialConfirmation { mediation: 1, applied_on: today }
        }
        LinkageKind::CourtLinkage => {
            LinkageDetails::CourtLinkage { direction, external_no: Some(external_no) }
        }
        LinkageKind::Hearing => hearing(now + TimeDelta::days(20), now),
        LinkageKind::CaseLeadership => {
            LinkageDetails::CaseLeadership { level: Level::County, due_on: today + chrono::Days::new(60) }
        }
        LinkageKind::PoliceLinkage => {
            LinkageDetails::PoliceLinkage { direction, external_no: Some(external_no), received_at: now }
        }
        LinkageKind::HotlineOrder => LinkageDetails::HotlineOrder { external_no, received_at: now },
        LinkageKind::Referral => LinkageDetails::Referral { to: any_of(Help::ALL, how) },
    }
}

/// A command of that kind. What names an organisation mostly names one that can be.
fn command(kind: CommandKind, case: &Case, now: Instant, how: usize) -> Command {
    let holder = case.desk().unwrap();
    let near = || {
        let all = organisations();
        let near: Vec<_> = all.iter().filter(|code| code.unit == holder.unit).copied().collect();
        any_of(&[near.clone(), near.clone(), near, all].concat(), how).to_string()
    };
    let beside = match holder.unit.level() {
        Level::Village => "411224107203-desk",
        Level::Township => "411224108-desk",
        Level::County | Level::City => "411202-desk",
    };
    match kind {
        CommandKind::Accept => accept(),
        CommandKind::Decline => decline(),
        CommandKind::RequestInfo => request_info(),
        CommandKind::Supplement => supplement(),
        CommandKind::Dispatch if how.is_multiple_of(3) => {
            dispatch_with(&holder.to_string(), &["411224107-justice_office"])
        }
        CommandKind::Dispatch => dispatch(&near()),
        CommandKind::Withdraw => withdraw(),
        CommandKind::Escalate => escalate(),
        CommandKind::HandDown => {
            hand_down(any_of(&["411224107202-desk", "411224107-desk", "411224107203-desk"], how))
        }
        CommandKind::Transfer => transfer(any_of(&[beside, beside, "411224107-desk"], how)),
        CommandKind::TakeOver => take_over(),
        CommandKind::Refer => refer(),
        CommandKind::Correct if how.is_multiple_of(2) => correct_place(any_of(&PLACES, how)),
        CommandKind::Correct => correct_to(any_of(&CATEGORIES, how)),
        CommandKind::Merge => merge(&Story::another(case)),
        CommandKind::Unmerge => unmerge(),
        CommandKind::Void => void(),
        CommandKind::Acknowledge => acknowledge(),
        CommandKind::Return => give_back(),
        CommandKind::Dispute => dispute(),
        CommandKind::Arbitrate => arbitrate(&near()),
        CommandKind::Arrive => arrive(),
        CommandKind::CallIn => call_in(&[any_of(&["411224-fire_rescue", "411224107-urban_management"], how)]),
        CommandKind::Answer => answer(any_of(Assistance::ALL, how)),
        CommandKind::Extend => extend(u32::try_from(how % 20).unwrap()),
        CommandKind::Suspend => suspend(u32::try_from(how % 95).unwrap()),
        CommandKind::Resume => resume(),
        CommandKind::SubmitResult => SubmitResult {
            outcome: any_of(Outcome::ALL, how),
            method: any_of(Method::ALL, how),
            result: text("已处理"),
            photos: if how.is_multiple_of(2) { vec![photo(how)] } else { Vec::new() },
        }
        .into(),
        CommandKind::RequestCheck => request_check(&Cast::new().other_worker),
        CommandKind::ReportCheck => report_check(how.is_multiple_of(2)),
        CommandKind::Rework => rework(),
        CommandKind::Close => close(),
        CommandKind::ForceClose => force_close(),
        CommandKind::FollowUp => follow_up(how.is_multiple_of(2)),
        CommandKind::Reopen => reopen(),
        CommandKind::Approve => approve(),
        CommandKind::Reject => reject(),
        CommandKind::Remind => remind(),
        CommandKind::Supervise => supervise(any_of(SupervisionLevel::ALL, how), now),
        CommandKind::Reply => reply(),
        CommandKind::Lift => lift(),
        CommandKind::Link => link(any_opening(now, how)),
        CommandKind::Record => record(u32::try_from(how % 3).unwrap(), any_of(LinkageStep::ALL, how)),
        CommandKind::Conclude => {
            let goes_on = case.linkages().iter().find(|linkage| linkage.end.is_none());
            let Some(linkage) = goes_on else { return conclude(1, LinkageOutcome::Agreed) };
            conclude(linkage.number, any_of(linkage.kind().conclusions(), how))
        }
        CommandKind::Involve => involve(),
        CommandKind::AddPhotos => add_photos(how),
        CommandKind::Comment => comment(),
    }
}

/// Who tries what: mostly something that is allowed.
fn attempt<'a>(step: &Step, case: &Case, people: &[&'a Actor], now: Instant) -> (&'a Actor, Command) {
    let City { rules, ground } = city();
    let allowed: Vec<(&Actor, CommandKind)> = people
        .iter()
        .flat_map(|actor| actions(case, actor, now, rules, ground).into_iter().map(|kind| (*actor, kind)))
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
        return (*step.who.get(&actors), command(kind, case, now, step.how));
    }
    (*step.who.get(people), command(*step.what.get(CommandKind::ALL), case, now, step.how))
}

/// What happens next: by itself, or by somebody.
fn next(step: &Step, case: &Case, people: &[&Actor], now: Instant) -> Option<Decision> {
    let City { rules, ground } = city();
    match step.how % 4 {
        0 => reconcile(case, now, rules, ground),
        _ => {
            let (actor, command) = attempt(step, case, people, now);
            decide(case, &command, actor, now, rules, ground).ok()
        }
    }
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
        photos: Vec::new(),
    };
    let Decision { mut case, events, .. } =
        open(&report, &cast.reporter, now, &city().rules, &city().ground).ok()?;
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

/// What holds after every decision.
fn check(case: &Case, history: &[Event]) {
    let Case { incident, custody, handling } = case;
    let open = incident.state.is_open();
    let working = matches!(incident.state, State::PendingReceipt | State::InProgress | State::Suspended);
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
    assert_eq!((case.held_since().is_some(), case.clocks().is_empty()), (open, !open));
    let paused = matches!(incident.state, State::AwaitingInfo | State::Suspended);
    assert_eq!(
        (incident.proceedings.is_paused(), incident.proceedings.waits_until.is_some()),
        (paused, paused)
    );
    assert!(open || incident.proceedings.supervision.is_none() && incident.proceedings.alarm.is_none());
    check_clock(case);
    let closed = incident.state == State::Closed;
    assert_eq!((incident.outcome.is_some(), incident.resolved_level.is_some()), (closed, closed));
    assert_eq!(incident.ended_at.is_some(), !open);
    assert!(closed || !(incident.on_spot || incident.self_verified || incident.in_place));
    let maxima = city().rules.book().maxima;
    let tally = incident.proceedings.tally;
    assert!(incident.returned <= maxima.returns && tally.transferred <= maxima.transfers);
    assert!(tally.handed_down <= maxima.hand_downs && tally.suspended <= maxima.suspensions);
    assert!((1..).zip(case.linkages()).all(|(number, linkage)| linkage.number == number));
    assert!(case.linkages().iter().all(well_formed_linkage));
    assert_eq!(incident.proceedings.merged.is_some(), incident.state == State::Merged);
    if closed {
        assert_eq!(incident.resolved_level, case.level(), "the level of the leg under which it closed");
    }
    let seqs: Vec<u32> = history.iter().map(|event| event.seq).collect();
    assert_eq!(seqs, (1..=incident.version).collect::<Vec<_>>());
    assert!(history.is_sorted_by_key(|event| event.at), "time does not go back");
    assert_eq!(history.last().map(|event| event.at), Some(incident.last_event_at));
}

/// Ping-pong is impossible: wherever an incident was sent, returned, transferred or handed down, a clock runs, and when
/// it runs out something happens, until the desk above has been told as loudly as can be.
fn check_clock(case: &Case) {
    let Some(due) = case.due() else { return };
    let anew = reschedule(case, AccountId::SYSTEM, case.incident.last_event_at, &city().rules);
    assert_eq!(anew.map(|decision| decision.events), None, "the same rules set the same clocks");
    assert!(due.at >= due.from && due.soon <= due.at && due.at <= due.late);
    let told = case.incident.proceedings.alarm.is_some();
    assert!(wakes_at(case).is_some() || told, "{} would lie for ever", case.incident.state);
    let past_returns = case.incident.returned >= city().rules.book().maxima.returns;
    assert!(case.incident.proceedings.disputed.is_none() || past_returns);
}

fn well_formed_custody(leg: &CustodyLeg) -> bool {
    leg.desk.unit.level() == leg.level
        && leg.ended_at.is_some() == leg.outcome.is_some()
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

/// What holds between one decision and the next.
fn check_step(before: &Case, after: &Case) {
    let (old, new) = (&before.incident, &after.incident);
    assert_eq!((old.id, old.reporter, old.received_at), (new.id, new.reporter, new.received_at));
    assert_eq!(old.first_desk, new.first_desk);
    assert!(
        old.proceedings.first_place.is_none() || old.proceedings.first_place == new.proceedings.first_place
    );
    assert!(!old.reporter_hidden || new.reporter_hidden, "what was promised stays");
    assert!(old.first_accepted_by.is_none() || old.first_accepted_by == new.first_accepted_by);
    assert!(after.level() <= Some(Level::County), "the city holds nothing");
    assert!(new.escalated >= old.escalated && new.reopened >= old.reopened && new.returned >= old.returned);
    let ended = before.custody.iter().filter(|leg| leg.ended_at.is_some());
    for (old, new) in ended.zip(&after.custody) {
        assert_eq!(old, new, "what has ended stays as it was");
    }
    assert!(after.linkages().len() >= before.linkages().len(), "what is attached stays attached");
    for (old, new) in before.handling.iter().zip(&after.handling) {
        assert!(old.ended_at.is_none() || old == new, "what has ended stays as it was");
    }
}

/// `actions` lists what `permitted` permits, and what it lists can be done.
fn check_actions(case: &Case, people: &[&Actor], now: Instant) {
    let City { rules, ground } = city();
    for actor in people {
        let listed = actions(case, actor, now, rules, ground);
        for kind in CommandKind::ALL {
            let allowed = permitted(case, *kind, actor, now, rules, ground).is_ok();
            assert_eq!(listed.contains(kind), allowed, "{kind} by {}", actor.role);
            let tried = decide(case, &command(*kind, case, now, 0), actor, now, rules, ground);
            assert!(allowed || tried.is_err(), "{kind} by {}", actor.role);
        }
    }
}

/// The traits that a person reads from the history, without legs and without replay.
#[expect(clippy::wildcard_enum_match_arm, reason = "a person skips what moves no desk")]
fn traits_by_reading(history: &[Event]) -> MetricFacts {
    let latest = |wanted: fn(&EventBody) -> bool| history.iter().rposition(|event| wanted(&event.body));
    let reopened = latest(|body| matches!(body, EventBody::Reopened(_)));
    let closing = latest(|body| matches!(body, EventBody::Closed(_) | EventBody::ResolvedOnSpot(_)))
        .filter(|at| Some(*at) > reopened);
    let EventBody::Reported(reported) = &history[0].body else { panic!("no report") };
    let mut desk = reported.routing.desk;
    let mut county_first = reported.county_first;
    let mut accepted_by = None;
    for event in history {
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
            // What was closed by force before anybody accepted it is taken on when it is reopened.
            EventBody::ResolvedOnSpot(_) | EventBody::Reopened(_) => accepted_by = accepted_by.or(Some(desk)),
            _ => {}
        }
    }
    let (outcome, resolved_level, self_verified) = match closing.map(|at| &history[at].body) {
        Some(EventBody::Closed(closed)) => {
            (Some(closed.outcome), Some(closed.resolved_level), closed.self_verified)
        }
        Some(_) => (Some(Outcome::Resolved), Some(Level::Village), false),
        None => (None, None, false),
    };
    let unmerged = latest(|body| matches!(body, EventBody::Unmerged(_)));
    let state = if closing.is_some() {
        State::Closed
    } else if latest(|body| matches!(body, EventBody::Voided(_))).is_some() {
        State::Voided
    } else if latest(|body| matches!(body, EventBody::Declined(_))).is_some() {
        State::NotAccepted
    } else if latest(|body| matches!(body, EventBody::Referred(_))).is_some() {
        State::ReferredOut
    } else if latest(|body| matches!(body, EventBody::Merged(_))) > unmerged {
        State::Merged
    } else {
        // Which of the open states makes no difference to any figure.
        State::PendingDispatch
    };
    MetricFacts {
        state,
        outcome,
        resolved_level,
        on_spot: closing.is_some_and(|at| matches!(history[at].body, EventBody::ResolvedOnSpot(_))),
        self_verified,
        reopened: reopened.is_some(),
        in_place: closing.is_some() && accepted_by == Some(desk),
        county_first,
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
                from_cases.add(MetricFacts::from(&case.incident), 1);
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
    for id in 0..600 {
        let script = scripts().new_tree(&mut runner).unwrap().current();
        let Some((_, history)) = play(&script, id) else { continue };
        let prefixes = (1..=history.len()).filter_map(|length| Case::replay(&history[..length]));
        states.extend(prefixes.map(|case| case.incident.state));
        for event in &history {
            happened.insert(event.body.event_type());
            if let EventBody::Closed(closed) = &event.body {
                levels.insert(closed.resolved_level);
            }
        }
    }
    // The third return is too rare for chance.
    happened.extend(disputed().events.iter().map(|event| event.body.event_type()));
    // What happens to the other incident of two that are merged is its own history's.
    let beside = [EventType::Absorbed, EventType::Released];
    // The rules do not change here, and nobody leaves.
    let beside =
        beside.into_iter().chain([EventType::Rescheduled, EventType::HandedOver]).collect::<Vec<_>>();
    let expected: Vec<EventType> =
        EventType::ALL.iter().copied().filter(|kind| !beside.contains(kind)).collect();
    assert_eq!(happened.into_iter().collect::<Vec<_>>(), expected);
    assert_eq!(states.into_iter().collect::<Vec<_>>(), State::ALL);
    assert_eq!(levels.into_iter().collect::<Vec<_>>(), [Level::Village, Level::Township, Level::County]);
}

/// Sent back twice, disputed, decided by the desk above.
fn disputed() -> Story {
    const COMMITTEE: &str = "411224107202-village_mediation_committee";
    let cast = Cast::new();
    let back =
        |story: Story| story.does(&cast.mediator, &give_back()).does(&cast.village, &dispatch(COMMITTEE));
    back(back(Story::report("1001").dispatched(COMMITTEE)))
        .does(&cast.mediator, &dispute())
        .does(&cast.township, &arbitrate(COMMITTEE))
}
