//! Intake: incidents that arrive together are written together, and each caller gets its own result.

use std::{
    collections::BTreeSet,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use diesel::connection::SimpleConnection;
use grassroots_domain::{
    geography::{
        datum::Datum,
        position::{Position, PositionSource, RawPosition},
    },
    ids::{AccountId, IncidentId},
    incident::{State, source::Source},
    testing::context::alter,
};
use grassroots_persistence::{
    database::{
        db::Db,
        error::{StoreError, StoreResult},
        store::Store,
    },
    incident::{
        events, external_numbers, incidents,
        intake::{Intake, NewIncident, insert_all},
        reports,
    },
};
use uuid::Uuid;

use crate::support::{Database, Rng, both, opening, random_histories, reported, seed};

type Write = Pin<Box<dyn Future<Output = StoreResult<Option<i64>>> + Send>>;

/// Starts to write an incident without waiting for the result.
fn start_write(intake: &Intake, opening: Arc<NewIncident>) -> Write {
    let intake = intake.clone();
    let mut write: Write = Box::pin(async move { intake.write(opening).await });
    match write.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => Box::pin(std::future::ready(done)),
        Poll::Pending => write,
    }
}

fn numbered(number: u128) -> Arc<NewIncident> {
    opening(&reported(number).decisions[0], "井盖丢失")
}

/// Blocks all other writers until `release`.
fn hold(database: &Database) -> Db {
    let mut raw = database.raw();
    let lock = match raw {
        Db::Postgres(_) => "BEGIN; LOCK TABLE incident IN EXCLUSIVE MODE",
        Db::Sqlite(_) => "BEGIN IMMEDIATE",
    };
    raw.batch_execute(lock).unwrap();
    raw
}

fn release(mut held: Db) {
    held.batch_execute("ROLLBACK").unwrap();
}

async fn find(store: &Store, id: IncidentId) -> Option<incidents::IncidentRecord> {
    let record: StoreResult<_> = store.read(move |db| incidents::find(db, id)).await;
    record.unwrap()
}

both! {
    async fn incidents_that_arrive_together_are_stored_as_decided(database: Database) {
        let intake = Intake::start(&database.store);
        let all = random_histories(150, &mut Rng::new(3));
        let held = hold(&database);
        let writes: Vec<_> = all.iter().map(|history| start_write(&intake, opening(&history.decisions[0], "井盖丢失"))).collect();
        release(held);
        for (history, write) in all.iter().zip(writes) {
            let decision = &history.decisions[0];
            let key = write.await.unwrap().unwrap();
            let stored = find(&database.store, decision.case.incident().id).await.unwrap();
            assert_eq!((stored.key, &stored.case), (key, &decision.case));
            let read: StoreResult<_> = database
                .store
                .read(move |db| Ok((events::history(db, key)?, events::remarks(db, key)?, reports::get(db, key)?)))
                .await;
            let (history, remarks, report) = read.unwrap();
            assert!(history.iter().all(events::StoredEvent::is_genuine));
            let happened: Vec<_> = history.into_iter().map(|event| event.event).collect();
            let decided: Vec<_> = decision.events.iter().map(|decided| decided.event.clone()).collect();
            assert_eq!(happened, decided);
            let texts: Vec<_> = remarks.into_iter().map(|remark| remark.text).collect();
            let words = decision.events.iter().flat_map(|decided| &decided.remarks);
            assert_eq!(texts, words.map(|remark| remark.text.as_str().to_owned()).collect::<Vec<_>>());
            assert_eq!(report.unwrap().description, "井盖丢失");
        }
    }
}

