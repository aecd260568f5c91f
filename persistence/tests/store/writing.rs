//! Writing: everything or nothing, each on its own, answered only when it is on disk.

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

/// A write that is on its way: it was asked for, and nobody has waited for its answer yet.
fn begin(store: &Store, change: impl Fn(&mut Db) -> StoreResult<()> + Send + 'static) -> Write {
    let store = store.clone();
    let mut write: Write = Box::pin(async move { store.write(change).await });
    // Asked for by now, and on a fast machine even answered.
    match poll(&mut write) {
        Poll::Ready(done) => Box::pin(std::future::ready(done)),
        Poll::Pending => write,
    }
}

fn poll(write: &mut Write) -> Poll<StoreResult<()>> {
    write.as_mut().poll(&mut Context::from_waker(Waker::noop()))
}

/// A write that goes on when told to, and says when it has begun.
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

/// Writes the incident with that number.
fn report(store: &Store, number: u128) -> Write {
    let told = reported(number);
    begin(store, move |db| save(db, &told, "井盖丢失").map(drop))
}

both! {
    async fn a_write_that_fails_or_panics_takes_nobody_with_it(database: Database) {
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
        assert!(exists(store, 103).await, "and the store serves on");
    }
}

both! {
    async fn a_failed_statement_does_not_spoil_what_comes_after(database: Database) {
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
    async fn a_caller_that_hangs_up_does_not_stop_the_write(database: Database) {
        let store = &database.store;
        let (first, open, has_begun) = gate(store);
        let (done, is_done) = channel();
        let told = reported(1);
        let abandoned = begin(store, move |db| {
            save(db, &told, "井盖丢失")?;
            done.send(()).unwrap();
            Ok(())
        });
        drop(abandoned);
        has_begun.recv().unwrap();
        open.send(()).unwrap();
        first.await.unwrap();
        is_done.recv().unwrap();
        // On SQLite this write is behind it; PostgreSQL makes this insert wait for the other one's end.
        let again = opening(&reported(1).decisions[0], "井盖丢失");
        let again: StoreResult<_> = store.write(move |db| insert_all(db, std::slice::from_ref(&again))).await;
        assert_eq!(again.unwrap(), [None], "it is there");
    }
}

both! {
    async fn a_conflict_is_run_again_on_postgresql_and_reported_on_sqlite(database: Database) {
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
            // One writer: a closure that reads what it changes cannot meet a conflict of its own.
            assert!(matches!(answer, Err(StoreError::Conflict)));
            assert_eq!(runs.load(Ordering::Relaxed), 1);
        }
    }
}

both! {
    async fn a_conflict_that_stays_is_reported_in_the_end(database: Database) {
        let answer = begin(&database.store, |_| Err(StoreError::Conflict)).await;
        assert!(matches!(answer, Err(StoreError::Conflict)));
    }
}

both! {
    async fn commands_at_the_same_moment_all_happen_one_after_the_other(database: Database) {
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
                let decision = decide(&stored.case, &command, &overseer, monday(), &rules, &city().ground).unwrap();
                incidents::update(db, stored.key, &stored.case, &decision.case)?;
                events::append(db, stored.key, &decision.events, &|| b"salt".to_vec())
            })
        };
        // One loses to each of the others at most, which is within the attempts that a write has.
        let before: u32 = reported(1).case().incident.version;
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
                Ok((stored.case.incident.version, events::history(db, stored.key)?.len()))
            })
            .await;
        assert_eq!(stored.unwrap(), (before + 6, usize::try_from(before).unwrap() + 6));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn closing_drains_the_queue_and_refuses_what_comes_after() {
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
async fn a_full_queue_says_busy_at_once_and_keeps_what_it_took() {
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
async fn when_the_disk_is_full_nothing_is_lost_that_was_acknowledged() {
    const FULL: &str = "PRAGMA max_page_count = 1";
    const ROOM: &str = "PRAGMA max_page_count = 4294967294";
    let database = Database::sqlite();
    seed(&database.store).await;
    let store = &database.store;
    let set = async |pragma: &'static str| {
        begin(store, move |db| Ok(diesel::connection::SimpleConnection::batch_execute(db, pragma)?)).await
    };
    report(store, 1).await.unwrap();
    // SQLite takes the least that the file has already: what is free in its pages is soon used up.
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
