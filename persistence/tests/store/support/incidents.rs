//! Random incidents, made with the rules of the domain and stored as the product stores them.

use std::sync::Arc;

use chrono::TimeDelta;
use grassroots_domain::{
    account::{Actor, Role},
    command_kind::CommandKind,
    commands::{
        Command, accept::Accept, acknowledge::Acknowledge, add_photos::AddPhotos, answer::Answer,
        approve::Approve, arbitrate::Arbitrate, arrive::Arrive, call_in::CallIn, close::Close,
        comment::Comment, conclude::Conclude, correct::Correct, decline::Decline, dispatch::Dispatch,
        dispute::Dispute, escalate::Escalate, extend::Extend, follow_up::FollowUp, force_close::ForceClose,
        hand_down::HandDown, involve::Involve, lift::Lift, link::Link, merge::Merge, record::Record,
        refer::Refer, reject::Reject, remind::Remind, reopen::Reopen, reply::Reply,
        report_check::ReportCheck, request_check::RequestCheck, request_info::RequestInfo, resume::Resume,
        return_work::Return, rework::Rework, submit_result::SubmitResult, supervise::Supervise,
        supplement::Supplement, suspend::Suspend, take_over::TakeOver, transfer::Transfer, unmerge::Unmerge,
        void::Void, withdraw::Withdraw,
    },
    decide::{actions, decide},
    decision::Decision,
    events::{
        Event,
        closing::Channel,
        custody::Authority,
        work::{Assistance, Method},
    },
    hand_over::hand_over,
    hash::Hash,
    ids::IncidentId,
    incident::{
        State,
        case::Case,
        leg::Outcome,
        linkage::{Capacity, LinkageDetails as Linkage, LinkageOutcome, LinkageStep, MediationKind, Officer},
        photo::{MediaType, Phase, Photo},
        proceedings::SupervisionLevel,
        remark::{Audience, Label},
    },
    open::{Report, open},
    reconcile::reconcile,
    text::{REMARK, Text, parse},
    time::{Instant, china_date},
};
use grassroots_persistence::{
    database::{
        db::Db,
        error::{StoreError, StoreResult},
        store::Store,
    },
    incident::{
        events, incidents,
        intake::{NewIncident, insert_all},
        reports::ReportContent,
    },
};
use uuid::Uuid;

use super::{
    city::{City, PLACES, categories, city, monday, people, place},
    dice::Rng,
};

/// An incident with all decisions about it.
#[derive(Clone)]
pub struct History {
    pub decisions: Vec<Decision>,
}

impl History {
    /// The present state.
    pub fn case(&self) -> &Case {
        &self.decisions.last().unwrap().case
    }

    /// All events.
    pub fn events(&self) -> Vec<Event> {
        self.decisions
            .iter()
            .flat_map(|decision| &decision.events)
            .map(|decided| decided.event.clone())
            .collect()
    }
}

fn text(words: &str) -> Text {
    parse(words, REMARK).unwrap().0
}

/// A new report of a dispute between neighbours.
pub fn reported(number: u128) -> History {
    let (city, categories) = (city(), categories());
    let report = Report {
        id: IncidentId(Uuid::from_u128(number)),
        category: &categories[0],
        severity: None,
        place: place("411224107202001"),
        on_spot: None,
        photos: Vec::new(),
    };
    let reporter = people().into_iter().find(|actor| actor.role == Role::GridWorker).unwrap();
    History { decisions: vec![open(&report, &reporter, monday(), &city.rules, &city.ground).unwrap()] }
}

/// `count` incidents in different states.
pub fn random_histories(count: u128, dice: &mut Rng) -> Vec<History> {
    let (city, people) = (city(), people());
    (1..=count).map(|number| random_history(&city, &people, number, dice)).collect()
}

fn open_random(city: &City, number: u128, dice: &mut Rng, now: Instant) -> Decision {
    let mut reporters: Vec<Actor> = people().into_iter().filter(Actor::may_report).collect();
    if dice.once_in(2) {
        reporters.retain(|actor| actor.role == Role::GridWorker);
    }
    loop {
        let categories = categories();
        let category = &categories[dice.below(categories.len())];
        let report = Report {
            id: IncidentId(Uuid::from_u128(number)),
            category,
            severity: None,
            place: place(dice.pick(&PLACES)),
            on_spot: dice.once_in(2).then(|| text("当场办结")),
            photos: if dice.once_in(2) { vec![photo(dice)] } else { Vec::new() },
        };
        if let Ok(decision) = open(&report, &dice.pick(&reporters), now, &city.rules, &city.ground) {
            return decision;
        }
    }
}

