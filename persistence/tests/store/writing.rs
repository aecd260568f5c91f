//! Writing: transactions are atomic and isolated, and callers get their answer when the transaction is on disk.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
    task::{Context, Poll, Waker},
};

use grassroots_domain::{
    account::Role,
    commands::{Command, comment::Comment},
    decide::decide,
    ids::IncidentId,
    incident::remark::Audience,
    text::{REMARK, parse},
};
use grassroots_persistence::{
    database::{
        db::Db,
        error::{StoreError, StoreResult},
        store::Store,
    },
    incident::{events, incidents, intake::insert_all},
};
use uuid::Uuid;

use crate::support::{Database, both, city, monday, opening, people, reported, save, seed};

type Write = Pin<Box<dyn Future<Output = StoreResult<()>> + Send>>;

/// Starts a write without waiting for its result.
fn begin(store: &Store, change: impl Fn(&mut Db) -> StoreResult<()> + Send + 'static) -> Write {
    let store = store.clone();
    let mut write: Write = Box::pin(async move { store.write(change).await });
    // The first poll queues the write. On a fast machine it may be done already.
    match poll(&mut write) {
        Poll::Ready(done) => Box::pin(std::future::ready(done)),
        Poll::Pending => write,
    }
}

fn poll(write: &mut Write) -> Poll<StoreResult<()>> {
    write.as_mut().poll(&mut Context::from_waker(Waker::noop()))
}

/// A write that signals its start and then waits for a signal to continue.
fn gate(store: &Store) -> (Write, Sender<()>, Receiver<()>) {
    let ((open, opened), (begun, has_begun)) = (channel(), channel());
    let opened = Mutex::new(opened);
    let write = begin(store, move |_| {
        begun.send(()).unwrap();
        opened.lock().unwrap().recv().unwrap();
        Ok(())
    });
    (write, open, has_begun)
}

async fn exists(store: &Store, number: u128) -> bool {
    let found: StoreResult<_> =
        store.read(move |db| incidents::find(db, IncidentId(Uuid::from_u128(number)))).await;
    found.unwrap().is_some()
}

/// Starts to write the incident with this number.
fn report(store: &Store, number: u128) -> Write {
    let history = reported(number);
    begin(store, move |db| save(db, &history, "井盖丢失").map(drop))
}

both! {
    async fn a_write_that_fails_or_panics_does_not_affect_other_writes(database: Database) {
        let store = &database.store;
        let (first, open, has_begun) = gate(store);
        let mut neighbours: Vec<(u128, Write)> = (1..=32).map(|number| (number, report(store, number))).collect();
        let (failing, panicking) = (reported(101), reported(102));
        let failing = begin(store, move |db| {
            save(db, &failing, "井盖丢失")?;
            Err(StoreError::Unavailable("as planned".to_owned()))
        });
        let panicking = begin(store, move |db| {
            save(db, &panicking, "井盖丢失")?;
            panic!("as planned")
        });
        neighbours.extend((33..=64).map(|number| (number, report(store, number))));
        has_begun.recv().unwrap();
        open.send(()).unwrap();
        first.await.unwrap();
        assert!(matches!(failing.await, Err(StoreError::Unavailable(reason)) if reason == "as planned"));
        assert!(matches!(panicking.await, Err(StoreError::Panicked)));
        for (number, neighbour) in neighbours {
            neighbour.await.unwrap();
            assert!(exists(store, number).await, "{number}");
        }
        assert!(!exists(store, 101).await && !exists(store, 102).await);
        report(store, 103).await.unwrap();
        assert!(exists(store, 103).await, "the store still works");
    }
}

both! {
    async fn a_failed_statement_does_not_affect_later_writes(database: Database) {
        let broken = begin(&database.store, |db| {
            diesel::RunQueryDsl::execute(diesel::sql_query("SELECT * FROM nowhere"), db)?;
            Ok(())
        });
        let neighbour = report(&database.store, 1);
        assert!(matches!(broken.await, Err(StoreError::Query(_))));
        neighbour.await.unwrap();
        assert!(exists(&database.store, 1).await);
    }
}

both! {
    async fn a_write_completes_when_its_caller_is_dropped(database: Database) {
        let store = &database.store;
        let (first, open, has_begun) = gate(store);
        let (done, is_done) = channel();
        let history = reported(1);
        let abandoned = begin(store, move |db| {
            save(db, &history, "井盖丢失")?;
            done.send(()).unwrap();
            Ok(())
        });
        drop(abandoned);
        has_begun.recv().unwrap();
        open.send(()).unwrap();
        first.await.unwrap();
        is_done.recv().unwrap();
        // On SQLite this write is queued after the other one. On PostgreSQL this insert waits for the other transaction.
        let again = opening(&reported(1).decisions[0], "井盖丢失");
        let again: StoreResult<_> = store.write(move |db| insert_all(db, std::slice::from_ref(&again))).await;
        assert_eq!(again.unwrap(), [None], "the incident exists");
    }
}

both! {
    async fn a_conflict_is_repeated_on_postgresql_and_returned_on_sqlite(database: Database) {
        let runs = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&runs);
        let answer = begin(&database.store, move |_| {
            if counted.fetch_add(1, Ordering::Relaxed) < 2 { Err(StoreError::Conflict) } else { Ok(()) }
        })
        .await;
        if database.store.is_postgres() {
            assert!(answer.is_ok());
            assert_eq!(runs.load(Ordering::Relaxed), 3);
        } else {
            // SQLite has one writer, so a closure that reads the row that it changes cannot have a conflict.
            assert!(matches!(answer, Err(StoreError::Conflict)));
            assert_eq!(runs.load(Ordering::Relaxed), 1);
        }
    }
}

