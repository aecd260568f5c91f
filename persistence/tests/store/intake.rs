//! Intake: what comes in together is written together, and each is answered for itself.

use std::{
    collections::BTreeSet,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use diesel::connection::SimpleConnection;
use grassroots_domain::ids::{AccountId, IncidentId};
use grassroots_persistence::{
    database::{
        db::Db,
        error::{StoreError, StoreResult},
        store::Store,
    },
    incident::{
        events, incidents,
        intake::{Intake, NewIncident, insert_all},
        reports,
    },
};
use uuid::Uuid;

use crate::support::{Database, Rng, both, opening, reported, seed, tell};

type Write = Pin<Box<dyn Future<Output = StoreResult<Option<i64>>> + Send>>;

/// Hands `opening` in, without waiting for the answer.
fn hand_in(intake: &Intake, opening: Arc<NewIncident>) -> Write {
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

/// Keeps everybody else from writing until it is let go.
fn hold(database: &Database) -> Db {
    let mut raw = database.raw();
    let lock = match raw {
        Db::Postgres(_) => "BEGIN; LOCK TABLE incident IN EXCLUSIVE MODE",
        Db::Sqlite(_) => "BEGIN IMMEDIATE",
    };
    raw.batch_execute(lock).unwrap();
    raw
}

fn let_go(mut held: Db) {
    held.batch_execute("ROLLBACK").unwrap();
}

async fn find(store: &Store, id: IncidentId) -> Option<incidents::IncidentRecord> {
    let found: StoreResult<_> = store.read(move |db| incidents::find(db, id)).await;
    found.unwrap()
}

both! {
    async fn what_comes_in_together_is_stored_as_it_was_decided(database: Database) {
        let intake = Intake::start(&database.store);
        let all = tell(150, &mut Rng::new(3));
        let held = hold(&database);
        let writes: Vec<_> = all.iter().map(|told| hand_in(&intake, opening(&told.decisions[0], "井盖丢失"))).collect();
        let_go(held);
        for (told, write) in all.iter().zip(writes) {
            let decision = &told.decisions[0];
            let key = write.await.unwrap().unwrap();
            let stored = find(&database.store, decision.case.incident.id).await.unwrap();
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
            let said: Vec<_> = remarks.into_iter().map(|remark| remark.text).collect();
            let words = decision.events.iter().flat_map(|decided| &decided.remarks);
            assert_eq!(said, words.map(|remark| remark.text.as_str().to_owned()).collect::<Vec<_>>());
            assert_eq!(report.unwrap().description, "井盖丢失");
        }
    }
}

both! {
    async fn of_many_with_one_id_one_is_written(database: Database) {
        let intake = Intake::start(&database.store);
        let held = hold(&database);
        let writes: Vec<_> = (0..200).map(|number| hand_in(&intake, numbered(number % 4))).collect();
        let_go(held);
        let mut keys = Vec::new();
        for write in writes {
            keys.extend(write.await.unwrap());
        }
        assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), 4);
        assert_eq!(keys.len(), 4, "each key was given away once");
    }
}

both! {
    async fn one_that_cannot_be_written_harms_no_other(database: Database) {
        let intake = Intake::start(&database.store);
        let mut nobodys = reported(1_000);
        // Nobody has this account.
        nobodys.decisions[0].case.incident.reporter = AccountId(Uuid::from_u128(77));
        let held = hold(&database);
        let mut writes: Vec<_> = (0..20).map(|number| hand_in(&intake, numbered(number))).collect();
        let nobodys = hand_in(&intake, opening(&nobodys.decisions[0], "井盖丢失"));
        writes.extend((20..40).map(|number| hand_in(&intake, numbered(number))));
        let_go(held);
        for write in writes {
            assert!(write.await.unwrap().is_some());
        }
        assert!(matches!(nobodys.await, Err(StoreError::Query(_))));
        assert!(find(&database.store, IncidentId(Uuid::from_u128(1_000))).await.is_none());
    }
}

both! {
    async fn more_than_can_wait_are_told_to_come_back(database: Database) {
        // What waits, and what two writers have taken from there.
        const ROOM: u128 = 4_096 + 2 * 32;
        let intake = Intake::start(&database.store);
        let first = numbered(0);
        let held = hold(&database);
        // All with one id: what is tested is the queue.
        let writes: Vec<_> = (0..=ROOM).map(|_| hand_in(&intake, Arc::clone(&first))).collect();
        let_go(held);
        let (mut written, mut refused) = (0, 0);
        for write in writes {
            match write.await {
                Ok(key) => written += usize::from(key.is_some()),
                Err(StoreError::Busy) => refused += 1,
                Err(error) => panic!("{error}"),
            }
        }
        assert_eq!(written, 1);
        assert!(refused >= 1, "none too many");
        assert!(hand_in(&intake, numbered(1)).await.unwrap().is_some(), "and there is room again");
    }
}

both! {
    async fn a_caller_that_hangs_up_does_not_stop_it(database: Database) {
        let intake = Intake::start(&database.store);
        let held = hold(&database);
        drop(hand_in(&intake, numbered(1)));
        let neighbour = hand_in(&intake, numbered(2));
        let_go(held);
        neighbour.await.unwrap();
        // Two writers: the other may be about to commit it, and then this one waits for it.
        assert_eq!(hand_in(&intake, numbered(1)).await.unwrap(), None);
        assert!(find(&database.store, IncidentId(Uuid::from_u128(1))).await.is_some());
    }
}

/// Another node hangs in the middle of writing a report that the phone sends once more.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn on_postgresql_a_row_that_somebody_keeps_holds_up_nobody_else_for_long() {
    let database = Database::postgres();
    seed(&database.store).await;
    let intake = Intake::start(&database.store);
    let mut hanging = database.raw();
    hanging.batch_execute("BEGIN").unwrap();
    insert_all(&mut hanging, &[numbered(1)]).unwrap();
    let sent_again = hand_in(&intake, numbered(1));
    let others: Vec<_> = (2..=80).map(|number| hand_in(&intake, numbered(number))).collect();
    for other in others {
        assert!(other.await.unwrap().is_some());
    }
    assert!(matches!(sent_again.await, Err(StoreError::Locked(_))));
    hanging.batch_execute("ROLLBACK").unwrap();
    assert!(hand_in(&intake, numbered(1)).await.unwrap().is_some());
}
