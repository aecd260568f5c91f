//! Worklists: for random incidents, the lists and counts of everybody match the rules of the domain.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use chrono::TimeDelta;
use diesel::{
    Connection, QueryableByName, RunQueryDsl, connection::InstrumentationEvent, sql_query, sql_types::Text,
};
use grassroots_domain::{
    account::{Actor, Role},
    command_kind::CommandKind,
    commands::{Command, extend::Extend, return_work::Return},
    decide::{decide, permitted},
    ids::IncidentId,
    incident::{
        State,
        case::Case,
        leg::{HandlingLeg, HandlingRole},
    },
    reading::{
        visibility::{Scope, Visibility, visible},
        worklist::Worklist,
    },
    text::{REMARK, Text as Localized, parse},
    time::Instant,
};
use grassroots_persistence::{
    database::{db::Db, error::StoreError, store::Store},
    reading::{
        lists::{IncidentFilter, Order, page},
        worklists::{QueueCount, counts, mark},
    },
};

use crate::support::{Database, History, Rng, both, city, monday, people, random_histories, save_all};

/// The time at which the incident arrived in the worklist, and its deadline.
type Waits = (Instant, Option<Instant>);

/// Works out from the rules of the domain whether `case` is in `queue` of `actor`.
fn waits(queue: Worklist, actor: &Actor, case: &Case, now: Instant) -> Option<Waits> {
    let due = case.due().map(|due| due.at);
    let own = actor.organisation;
    let answers = actor.desk().is_some() && case.open_custody().is_some_and(|leg| leg.desk == own);
    let holds = actor.works_for(own) && case.holder() == Some(own);
    let overdue = |due: Option<Instant>| due.filter(|due| *due < now).map(|due| (due, Some(due)));
    if matches!(visible(actor, case), Visibility::None | Visibility::Former { .. }) {
        return None;
    }
    if actor.role == Role::GridWorker {
        let awaited = case.awaited().filter(|awaited| awaited.from == actor.account)?;
        let until = Some(awaited.due.at);
        return match queue {
            Worklist::Mine => Some((awaited.due.from, until)),
            Worklist::Overdue => overdue(until),
            Worklist::Desk
            | Worklist::ToVerify
            | Worklist::Returned
            | Worklist::Supervised
            | Worklist::ToDecide => None,
        };
    }
    let here = || case.at_desk_since().map(|since| (since, due));
    let state = case.incident().state;
    let incident = case.incident();
    match queue {
        Worklist::Mine if holds && answers => here(),
        Worklist::Mine => {
            let mine = |leg: &&HandlingLeg| {
                let helps = leg.role == HandlingRole::Assist || holds;
                leg.organisation == own && leg.ended_at.is_none() && helps
            };
            let leg = case.handling().iter().filter(|_| actor.works_for(own)).rfind(mine);
            leg.map(|leg| (leg.opened_at, due))
        }
        Worklist::Desk => here().filter(|_| answers),
        Worklist::Overdue => overdue(due).filter(|_| answers || holds),
        Worklist::ToVerify => here().filter(|_| answers && state == State::PendingVerification),
        Worklist::Returned => here().filter(|_| answers && case.was_sent_back()),
        Worklist::Supervised => {
            let watched = incident.oversight.supervision.map(|supervision| (supervision.by, supervision.at));
            let alarmed = incident.oversight.alarm.map(|alarm| (alarm.by, alarm.at));
            let concerns = |by| answers || holds || actor.desk() == Some(by);
            let since = [watched, alarmed].into_iter().flatten().filter(|(by, _)| concerns(*by));
            since.map(|(_, at)| (at, due)).max()
        }
        Worklist::ToDecide => {
            let city = city();
            let may = |kind| permitted(case, kind, actor, now, &city.rules, &city.reference_data).is_ok();
            let asked = incident.requests.pending.filter(|_| may(CommandKind::Approve)).map(|asked| asked.at);
            let seen_in_full = visible(actor, case) == Visibility::Full;
            let disputed = case.disputed_since().filter(|_| seen_in_full && may(CommandKind::Arbitrate));
            let objection = incident.requests.objection.filter(|objection| objection.answered_at.is_none());
            let closer = case.custody().last().filter(|_| state == State::Closed);
            // The desk above answers, if it sees the incident.
            let answers_it = closer.is_some_and(|leg| {
                let above = if incident.restricted { None } else { leg.superior() };
                actor.desk() == Some(above.unwrap_or(leg.desk))
            });
            let objected = objection.filter(|_| answers_it).map(|objection| objection.at);
            asked.max(disputed).max(objected).map(|since| (since, due))
        }
    }
}

fn send_back() -> Command {
    Return { reason: "unclear_duty".parse().unwrap(), explanation: words() }.into()
}

fn ask_for_time() -> Command {
    Extend { units: 2, explanation: words() }.into()
}

fn words() -> Localized {
    parse("管线权属不清", REMARK).unwrap().0
}