both! {
    async fn a_permanent_conflict_is_returned(database: Database) {
        let answer = begin(&database.store, |_| Err(StoreError::Conflict)).await;
        assert!(matches!(answer, Err(StoreError::Conflict)));
    }
}

both! {
    async fn concurrent_commands_all_succeed_one_after_the_other(database: Database) {
        let store = &database.store;
        report(store, 1).await.unwrap();
        let overseer = people().into_iter().find(|actor| actor.role == Role::CityOverseer).unwrap();
        let (first, open, has_begun) = gate(store);
        let comment = |number: u32| {
            let (overseer, rules) = (overseer.clone(), city().rules);
            begin(store, move |db| {
                let stored = incidents::find(db, IncidentId(Uuid::from_u128(1)))?.unwrap();
                let text = parse(&format!("第{number}次"), REMARK).unwrap().0;
                let command: Command = Comment { audience: Audience::Internal, text }.into();
                let decision = decide(&stored.case, &command, &overseer, monday(), &rules, &city().reference_data).unwrap();
                incidents::update(db, stored.key, &stored.case, &decision.case)?;
                events::append(db, stored.key, &decision.events, &|| b"salt".to_vec())
            })
        };
        // A command loses to each of the others at most once, so it needs at most six of its eight attempts.
        let before: u32 = reported(1).case().incident().version;
        let comments: Vec<Write> = (1..=6).map(comment).collect();
        has_begun.recv().unwrap();
        open.send(()).unwrap();
        first.await.unwrap();
        for comment in comments {
            comment.await.unwrap();
        }
        let stored: StoreResult<_> = store
            .read(|db| {
                let stored = incidents::find(db, IncidentId(Uuid::from_u128(1)))?.unwrap();
                Ok((stored.case.incident().version, events::history(db, stored.key)?.len()))
            })
            .await;
        assert_eq!(stored.unwrap(), (before + 6, usize::try_from(before).unwrap() + 6));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn closing_waits_for_queued_writes_and_refuses_later_ones() {
    let database = Database::sqlite();
    crate::support::seed(&database.store).await;
    let store = &database.store;
    let (first, open, has_begun) = gate(store);
    let queued: Vec<(u128, Write)> = (1..=50).map(|number| (number, report(store, number))).collect();
    has_begun.recv().unwrap();
    let closing = store.clone();
    let closed = tokio::task::spawn_blocking(move || closing.close());
    open.send(()).unwrap();
    closed.await.unwrap();
    first.await.unwrap();
    for (number, write) in queued {
        write.await.unwrap();
        assert!(exists(store, number).await, "{number}");
    }
    let refused: StoreResult<()> = store.write(|_| Ok(())).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))));
    store.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_full_queue_refuses_a_write_at_once_and_keeps_the_queued_ones() {
    let database = Database::sqlite();
    let store = &database.store;
    let (first, open, has_begun) = gate(store);
    has_begun.recv().unwrap();
    let done = Arc::new(AtomicU32::new(0));
    let (mut taken, mut write) = (Vec::new(), None);
    while write.is_none() {
        let (store, done) = (store.clone(), Arc::clone(&done));
        let mut next: Write = Box::pin(async move {
            let count = move |_: &mut Db| {
                done.fetch_add(1, Ordering::Relaxed);
                Ok(())
            };
            store.write(count).await
        });
        match poll(&mut next) {
            Poll::Pending => taken.push(next),
            Poll::Ready(answer) => write = Some(answer),
        }
        assert!(taken.len() <= 100_000, "the queue has no end");
    }
    assert!(matches!(write, Some(Err(StoreError::Busy))));
    open.send(()).unwrap();
    first.await.unwrap();
    let expected = u32::try_from(taken.len()).unwrap();
    for write in taken {
        write.await.unwrap();
    }
    assert_eq!(done.load(Ordering::Relaxed), expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_full_disk_loses_no_acknowledged_write() {
    const FULL: &str = "PRAGMA max_page_count = 1";
    const ROOM: &str = "PRAGMA max_page_count = 4294967294";
    let database = Database::sqlite();
    seed(&database.store).await;
    let store = &database.store;
    let set = async |pragma: &'static str| {
        begin(store, move |db| Ok(diesel::connection::SimpleConnection::batch_execute(db, pragma)?)).await
    };
    report(store, 1).await.unwrap();
    // SQLite raises the limit to the present size of the file. The free space in its pages is soon used up.
    set(FULL).await.unwrap();
    let writes: Vec<(u128, Write)> = (2..=600).map(|number| (number, report(store, number))).collect();
    let (mut kept, mut refused) = (vec![1], Vec::new());
    for (number, write) in writes {
        match write.await {
            Ok(()) => kept.push(number),
            Err(StoreError::Unavailable(_)) => refused.push(number),
            Err(error) => panic!("{error}"),
        }
    }
    assert!(!refused.is_empty(), "the disk was not full");
    for number in kept {
        assert!(exists(store, number).await, "{number}");
    }
    for number in &refused {
        assert!(!exists(store, *number).await, "{number}");
    }
    set(ROOM).await.unwrap();
    for number in refused {
        report(store, number).await.unwrap();
        assert!(exists(store, number).await, "{number}");
    }
}
