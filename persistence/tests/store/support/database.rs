//! The database of one test: created and migrated, and deleted when it is dropped.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use diesel::{Connection, PgConnection, SqliteConnection, connection::SimpleConnection};
use grassroots_persistence::database::{
    db::Db,
    migrations::migrate,
    store::{Store, StoreConfig},
};
use tempfile::TempDir;

/// The variable with the URL of the PostgreSQL server.
const POSTGRES: &str = "GRASSROOTS_TEST_POSTGRES";

pub struct Database {
    pub store: Store,
    pub url: String,
    _folder: Option<TempDir>,
    name: Option<String>,
}

impl Drop for Database {
    fn drop(&mut self) {
        self.store.close();
        if let Some(name) = &self.name {
            on_server(&format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)"));
        }
    }
}

impl Database {
    /// Creates a file.
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("grassroots.db").display());
        Self::migrated(url, Some(folder), None)
    }

    /// Creates a database on the server.
    pub fn postgres() -> Self {
        let (url, name) = Self::empty_postgres();
        Self::migrated(url, None, Some(name))
    }

    /// Opens a database that exists, and deletes it when dropped.
    pub fn on(url: String, name: String) -> Self {
        Self::migrated(url, None, Some(name))
    }

    /// Creates a database without tables, and returns its URL and its name.
    pub fn empty_postgres() -> (String, String) {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("store_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        on_server(&format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)"));
        on_server(&format!("CREATE DATABASE \"{name}\""));
        (server().replacen("/postgres?", &format!("/{name}?"), 1), name)
    }

    fn migrated(url: String, folder: Option<TempDir>, name: Option<String>) -> Self {
        migrate(&url).unwrap();
        let store = open(&url, 8, Duration::from_secs(60));
        Self { store, url, _folder: folder, name }
    }

    /// Opens another store on the same database.
    pub fn open_again(&self, connections: u32, patience: Duration) -> Store {
        open(&self.url, connections, patience)
    }

    /// Ends all connections to the database, as a restart of the server does.
    pub fn end_connections(&self) {
        let name = self.name.as_ref().unwrap();
        // Waits at most one minute until they have ended.
        on_server(&format!(
            "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = '{name}'"
        ));
    }

    /// Opens a connection outside the store.
    pub fn raw(&self) -> Db {
        match self.url.strip_prefix("sqlite://") {
            Some(path) => {
                let mut connection = SqliteConnection::establish(path).unwrap();
                connection.batch_execute("PRAGMA busy_timeout = 60000").unwrap();
                Db::Sqlite(connection)
            }
            None => Db::Postgres(PgConnection::establish(&self.url).unwrap()),
        }
    }
}

fn open(url: &str, connections: u32, patience: Duration) -> Store {
    Store::open(&StoreConfig { url: url.to_owned(), connections, patience }).unwrap()
}

fn server() -> String {
    std::env::var(POSTGRES)
        .unwrap_or_else(|_| panic!("{POSTGRES} is not set; run ./test or scripts/with-postgres cargo test"))
}

/// Runs one statement on the server, outside the databases of the tests.
fn on_server(sql: &str) {
    let mut connection = PgConnection::establish(&server()).unwrap();
    connection.batch_execute(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
}

/// Defines a test for both databases, each filled with the small city.
macro_rules! both {
    ($(#[$meta:meta])* async fn $name:ident($database:ident: Database) $body:block) => {
        $(#[$meta])*
        mod $name {
            use super::*;

            async fn run($database: Database) {
                $crate::support::seed(&$database.store).await;
                $body
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn sqlite() {
                run(Database::sqlite()).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn postgres() {
                run(Database::postgres()).await;
            }
        }
    };
}
pub(crate) use both;