both! {
    async fn a_report_is_read_as_it_was_written(database: Database) {
        let at = |text: &str| Some(text.parse().unwrap());
        for (number, datum) in (0..).zip(Datum::ALL) {
            let raw = RawPosition {
                lon: 111.047_283_91,
                lat: 34.052_310_070_4,
                datum: *datum,
                accuracy_m: Some(12.5),
                captured_at: at("2026-11-23T00:59:58.001Z"),
                source: PositionSource::Gps,
            };
            let mut new = Arc::unwrap_or_clone(numbered(number));
            new.report.title = Some("井盖".to_owned());
            new.report.place_text = Some("村口".to_owned());
            new.report.position = Some(Position::parse(raw).unwrap().0);
            new.report.occurred_at = at("2026-11-23T00:30:00Z");
            new.report.reported_at = at("2026-11-23T01:00:00.999Z");
            new.report.sent_at = at("2026-11-23T01:00:01Z");
            new.report.warnings = vec!["photo_missing".to_owned(), "location_inaccurate".to_owned()];
            let given = new.report.clone();
            let key = Intake::start(&database.store).write(Arc::new(new)).await.unwrap().unwrap();
            let stored: StoreResult<_> = database.store.read(move |db| reports::get(db, key)).await;
            assert_eq!(stored.unwrap(), Some(given), "{datum}");
        }
    }
}

both! {
    async fn an_id_is_written_only_once(database: Database) {
        let intake = Intake::start(&database.store);
        let held = hold(&database);
        let writes: Vec<_> = (0..200).map(|number| start_write(&intake, numbered(number % 4))).collect();
        release(held);
        let mut keys = Vec::new();
        for write in writes {
            keys.extend(write.await.unwrap());
        }
        assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), 4);
        assert_eq!(keys.len(), 4, "each key was returned once");
    }
}

both! {
    async fn an_invalid_incident_does_not_affect_others(database: Database) {
        let intake = Intake::start(&database.store);
        let mut invalid = reported(1_000);
        // This account does not exist.
        alter(&mut invalid.decisions[0].case, |incident| incident.reporter = AccountId(Uuid::from_u128(77)));
        let held = hold(&database);
        let mut writes: Vec<_> = (0..20).map(|number| start_write(&intake, numbered(number))).collect();
        let invalid = start_write(&intake, opening(&invalid.decisions[0], "井盖丢失"));
        writes.extend((20..40).map(|number| start_write(&intake, numbered(number))));
        release(held);
        for write in writes {
            assert!(write.await.unwrap().is_some());
        }
        assert!(matches!(invalid.await, Err(StoreError::Query(_))));
        assert!(find(&database.store, IncidentId(Uuid::from_u128(1_000))).await.is_none());
    }
}

both! {
    async fn a_full_queue_refuses_further_incidents(database: Database) {
        // The length of the queue, and two batches that the writers have taken.
        const ROOM: u128 = 4_096 + 2 * 32;
        let intake = Intake::start(&database.store);
        let first = numbered(0);
        let held = hold(&database);
        // All have the same id, because only the queue is tested.
        let writes: Vec<_> = (0..=ROOM).map(|_| start_write(&intake, Arc::clone(&first))).collect();
        release(held);
        let (mut written, mut refused) = (0, 0);
        for write in writes {
            match write.await {
                Ok(key) => written += usize::from(key.is_some()),
                Err(StoreError::Busy) => refused += 1,
                Err(error) => panic!("{error}"),
            }
        }
        assert_eq!(written, 1);
        assert!(refused >= 1, "the queue was not full");
        assert!(start_write(&intake, numbered(1)).await.unwrap().is_some(), "the queue has room again");
    }
}

both! {
    async fn an_incident_is_written_when_its_caller_is_dropped(database: Database) {
        let intake = Intake::start(&database.store);
        let held = hold(&database);
        drop(start_write(&intake, numbered(1)));
        let neighbour = start_write(&intake, numbered(2));
        release(held);
        neighbour.await.unwrap();
        // The other writer may not have committed the first one yet. Then this write waits for it.
        assert_eq!(start_write(&intake, numbered(1)).await.unwrap(), None);
        assert!(find(&database.store, IncidentId(Uuid::from_u128(1))).await.is_some());
    }
}

