//! The feed: every reader gets every event once and in the same order, while others write.

use std::collections::BTreeMap;

use diesel::connection::SimpleConnection;
use grassroots_domain::{hash::Hash, ids::IncidentId};
use grassroots_persistence::{
    database::{error::StoreError, store::Store},
    incident::{
        events,
        feed::{self, Cursor, MAX_PAGE, Page},
        incidents,
    },
};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::support::{Database, History, Rng, both, random_histories, reported, save, save_all};

const WRITERS: u128 = 64;

async fn read(store: &Store, after: Option<Cursor>, limit: u32) -> Page {
    feed::read(store, after, limit).await.unwrap().expect("the cursor is known")
}

/// The identity of an event.
type Seen = (IncidentId, u32);

/// Reads the next page and checks that it continues where the last one ended.
async fn next_page(store: &Store, cursor: &mut Option<Cursor>, limit: u32) -> Vec<Seen> {
    let page = read(store, *cursor, limit).await;
    let from = cursor.map_or(0, |cursor| cursor.position);
    let length = i64::try_from(page.events.len()).unwrap();
    assert_eq!(page.next.position, from + length, "positions are consecutive");
    *cursor = Some(page.next);
    page.events.into_iter().map(|stored| (stored.event.incident, stored.event.seq)).collect()
}

/// Reads until `expected` events were seen.
async fn read_all(store: Store, limit: u32, expected: usize) -> Vec<Seen> {
    let (mut cursor, mut seen) = (None, Vec::new());
    while seen.len() < expected {
        seen.extend(next_page(&store, &mut cursor, limit).await);
        tokio::task::yield_now().await;
    }
    seen
}

/// Checks that every event was seen once, and the events of each incident in their order.
fn check(seen: &[Seen], all: &[History]) {
    let mut by_incident = BTreeMap::<IncidentId, Vec<u32>>::new();
    seen.iter().for_each(|(incident, seq)| by_incident.entry(*incident).or_default().push(*seq));
    let expected = all.iter().map(|history| {
        let version = history.case().incident().version;
        (history.case().incident().id, (1..=version).collect::<Vec<_>>())
    });
    assert_eq!(by_incident, expected.collect());
}

/// Stores an incident with one transaction for the report and one for each command.
async fn save_step_by_step(store: Store, history: History) {
    let (first, later) = history.decisions.split_first().unwrap();
    let opened = History { decisions: vec![first.clone()] };
    let key: Result<i64, StoreError> = store.write(move |db| save(db, &opened, "井盖丢失")).await;
    let key = key.unwrap();
    let mut before = first.case.clone();
    for decision in later.iter().cloned() {
        let after = decision.case.clone();
        let written: Result<(), StoreError> = store
            .write(move |db| {
                incidents::update(db, key, &before, &decision.case)?;
                events::append(db, key, &decision.events, &|| b"salt".to_vec())
            })
            .await;
        written.unwrap();
        before = after;
    }
}

/// Runs writers and readers at the same time, and returns what each reader saw.
async fn write_and_read(store: &Store, all: &[History]) -> Vec<Vec<Seen>> {
    let total = all.iter().map(|history| history.events().len()).sum();
    let mut readers = JoinSet::new();
    for limit in [1, 7, 100, MAX_PAGE] {
        readers.spawn(read_all(store.clone(), limit, total));
    }
    let mut writers = JoinSet::new();
    for history in all.iter().cloned() {
        writers.spawn(save_step_by_step(store.clone(), history));
    }
    writers.join_all().await;
    readers.join_all().await
}

both! {
    async fn readers_see_each_event_once_while_64_writers_write(database: Database) {
        let all = random_histories(WRITERS, &mut Rng::new(12));
        let views = write_and_read(&database.store, &all).await;
        views.iter().for_each(|seen| check(seen, &all));
        assert!(views.iter().all(|seen| *seen == views[0]), "all readers see the same order");
        let again = read_all(database.store.clone(), 33, views[0].len()).await;
        assert_eq!(again, views[0], "a later reader sees the same order");
    }
}