/// The commands that bring an incident or its linkages to an end.
const FORWARD: [CommandKind; 6] = [
    CommandKind::Accept,
    CommandKind::Dispatch,
    CommandKind::Acknowledge,
    CommandKind::SubmitResult,
    CommandKind::Close,
    CommandKind::Conclude,
];

fn random_history(city: &City, people: &[Actor], number: u128, dice: &mut Rng) -> History {
    let minutes = |dice: &mut Rng, end| TimeDelta::minutes(i64::try_from(dice.below(end)).unwrap());
    let mut now = monday() + minutes(dice, 60 * 24 * 60);
    let mut history = History { decisions: vec![open_random(city, number, dice, now)] };
    for _ in 0..dice.below(28) {
        now += minutes(dice, 3 * 24 * 60);
        if dice.once_in(3)
            && let Some(decision) = reconcile(history.case(), now, &city.rules, &city.ground)
        {
            history.decisions.push(decision);
        }
        let (from, to) = (history.case().incident.looked_after_by(), dice.pick(people));
        if dice.once_in(8)
            && let Some(decision) = hand_over(history.case(), from, &to, from, now)
        {
            history.decisions.push(decision);
        }
        let case = history.case();
        let allowed: Vec<(&Actor, CommandKind)> = people
            .iter()
            .flat_map(|actor| {
                actions(case, actor, now, &city.rules, &city.ground)
                    .into_iter()
                    .map(move |kind| (actor, kind))
            })
            .collect();
        let mut kinds: Vec<CommandKind> = allowed.iter().map(|(_, kind)| *kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        // Most closed incidents stay closed.
        if kinds.is_empty() || (case.incident.state == State::Closed && !dice.once_in(4)) {
            break;
        }
        // These commands are chosen less often than the others.
        let mut kind = dice.pick(&kinds);
        for _ in 0..3 {
            if matches!(
                kind,
                CommandKind::Decline
                    | CommandKind::Refer
                    | CommandKind::Merge
                    | CommandKind::Correct
                    | CommandKind::ForceClose
                    | CommandKind::Remind
                    | CommandKind::Supervise
                    | CommandKind::Void
                    | CommandKind::Link
                    | CommandKind::Involve
                    | CommandKind::AddPhotos
                    | CommandKind::Comment
                    | CommandKind::Escalate
                    | CommandKind::Return
            ) {
                kind = dice.pick(&kinds);
            }
        }
        // Most incidents move forward, so that the metrics have enough to count.
        let forward: Vec<CommandKind> = kinds.iter().copied().filter(|kind| FORWARD.contains(kind)).collect();
        if !forward.is_empty() && dice.once_in(2) {
            kind = dice.pick(&forward);
        }
        let actors: Vec<&Actor> =
            allowed.iter().filter(|(_, known)| *known == kind).map(|(actor, _)| *actor).collect();
        let command = command(kind, case, city, now, dice);
        // The random arguments may be refused. Then nothing happens.
        if let Ok(decision) = decide(case, &command, dice.pick(&actors), now, &city.rules, &city.ground) {
            history.decisions.push(decision);
        }
    }
    history
}

fn command(kind: CommandKind, case: &Case, city: &City, now: Instant, dice: &mut Rng) -> Command {
    let desk = case.desk().unwrap();
    let reason = |code: &str| code.parse().unwrap();
    let words = text("请今天去看");
    let near = |dice: &mut Rng| {
        let near: Vec<_> = city.ground.organisations.of_unit(desk.unit).map(|(code, _)| code).collect();
        dice.pick(&near)
    };
    match kind {
        CommandKind::Accept => Accept {}.into(),
        CommandKind::Decline => Decline { reason: reason("other"), reply: words }.into(),
        CommandKind::RequestInfo => RequestInfo { question: words }.into(),
        CommandKind::Supplement => Supplement { text: words }.into(),
        CommandKind::Dispatch => {
            Dispatch { to: near(dice), assist: Vec::new(), outside_duty: true, note: Some(words) }.into()
        }
        CommandKind::Withdraw => Withdraw { reason: words }.into(),
        CommandKind::Escalate => Escalate { reason: reason("beyond_authority"), tried: words }.into(),
        CommandKind::HandDown => {
            let all: Vec<_> = city.ground.organisations.iter().map(|(code, _)| code).collect();
            HandDown { to: dice.pick(&all), advice: words }.into()
        }
        CommandKind::Transfer => {
            // The target has the same level, so that most transfers are allowed.
            let all = city.ground.organisations.iter().map(|(code, _)| code);
            let all: Vec<_> = all.filter(|code| code.unit.level() == desk.unit.level()).collect();
            Transfer { to: dice.pick(&all), reason: reason("other"), explanation: words }.into()
        }
        CommandKind::TakeOver => TakeOver {}.into(),
        CommandKind::Refer => Refer { to: Authority::Court, reply: words }.into(),
        CommandKind::Correct => {
            let category = Some(dice.pick(&categories()).code);
            let place = dice.once_in(2).then(|| place(dice.pick(&PLACES)));
            Correct { category, severity: None, place, reason: words }.into()
        }
        CommandKind::Merge => {
            let mut primary = case.clone();
            primary.incident.id = IncidentId(Uuid::from_u128(4_112));
            Merge { into: primary.incident.id, primary: Some(Box::new(primary)), reason: words }.into()
        }
        CommandKind::Unmerge => Unmerge { reason: words }.into(),
        CommandKind::Void => Void { reason: words }.into(),
        CommandKind::Acknowledge => Acknowledge {}.into(),
        CommandKind::Return => Return { reason: reason("unclear_duty"), explanation: words }.into(),
        CommandKind::Dispute => Dispute { reason: reason("unclear_duty"), explanation: words }.into(),
        CommandKind::Arbitrate => Arbitrate { to: near(dice), decision: words }.into(),
        CommandKind::Arrive => Arrive { note: None }.into(),
        CommandKind::CallIn => {
            CallIn { organisations: vec![near(dice)], urgent: dice.once_in(2), purpose: words }.into()
        }
        CommandKind::Answer => Answer { assistance: dice.pick(Assistance::ALL), text: words }.into(),
        CommandKind::Extend => Extend { units: 2, explanation: words }.into(),
        CommandKind::Suspend => Suspend { reason: reason("funds"), days: 10, explanation: words }.into(),
        CommandKind::Resume => Resume {}.into(),
        CommandKind::SubmitResult => SubmitResult {
            outcome: dice.pick(&[Outcome::Resolved, Outcome::Resolved, Outcome::Unresolved]),
            method: dice.pick(Method::ALL),
            result: words,
            photos: if dice.once_in(2) { vec![photo(dice)] } else { Vec::new() },
        }
        .into(),
        CommandKind::RequestCheck => {
            let worker = people().into_iter().find(|actor| actor.role == Role::GridWorker).unwrap();
            RequestCheck { worker: worker.account, is_of_the_grid: true, note: None }.into()
        }
        CommandKind::ReportCheck => ReportCheck { settled: dice.once_in(2), found: words }.into(),
        CommandKind::Rework => Rework { reason: words }.into(),
        CommandKind::Close => Close { reply: dice.once_in(2).then_some(words) }.into(),
        CommandKind::ForceClose => ForceClose { reason: words }.into(),
        CommandKind::FollowUp => FollowUp {
            channel: Channel::Visit,
            settled: !dice.once_in(4),
            satisfaction: Some(3),
            remarks: words,
        }
        .into(),
        CommandKind::Reopen => Reopen { reason: words }.into(),
        CommandKind::Approve => Approve { note: None }.into(),
        CommandKind::Reject => Reject { reason: words }.into(),
        CommandKind::Remind => Remind { text: words }.into(),
        CommandKind::Supervise => Supervise {
            level: dice.pick(SupervisionLevel::ALL),
            reply_due: now + TimeDelta::days(40),
            reason: words,
        }
        .into(),
        CommandKind::Reply => Reply { text: words }.into(),
        CommandKind::Lift => Lift { reason: words }.into(),
        CommandKind::Link => {
            let held_at = now + TimeDelta::days(i64::try_from(dice.below(20)).unwrap());
            let notified_on = china_date(now - TimeDelta::days(30));
            let officers = vec![Officer::Judge, Officer::Lawyer, Officer::Expert];
            let opening = dice.pick(&[
                Linkage::Mediation { form: MediationKind::Peoples },
                Linkage::Hearing { held_at, public: false, officers, notified_on },
            ]);
            Link { opening, words: vec![(Label::Text, words.clone()), (Label::Venue, words)] }.into()
        }
        CommandKind::Record => Record {
            number: 1,
            step: dice.pick(&[LinkageStep::Session, LinkageStep::Performed]),
            at: None,
            external_no: None,
            text: Some(words),
        }
        .into(),
        CommandKind::Conclude => {
            let open = case.linkages().iter().find(|linkage| linkage.end.is_none());
            let (number, conclusion) = open.map_or((1, LinkageOutcome::Agreed), |linkage| {
                (linkage.number, dice.pick(linkage.kind().conclusions()))
            });
            Conclude { number, conclusion, at: None, until: None, words: vec![(Label::Text, words)] }.into()
        }
        CommandKind::Involve => Involve { capacity: dice.pick(Capacity::ALL), name: Some(words) }.into(),
        CommandKind::AddPhotos => AddPhotos { photos: vec![photo(dice)] }.into(),
        CommandKind::Comment => {
            let audience = dice.pick(&[Audience::Internal, Audience::Reporter]);
            Comment { audience, text: words }.into()
        }
    }
}

/// Lets the first desk transfer the incident to a random desk of the same level, if it may, and drops later decisions.
pub fn transfer_at_first_desk(history: &mut History, dice: &mut Rng) {
    let (city, people) = (city(), people());
    let case = &history.decisions[0].case;
    let Some(actor) = people.iter().find(|actor| actor.desk().is_some() && actor.desk() == case.desk())
    else {
        return;
    };
    let now = case.incident.last_event_at;
    let command = command(CommandKind::Transfer, case, &city, now, dice);
    if let Ok(decision) = decide(case, &command, actor, now, &city.rules, &city.ground) {
        history.decisions.truncate(1);
        history.decisions.push(decision);
    }
}

/// Stores the report and all later decisions, and returns the key.
pub fn save(db: &mut Db, history: &History, description: &str) -> StoreResult<i64> {
    let (first, later) = history.decisions.split_first().unwrap();
    let key = insert_all(db, &[opening(first, description)])?[0].unwrap();
    let mut before = &first.case;
    for decision in later {
        incidents::update(db, key, before, &decision.case)?;
        events::append(db, key, &decision.events, &|| b"pepper".to_vec())?;
        before = &decision.case;
    }
    Ok(key)
}

/// A new incident as the product passes it to the intake.
pub fn opening(decision: &Decision, description: &str) -> Arc<NewIncident> {
    let content = content(description, Hash::of(&[description.as_bytes()]));
    let opening = NewIncident::new(decision.clone(), "secret".to_owned(), content, &|| b"salt".to_vec());
    Arc::new(opening.unwrap())
}

fn content(description: &str, hash: Hash) -> ReportContent {
    ReportContent {
        salt: b"salt".to_vec(),
        content_hash: hash,
        title: None,
        description: description.to_owned(),
        place_text: None,
        position: None,
        occurred_at: None,
        reported_at: None,
        sent_at: None,
        warnings: Vec::new(),
    }
}

/// Stores all incidents and returns their keys.
pub async fn save_all(store: &Store, all: &[History], description: &'static str) -> Vec<i64> {
    let all = all.to_vec();
    let keys: Result<Vec<i64>, StoreError> =
        store.write(move |db| all.iter().map(|history| save(db, history, description)).collect()).await;
    keys.unwrap()
}

/// A photo with random bytes.
fn photo(dice: &mut Rng) -> Photo {
    Photo {
        sha256: Hash::of(&[&dice.below(usize::MAX).to_be_bytes()]),
        size_bytes: 300_000,
        media_type: dice.pick(MediaType::ALL),
        phase: dice.pick(Phase::ALL),
    }
}
