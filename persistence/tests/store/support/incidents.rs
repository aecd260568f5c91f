//! Random incidents: opened and moved on by the real rules, and stored as the product stores them.

use std::sync::Arc;

use chrono::TimeDelta;
use grassroots_domain::{
    account::{Actor, Role},
    command::{Audience, Command, CommandKind, DeclineReason, EscalateReason, Method, ReturnReason},
    decide::{actions, decide},
    event::{Event, Hash},
    incident::{Case, IncidentId, State},
    leg::Outcome,
    open::{Decision, Report, open},
    organisation::OrganisationCode,
    routing::superior_desk,
    text::{REMARK, Text, parse},
    time::Instant,
};
use grassroots_persistence::{
    db::Db,
    error::{StoreError, StoreResult},
    events, incidents,
    intake::{Opening, insert_all},
    reports::ReportContent,
    store::Store,
};
use uuid::Uuid;

use super::{
    city::{City, PLACES, categories, city, monday, people, place},
    dice::Dice,
};

/// An incident with everything that was decided about it.
#[derive(Clone)]
pub struct Told {
    pub decisions: Vec<Decision>,
}

impl Told {
    /// Where it stands.
    pub fn case(&self) -> &Case {
        &self.decisions.last().unwrap().case
    }

    /// Its history.
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

/// A dispute between neighbours that was just reported.
pub fn reported(number: u128) -> Told {
    let (city, categories) = (city(), categories());
    let report = Report {
        id: IncidentId(Uuid::from_u128(number)),
        category: &categories[0],
        severity: None,
        place: place("411224107202001"),
        on_spot: None,
    };
    let reporter = people().into_iter().find(|actor| actor.role == Role::GridWorker).unwrap();
    Told { decisions: vec![open(&report, &reporter, monday(), &city.rules, &city.ground).unwrap()] }
}

/// `count` incidents, each at some stage of its life.
pub fn tell(count: u128, dice: &mut Dice) -> Vec<Told> {
    let (city, people) = (city(), people());
    (1..=count).map(|number| live(&city, &people, number, dice)).collect()
}

fn open_random(city: &City, number: u128, dice: &mut Dice, now: Instant) -> Decision {
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
        };
        if let Ok(decision) = open(&report, &dice.pick(&reporters), now, &city.rules, &city.ground) {
            return decision;
        }
    }
}

fn live(city: &City, people: &[Actor], number: u128, dice: &mut Dice) -> Told {
    let minutes = |dice: &mut Dice, end| TimeDelta::minutes(i64::try_from(dice.below(end)).unwrap());
    let mut now = monday() + minutes(dice, 60 * 24 * 60);
    let mut told = Told { decisions: vec![open_random(city, number, dice, now)] };
    for _ in 0..dice.below(20) {
        now += minutes(dice, 3 * 24 * 60);
        let case = told.case();
        let allowed: Vec<(&Actor, CommandKind)> = people
            .iter()
            .flat_map(|actor| {
                actions(case, actor, now, &city.rules).into_iter().map(move |kind| (actor, kind))
            })
            .collect();
        let mut kinds: Vec<CommandKind> = allowed.iter().map(|(_, kind)| *kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        // Most of what is closed stays closed.
        if kinds.is_empty() || (case.incident.state == State::Closed && !dice.once_in(4)) {
            break;
        }
        // What moves an incident on comes up more often than what ends it or takes it up.
        let mut kind = dice.pick(&kinds);
        for _ in 0..2 {
            if matches!(
                kind,
                CommandKind::Decline
                    | CommandKind::Void
                    | CommandKind::Comment
                    | CommandKind::Escalate
                    | CommandKind::Return
            ) {
                kind = dice.pick(&kinds);
            }
        }
        let actors: Vec<&Actor> =
            allowed.iter().filter(|(_, known)| *known == kind).map(|(actor, _)| *actor).collect();
        let command = command(kind, case.custody.last().unwrap().desk, city, dice);
        told.decisions.push(decide(case, &command, dice.pick(&actors), now, &city.rules).unwrap());
    }
    told
}

fn command(kind: CommandKind, desk: OrganisationCode, city: &City, dice: &mut Dice) -> Command {
    match kind {
        CommandKind::Accept => Command::Accept,
        CommandKind::Decline => {
            Command::Decline { reason: DeclineReason::Other, reply: text("不予受理") }
        }
        CommandKind::Dispatch => {
            let near: Vec<_> = city.ground.organisations.of_unit(desk.unit).map(|(code, _)| code).collect();
            Command::Dispatch { to: dice.pick(&near), note: dice.once_in(2).then(|| text("请今天去看")) }
        }
        CommandKind::Acknowledge => Command::Acknowledge,
        CommandKind::Return => {
            Command::Return { reason: ReturnReason::UnclearDuty, explanation: text("权属不清") }
        }
        CommandKind::SubmitResult => Command::SubmitResult {
            outcome: dice.pick(&[Outcome::Resolved, Outcome::Resolved, Outcome::Unresolved]),
            method: dice.pick(Method::ALL),
            result: text("已修复"),
        },
        CommandKind::Rework => Command::Rework { reason: text("再看一次") },
        CommandKind::Close => Command::Close { reply: dice.once_in(2).then(|| text("已办结")) },
        CommandKind::Escalate => Command::Escalate {
            reason: EscalateReason::BeyondAuthority,
            tried: text("已调解"),
            to: superior_desk(desk, &city.ground.organisations),
        },
        CommandKind::Reopen => Command::Reopen { reason: text("又坏了") },
        CommandKind::Void => Command::Void { reason: text("重复") },
        CommandKind::Comment => Command::Comment {
            audience: dice.pick(&[Audience::Internal, Audience::Reporter]),
            text: text("已电话联系"),
        },
    }
}

/// Stores the report and every later decision as the product does, and returns the key.
pub fn save(db: &mut Db, told: &Told, description: &str) -> StoreResult<i64> {
    let (first, later) = told.decisions.split_first().unwrap();
    let key = insert_all(db, &[opening(first, description)])?[0].unwrap();
    let mut before = &first.case;
    for decision in later {
        incidents::update(db, key, before, &decision.case)?;
        events::append(db, key, &decision.events, &|| b"pepper".to_vec())?;
        before = &decision.case;
    }
    Ok(key)
}

/// What was decided about a report, as the product hands it in.
pub fn opening(decision: &Decision, description: &str) -> Arc<Opening> {
    let content = content(description, Hash::of(&[description.as_bytes()]));
    let opening = Opening::new(decision.clone(), "secret".to_owned(), content, &|| b"salt".to_vec());
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

/// Stores all of them, one after the other, and returns their keys.
pub async fn save_all(store: &Store, all: &[Told], description: &'static str) -> Vec<i64> {
    let all = all.to_vec();
    let keys: Result<Vec<i64>, StoreError> =
        store.write(move |db| all.iter().map(|told| save(db, told, description)).collect()).await;
    keys.unwrap()
}
