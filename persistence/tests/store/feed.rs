//! The feed: everybody reads every event once, in one order, however writers come and go.

use std::collections::BTreeMap;

use diesel::connection::SimpleConnection;
use grassroots_domain::{hash::Hash, ids::IncidentId};
use grassroots_persistence::{
    database::{error::StoreError, store::Store},
    incident::{
        events,
        feed::{Cursor, FeedError, MAX_PAGE, read},
        incidents,
    },
};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::support::{Database, History, Rng, both, reported, save, save_all, tell};

const WRITERS: u128 = 64;

/// An event as readers tell each other of it.
type Seen = (IncidentId, u32);

/// One more page: checks that it goes on exactly where the last one ended.
async fn next_page(store: &Store, cursor: &mut Option<Cursor>, limit: u32) -> Vec<Seen> {
    let page = read(store, *cursor, limit).await.unwrap();
    let from = cursor.map_or(0, |cursor| cursor.position);
    let length = i64::try_from(page.events.len()).unwrap();
    assert_eq!(page.next.position, from + length, "positions are dense");
    *cursor = Some(page.next);
    page.events.into_iter().map(|stored| (stored.event.incident, stored.event.seq)).collect()
}

/// Reads on until `expected` events were seen.
async fn read_all(store: Store, limit: u32, expected: usize) -> Vec<Seen> {
    let (mut cursor, mut seen) = (None, Vec::new());
    while seen.len() < expected {
        seen.extend(next_page(&store, &mut cursor, limit).await);
        tokio::task::yield_now().await;
    }
    seen
}

/// Every event once, and those of each incident in its own order.
fn check(seen: &[Seen], all: &[History]) {
    let mut by_incident = BTreeMap::<IncidentId, Vec<u32>>::new();
    seen.iter().for_each(|(incident, seq)| by_incident.entry(*incident).or_default().push(*seq));
    let expected = all.iter().map(|told| {
        let version = told.case().incident.version;
        (told.case().incident.id, (1..=version).collect::<Vec<_>>())
    });
    assert_eq!(by_incident, expected.collect());
}

/// Stores an incident as it happens: a transaction for the report and one for every command.
async fn live(store: Store, told: History) {
    let (first, later) = told.decisions.split_first().unwrap();
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

/// Writers and readers at once; returns what each reader saw.
async fn bustle(store: &Store, all: &[History]) -> Vec<Vec<Seen>> {
    let total = all.iter().map(|told| told.events().len()).sum();
    let mut readers = JoinSet::new();
    for limit in [1, 7, 100, MAX_PAGE] {
        readers.spawn(read_all(store.clone(), limit, total));
    }
    let mut writers = JoinSet::new();
    for told in all.iter().cloned() {
        writers.spawn(live(store.clone(), told));
    }
    writers.join_all().await;
    readers.join_all().await
}

both! {
    async fn readers_miss_nothing_and_repeat_nothing_while_64_write(database: Database) {
        let all = tell(WRITERS, &mut Rng::new(12));
        let views = bustle(&database.store, &all).await;
        views.iter().for_each(|seen| check(seen, &all));
        assert!(views.iter().all(|seen| *seen == views[0]), "everybody sees the same order");
        let again = read_all(database.store.clone(), 33, views[0].len()).await;
        assert_eq!(again, views[0], "and sees it again");
    }
}

/// The id of an event is taken long before its transaction commits: that event comes late, but it comes.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_transaction_held_open_on_postgresql_is_read_when_it_commits() {
    let database = Database::postgres();
    crate::support::seed(&database.store).await;
    let mut all = tell(WRITERS, &mut Rng::new(13));
    let late = all.pop().unwrap();
    let mut held = database.raw();
    held.batch_execute("BEGIN").unwrap();
    save(&mut held, &late, "井盖丢失").unwrap();

    let views = bustle(&database.store, &all).await;
    check(&views[0], &all);
    let (mut cursor, mut seen) = (None, Vec::new());
    while seen.len() < views[0].len() {
        seen.extend(next_page(&database.store, &mut cursor, MAX_PAGE).await);
    }
    assert_eq!(
        next_page(&database.store, &mut cursor, MAX_PAGE).await,
        [],
        "nobody sees what is not committed"
    );

    held.batch_execute("COMMIT").unwrap();
    let mut came = Vec::new();
    while came.len() < late.events().len() {
        came.extend(next_page(&database.store, &mut cursor, MAX_PAGE).await);
    }
    check(&came, std::slice::from_ref(&late));
    assert_eq!(next_page(&database.store, &mut cursor, MAX_PAGE).await, []);
    let whole = read_all(database.store.clone(), MAX_PAGE, seen.len() + came.len()).await;
    assert_eq!(whole, [seen, came].concat(), "and for everybody it comes after the others");
}

both! {
    async fn thousands_of_waiting_events_are_placed_before_anybody_reads(database: Database) {
        let all = tell(500, &mut Rng::new(14));
        save_all(&database.store, &all, "井盖丢失").await;
        let total = all.iter().map(|told| told.events().len()).sum::<usize>();
        assert!(total > 2_000, "{total}");
        let page = read(&database.store, None, 1).await.unwrap();
        let end = Cursor { position: i64::try_from(total).unwrap(), ..page.next };
        assert_eq!(read(&database.store, Some(end), 1).await.unwrap().events, []);
        check(&read_all(database.store.clone(), u32::MAX, total).await, &all);
    }
}

both! {
    async fn a_page_is_never_larger_than_the_limit(database: Database) {
        save_all(&database.store, &tell(200, &mut Rng::new(15)), "井盖丢失").await;
        for (limit, length) in [(0, 0), (1, 1), (50, 50), (u32::MAX, MAX_PAGE)] {
            let page = read(&database.store, None, limit).await.unwrap();
            assert_eq!(page.events.len(), usize::try_from(length).unwrap(), "{limit}");
        }
    }
}

both! {
    async fn an_event_in_the_feed_is_the_event_that_was_stored(database: Database) {
        let told = reported(1);
        save_all(&database.store, std::slice::from_ref(&told), "井盖丢失").await;
        let page = read(&database.store, None, 10).await.unwrap();
        let events: Vec<_> = page.events.iter().map(|stored| stored.event.clone()).collect();
        assert_eq!(events, told.events());
        assert!(page.events.iter().all(events::StoredEvent::is_genuine));
        assert_eq!(page.events[0].previous, Hash::GENESIS);
    }
}

both! {
    async fn cursors_that_are_none_of_ours_are_refused(database: Database) {
        let start = read(&database.store, None, 10).await.unwrap().next;
        assert_eq!(start.position, 0, "an empty feed has a beginning");
        assert!(read(&database.store, Some(start), 10).await.is_ok());
        save_all(&database.store, &[reported(1)], "井盖丢失").await;
        let end = read(&database.store, None, 10).await.unwrap().next;
        assert_eq!(end.epoch, start.epoch);
        assert_eq!(read(&database.store, Some(end), 10).await.unwrap().events, []);
        for position in [end.position + 1, i64::MAX, -1, i64::MIN] {
            let refused = read(&database.store, Some(Cursor { position, ..end }), 10).await;
            assert!(matches!(refused, Err(FeedError::PastTheEnd)), "{position}");
        }
        let stranger = Cursor { epoch: Uuid::nil(), ..end };
        assert!(matches!(read(&database.store, Some(stranger), 10).await, Err(FeedError::OtherHistory)));
    }
}