/// Another server hangs while it writes a report, and the phone sends the report again.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_locked_row_on_postgresql_delays_only_its_own_report() {
    let database = Database::postgres();
    seed(&database.store).await;
    let intake = Intake::start(&database.store);
    let mut hanging = database.raw();
    hanging.batch_execute("BEGIN").unwrap();
    insert_all(&mut hanging, &[numbered(1)]).unwrap();
    let sent_again = start_write(&intake, numbered(1));
    let others: Vec<_> = (2..=80).map(|number| start_write(&intake, numbered(number))).collect();
    for other in others {
        assert!(other.await.unwrap().is_some());
    }
    assert!(matches!(sent_again.await, Err(StoreError::Locked(_))));
    hanging.batch_execute("ROLLBACK").unwrap();
    assert!(start_write(&intake, numbered(1)).await.unwrap().is_some());
}

/// A report with this id and this number of the hotline.
fn order(id: u128, number: &str) -> Arc<NewIncident> {
    let mut decision = reported(id).decisions[0].clone();
    alter(&mut decision.case, |incident| {
        incident.source = Source::Hotline;
        incident.external_no = Some(number.parse().unwrap());
    });
    opening(&decision, "井盖丢失")
}

/// Writes a batch and returns which of its reports were written.
async fn written(store: &Store, batch: &[Arc<NewIncident>]) -> Vec<bool> {
    let batch = batch.to_vec();
    let keys: StoreResult<_> = store.write(move |db| insert_all(db, &batch)).await;
    keys.unwrap().into_iter().map(|key| key.is_some()).collect()
}

/// The number of the incident that has this number of the hotline.
async fn owner(store: &Store, number: &str) -> Option<u128> {
    let number = number.parse().unwrap();
    let found: StoreResult<_> =
        store.read(move |db| external_numbers::find(db, Source::Hotline, &number)).await;
    found.unwrap().map(|id| id.0.as_u128())
}

both! {
    async fn a_number_belongs_to_one_incident_however_reports_meet_in_a_batch(database: Database) {
        let store = &database.store;
        // One id with two numbers: the first report counts, and the other number stays free.
        assert_eq!(written(store, &[order(1, "A"), order(1, "B")]).await, [true, false]);
        assert_eq!((owner(store, "A").await, owner(store, "B").await), (Some(1), None));
        assert_eq!(written(store, &[order(2, "B")]).await, [true]);
        // A number that is taken, and another number under the same id.
        assert_eq!(written(store, &[order(3, "A"), order(3, "C")]).await, [false, false]);
        assert_eq!((owner(store, "A").await, owner(store, "C").await), (Some(1), None));
        // A stored id that is sent again with its number and with another one.
        assert_eq!(written(store, &[order(1, "A"), order(1, "D")]).await, [false, false]);
        assert_eq!((owner(store, "A").await, owner(store, "D").await), (Some(1), None));
        // A stored id that has no number does not keep a number from somebody else.
        assert_eq!(written(store, &[numbered(4)]).await, [true]);
        assert_eq!(written(store, &[order(4, "E"), order(5, "E")]).await, [false, true]);
        assert_eq!(owner(store, "E").await, Some(5));
        // One number under two ids, and reports without a number beside them.
        assert_eq!(written(store, &[order(6, "F"), numbered(7), order(8, "F")]).await, [true, true, false]);
        // Written in another way it is the same number.
        assert_eq!(written(store, &[order(9, "（2026）豫号a-1"), order(10, "(2026)豫号A-1")]).await, [true, false]);
    }
}

both! {
    async fn the_number_of_a_report_that_came_to_nothing_is_free_again(database: Database) {
        let store = &database.store;
        let first = order(1, "A");
        assert_eq!(written(store, std::slice::from_ref(&first)).await, [true]);
        let mut voided = first.case.clone();
        alter(&mut voided, |incident| {
            incident.state = State::Voided;
            incident.version += 1;
        });
        let done: StoreResult<_> = store.write(move |db| incidents::update(db, 1, &first.case, &voided)).await;
        done.unwrap();
        assert_eq!(written(store, &[order(2, "A")]).await, [true]);
        assert_eq!(owner(store, "A").await, Some(2));
    }
}