/// Cuts the history where a department first has work in `state`, and lets the department give `command`.
fn stop_with(history: &mut History, state: State, command: &Command) {
    let city = city();
    let worker = |case: &Case| {
        let lead = case.open_lead().filter(|_| case.incident().state == state)?.organisation;
        people().into_iter().find(|actor| actor.role == Role::Handler && actor.organisation == lead)
    };
    let first = history.decisions.iter().position(|decision| worker(&decision.case).is_some());
    let Some(first) = first else { return };
    let case = &history.decisions[first].case;
    let now = case.incident().last_event_at() + TimeDelta::minutes(1);
    let decision = decide(case, command, &worker(case).unwrap(), now, &city.rules, &city.reference_data);
    if let Ok(decision) = decision {
        history.decisions.truncate(first + 1);
        history.decisions.push(decision);
    }
}

async fn listed(
    store: &Store,
    actor: &Actor,
    queue: Worklist,
    now: Instant,
    order: Order,
) -> BTreeSet<IncidentId> {
    let (scope, actor) = (Scope::of(actor), actor.clone());
    let filter = IncidentFilter {
        queue: Some((queue, actor, now)),
        order,
        limit: 10_000,
        ..IncidentFilter::default()
    };
    let result: Result<_, StoreError> = store.read(move |db| page(db, scope, &filter)).await;
    result.unwrap().into_iter().map(|stored| stored.case.incident().id).collect()
}

async fn counted(store: &Store, actor: &Actor, now: Instant) -> Vec<QueueCount> {
    let actor = actor.clone();
    let result: Result<_, StoreError> = store.read(move |db| counts(db, &actor, now)).await;
    result.unwrap()
}

async fn look_at_all(store: &Store, actor: &Actor, until: Instant) {
    let account = actor.account;
    let marked: Result<(), StoreError> = store
        .write(move |db| Worklist::ALL.iter().try_for_each(|queue| mark(db, account, *queue, until)))
        .await;
    marked.unwrap();
}

fn number(of: impl Iterator) -> i64 {
    i64::try_from(of.count()).unwrap()
}

both! {
    async fn counts_and_lists_match_the_rules_for_everybody(database: Database) {
        let mut rng = Rng::new(11);
        let mut all = random_histories(400, &mut rng);
        for history in &mut all {
            match rng.below(4) {
                0 => stop_with(history, State::PendingReceipt, &send_back()),
                1 => stop_with(history, State::InProgress, &ask_for_time()),
                _ => {}
            }
        }
        save_all(&database.store, &all, "村口井盖丢失").await;
        let now = monday() + TimeDelta::days(70);
        let mut waiting = BTreeMap::<Worklist, usize>::new();
        for actor in people() {
            // Some people never looked at their worklists. The others looked at different times.
            let days = i64::from(actor.account.0.as_bytes()[15] % 4) * 15;
            let seen = (days > 0).then(|| monday() + TimeDelta::days(days));
            if let Some(seen) = seen {
                look_at_all(&database.store, &actor, seen).await;
            }
            for count in counted(&database.store, &actor, now).await {
                let queue = count.queue;
                let cases = all.iter().map(|history| history.case());
                let expected: Vec<(IncidentId, Waits)> = cases
                    .filter_map(|case| Some((case.incident().id, waits(queue, &actor, case, now)?)))
                    .collect();
                let at = format!("{queue} of {actor:?}");
                let ids: BTreeSet<IncidentId> = expected.iter().map(|(id, _)| *id).collect();
                for order in [Order::Due, Order::Newest] {
                    assert_eq!(listed(&database.store, &actor, queue, now, order).await, ids, "{at}");
                }
                let unread = expected.iter().filter(|(_, (since, _))| seen.is_none_or(|seen| *since > seen));
                let late = expected.iter().filter(|(_, (_, due))| due.is_some_and(|due| due < now));
                let numbers = (count.open, count.unread, count.overdue);
                assert_eq!(numbers, (number(expected.iter()), number(unread), number(late)), "{at}");
                *waiting.entry(queue).or_default() += expected.len();
            }
        }
        let few: Vec<_> = Worklist::ALL.iter().filter(|queue| waiting[queue] < 5).collect();
        assert_eq!(few, [&Worklist::Mine; 0], "too few incidents in these worklists: {waiting:?}");
    }
}

/// A step of a query plan of SQLite.
#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// The SQL texts of the queries that count the worklists of `actor`.
fn queries(db: &mut Db, actor: &Actor) -> Vec<String> {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let recorder = Arc::clone(&asked);
    db.set_instrumentation(move |event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            recorder.lock().unwrap().push(query.to_string());
        }
    });
    counts(db, actor, monday()).unwrap();
    db.set_instrumentation(|_: InstrumentationEvent<'_>| {});
    let mut asked = asked.lock().unwrap().clone();
    asked.retain(|query| query.contains("FROM `incident`"));
    asked
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_worklist_is_counted_with_a_full_table_scan() {
    let database = Database::sqlite();
    let mut db = database.raw();
    let mut looked_at = 0;
    for actor in people() {
        let asked = queries(&mut db, &actor);
        let most = if actor.desk().is_some() { Worklist::ALL.len() } else { 3 };
        assert!(asked.len() <= most, "one query each: {asked:?}");
        for query in asked {
            let Db::Sqlite(connection) = &mut db else { panic!("it is SQLite") };
            let steps: Vec<Step> = sql_query(format!("EXPLAIN QUERY PLAN {query}")).load(connection).unwrap();
            for Step { detail } in &steps {
                assert!(!detail.starts_with("SCAN incident"), "{actor:?}: {detail}: {query}");
            }
            looked_at += steps.len();
        }
    }
    assert!(looked_at > 100, "{looked_at}");
}
