//! Reading: a read sees the database at one moment, changes nothing, and waits for a connection for a limited time.

use std::{
    sync::{Mutex, mpsc::channel},
    time::Duration,
};

use grassroots_domain::ids::IncidentId;
use grassroots_persistence::{
    database::{
        db::Db,
        error::{StoreError, StoreResult},
        store::Store,
    },
    incident::incidents,
    reference::reference_data,
};
use uuid::Uuid;

use crate::support::{Database, both, monday, reported, save, save_all};

fn find(db: &mut Db) -> StoreResult<bool> {
    Ok(incidents::find(db, IncidentId(Uuid::from_u128(1)))?.is_some())
}

async fn is_there(store: &Store) -> bool {
    store.read(find).await.unwrap()
}

both! {
    async fn a_read_sees_the_database_as_it_was_at_one_moment(database: Database) {
        let ((first, has_first), (resume, resumed)) = (channel(), channel());
        let resumed = Mutex::new(resumed);
        let store = database.store.clone();
        let reading = tokio::spawn(async move {
            let twice: StoreResult<_> = store
                .read(move |db| {
                    let before = find(db)?;
                    first.send(()).unwrap();
                    resumed.lock().unwrap().recv().unwrap();
                    Ok((before, find(db)?))
                })
                .await;
            twice.unwrap()
        });
        tokio::task::spawn_blocking(move || has_first.recv().unwrap()).await.unwrap();
        save_all(&database.store, &[reported(1)], "井盖丢失").await;
        resume.send(()).unwrap();
        assert_eq!(reading.await.unwrap(), (false, false));
        assert!(is_there(&database.store).await);
    }
}

both! {
    async fn a_read_cannot_write(database: Database) {
        let history = reported(1);
        let written = database.store.read(move |db| save(db, &history, "井盖丢失")).await;
        assert_eq!(written.is_ok(), database.store.is_postgres(), "SQLite refuses the write, PostgreSQL rolls it back");
        assert!(!is_there(&database.store).await);
    }
}

both! {
    async fn a_read_that_fails_or_panics_returns_its_connection(database: Database) {
        let store = database.open_again(1, Duration::from_secs(60));
        for _ in 0..3 {
            let failed: StoreResult<()> = store
                .read(|db| {
                    diesel::RunQueryDsl::execute(diesel::sql_query("SELECT * FROM nowhere"), db)?;
                    Ok(())
                })
                .await;
            assert!(matches!(failed, Err(StoreError::Query(_))));
            let panicked: StoreResult<()> = store.read(|_| panic!("as planned")).await;
            assert!(matches!(panicked, Err(StoreError::Panicked)));
            assert!(!is_there(&store).await);
        }
        store.close();
    }
}

both! {
    async fn a_read_that_waits_too_long_for_a_connection_is_refused_as_busy(database: Database) {
        let store = database.open_again(1, Duration::from_millis(50));
        let ((begun, has_begun), (resume, resumed)) = (channel(), channel());
        let resumed = Mutex::new(resumed);
        let holding = store.clone();
        let held = tokio::spawn(async move {
            let held: StoreResult<()> = holding
                .read(move |_| {
                    begun.send(()).unwrap();
                    resumed.lock().unwrap().recv().unwrap();
                    Ok(())
                })
                .await;
            held
        });
        tokio::task::spawn_blocking(move || has_begun.recv().unwrap()).await.unwrap();
        assert!(matches!(store.read(find).await, Err(StoreError::Busy)));
        resume.send(()).unwrap();
        held.await.unwrap().unwrap();
        assert!(!is_there(&store).await);
        store.close();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_store_reconnects_after_postgresql_ends_all_connections() {
    let database = Database::postgres();
    let store = database.open_again(4, Duration::from_secs(60));
    assert!(!is_there(&store).await);
    database.end_connections();
    for _ in 0..10 {
        assert!(!is_there(&store).await);
        let note: StoreResult<()> =
            store.write(|db| reference_data::note_import(db, "again", monday())).await;
        note.unwrap();
    }
}