/// The id of an event is assigned long before its transaction commits. Readers see the event after the commit.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn events_of_a_long_transaction_on_postgresql_are_read_after_its_commit() {
    let database = Database::postgres();
    crate::support::seed(&database.store).await;
    let mut all = random_histories(WRITERS, &mut Rng::new(13));
    let late = all.pop().unwrap();
    let mut held = database.raw();
    held.batch_execute("BEGIN").unwrap();
    save(&mut held, &late, "井盖丢失").unwrap();

    let views = write_and_read(&database.store, &all).await;
    check(&views[0], &all);
    let (mut cursor, mut seen) = (None, Vec::new());
    while seen.len() < views[0].len() {
        seen.extend(next_page(&database.store, &mut cursor, MAX_PAGE).await);
    }
    assert_eq!(
        next_page(&database.store, &mut cursor, MAX_PAGE).await,
        [],
        "uncommitted events are not visible"
    );

    held.batch_execute("COMMIT").unwrap();
    let mut late_events = Vec::new();
    while late_events.len() < late.events().len() {
        late_events.extend(next_page(&database.store, &mut cursor, MAX_PAGE).await);
    }
    check(&late_events, std::slice::from_ref(&late));
    assert_eq!(next_page(&database.store, &mut cursor, MAX_PAGE).await, []);
    let whole = read_all(database.store.clone(), MAX_PAGE, seen.len() + late_events.len()).await;
    assert_eq!(whole, [seen, late_events].concat(), "all readers see it after the other events");
}

both! {
    async fn thousands_of_waiting_events_get_positions_before_a_read(database: Database) {
        let all = random_histories(500, &mut Rng::new(14));
        save_all(&database.store, &all, "井盖丢失").await;
        let total = all.iter().map(|history| history.events().len()).sum::<usize>();
        assert!(total > 2_000, "{total}");
        let page = read(&database.store, None, 1).await;
        let end = Cursor { position: i64::try_from(total).unwrap(), ..page.next };
        assert_eq!(read(&database.store, Some(end), 1).await.events, []);
        check(&read_all(database.store.clone(), u32::MAX, total).await, &all);
    }
}

both! {
    async fn a_page_is_not_larger_than_the_limit(database: Database) {
        save_all(&database.store, &random_histories(200, &mut Rng::new(15)), "井盖丢失").await;
        for (limit, length) in [(0, 0), (1, 1), (50, 50), (u32::MAX, MAX_PAGE)] {
            let page = read(&database.store, None, limit).await;
            assert_eq!(page.events.len(), usize::try_from(length).unwrap(), "{limit}");
        }
    }
}

both! {
    async fn the_feed_returns_events_as_they_were_stored(database: Database) {
        let history = reported(1);
        save_all(&database.store, std::slice::from_ref(&history), "井盖丢失").await;
        let page = read(&database.store, None, 10).await;
        let events: Vec<_> = page.events.iter().map(|stored| stored.event.clone()).collect();
        assert_eq!(events, history.events());
        assert!(page.events.iter().all(events::StoredEvent::is_genuine));
        assert_eq!(page.events[0].previous, Hash::GENESIS);
    }
}

both! {
    async fn unknown_cursors_are_refused(database: Database) {
        let start = read(&database.store, None, 10).await.next;
        assert_eq!(start.position, 0, "an empty feed starts at position 0");
        assert_eq!(read(&database.store, Some(start), 10).await.events, []);
        save_all(&database.store, &[reported(1)], "井盖丢失").await;
        let end = read(&database.store, None, 10).await.next;
        assert_eq!(end.epoch, start.epoch);
        assert_eq!(read(&database.store, Some(end), 10).await.events, []);
        for position in [end.position + 1, i64::MAX, -1, i64::MIN] {
            let past_the_end = Cursor { position, ..end };
            let page = feed::read(&database.store, Some(past_the_end), 10).await.unwrap();
            assert_eq!(page, None, "{position}");
        }
        let other_epoch = Cursor { epoch: Uuid::nil(), ..end };
        assert_eq!(feed::read(&database.store, Some(other_epoch), 10).await.unwrap(), None);
    }
}
