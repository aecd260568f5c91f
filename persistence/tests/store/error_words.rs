//! Database errors that are identified by their text. Each test provokes the error, because a new version of the database may
//! change the text.

use std::sync::{
    Arc, Barrier,
    atomic::{AtomicU32, Ordering},
};

use diesel::connection::SimpleConnection;
use grassroots_persistence::database::{db::Db, error::StoreError, store::Store};

use crate::support::Database;

fn fail(db: &mut Db, sql: &str) -> StoreError {
    db.batch_execute(sql).expect_err(sql).into()
}

fn assert_unavailable(error: &StoreError, words: &str) {
    assert!(matches!(error, StoreError::Unavailable(message) if message.contains(words)), "{error:?}");
}

#[test]
fn a_full_disk_is_unavailable_on_sqlite() {
    let database = Database::sqlite();
    let mut db = database.raw();
    db.batch_execute("CREATE TEMP TABLE filler (bytes BLOB); PRAGMA temp.max_page_count = 10").unwrap();
    let error = fail(&mut db, "INSERT INTO filler VALUES (zeroblob(1000000))");
    assert_unavailable(&error, "database or disk is full");
}

#[test]
fn a_file_that_another_process_writes_is_unavailable_on_sqlite() {
    let database = Database::sqlite();
    let (mut first, mut second) = (database.raw(), database.raw());
    first.batch_execute("BEGIN IMMEDIATE").unwrap();
    second.batch_execute("PRAGMA busy_timeout = 0").unwrap();
    assert_unavailable(&fail(&mut second, "BEGIN IMMEDIATE"), "database is locked");
}

#[test]
fn a_disk_that_fails_is_unavailable_on_sqlite() {
    let database = Database::sqlite();
    let mut db = database.raw();
    // A test cannot break the disk, so a trigger raises the text of SQLite.
    db.batch_execute(
        "CREATE TEMP TABLE broken (id INTEGER); CREATE TEMP TRIGGER failure BEFORE INSERT ON broken \
         BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END",
    )
    .unwrap();
    assert_unavailable(&fail(&mut db, "INSERT INTO broken VALUES (1)"), "disk I/O error");
}

#[test]
fn a_full_disk_is_unavailable_on_postgresql() {
    let database = Database::postgres();
    let mut db = database.raw();
    // A test cannot fill the disk of the server, so the server raises its own text.
    for words in ["could not write to file \"base/1\"", "could not extend file: No space left on device"] {
        let raise = format!("DO $$ BEGIN RAISE EXCEPTION '{words}' USING ERRCODE = 'disk_full'; END $$");
        assert_unavailable(&fail(&mut db, &raise), words);
    }
}

#[test]
fn a_read_only_server_is_unavailable_on_postgresql() {
    let database = Database::postgres();
    let mut db = database.raw();
    let error = fail(&mut db, "SET default_transaction_read_only = on; CREATE TABLE new_table (id BIGINT)");
    assert_unavailable(&error, "read-only transaction");
}

#[test]
fn a_lock_that_is_kept_too_long_is_reported_on_postgresql() {
    let database = Database::postgres();
    let (mut first, mut second) = (database.raw(), database.raw());
    first.batch_execute("BEGIN; LOCK TABLE unit").unwrap();
    let error = fail(&mut second, "SET lock_timeout = '50ms'; SELECT * FROM unit");
    assert!(matches!(error, StoreError::Locked(_)), "{error:?}");
}

/// Locks the two keys in this order. Waits for the other transaction in between, but only in its first run.
async fn lock_both(
    store: Store,
    keys: [i64; 2],
    barrier: Arc<Barrier>,
    runs: Arc<AtomicU32>,
) -> Result<(), StoreError> {
    let own_runs = AtomicU32::new(0);
    store
        .write(move |db| {
            runs.fetch_add(1, Ordering::Relaxed);
            db.batch_execute(&format!("SELECT pg_advisory_xact_lock({})", keys[0]))?;
            if own_runs.fetch_add(1, Ordering::Relaxed) == 0 {
                barrier.wait();
            }
            Ok(db.batch_execute(&format!("SELECT pg_advisory_xact_lock({})", keys[1]))?)
        })
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_victim_of_a_deadlock_runs_again_on_postgresql() {
    let database = Database::postgres();
    let (barrier, runs) = (Arc::new(Barrier::new(2)), Arc::new(AtomicU32::new(0)));
    let run =
        |keys| tokio::spawn(lock_both(database.store.clone(), keys, Arc::clone(&barrier), Arc::clone(&runs)));
    let (first, second) = (run([1, 2]), run([2, 1]));
    first.await.unwrap().unwrap();
    second.await.unwrap().unwrap();
    assert_eq!(runs.load(Ordering::Relaxed), 3);
}
