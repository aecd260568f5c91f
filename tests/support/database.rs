//! Databases for tests. The demo city is loaded once, and each test gets a copy.

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use diesel::{Connection, PgConnection, connection::SimpleConnection};
use grassroots::{auth::passwords::Passwords, demo};
use grassroots_persistence::database::{
    migrations,
    store::{Store, StoreConfig},
};
use tempfile::TempDir;
use tokio::sync::OnceCell;

use super::app::start_time;

/// The environment variable with the URL of a PostgreSQL server, set by `./test` and `scripts/with-postgres`.
const POSTGRES: &str = "GRASSROOTS_TEST_POSTGRES";

/// The database of one test. It is deleted on drop.
pub struct TestDatabase {
    pub url: String,
    pub folder: TempDir,
    /// The folder in the bucket, if photos are in an S3-compatible store.
    pub s3: Option<String>,
    /// The name of the database, if it is on PostgreSQL.
    postgres_name: Option<String>,
}

impl TestDatabase {
    /// Puts the photos into an S3-compatible store.
    pub fn with_s3(mut self) -> Self {
        self.s3 = Some(uuid::Uuid::new_v4().to_string());
        self
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Some(name) = &self.postgres_name {
            admin(&format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)"));
        }
    }
}

pub fn config(url: &str) -> StoreConfig {
    StoreConfig { url: url.to_owned(), connections: 16, patience: Duration::from_secs(30) }
}

async fn seed(url: &str) {
    migrations::migrate(url).expect("migrations run");
    let store = Store::open(&config(url)).expect("the database opens");
    demo::seed(&store, &Passwords::new().expect("passwords hash"), start_time())
        .await
        .expect("the demo is loaded");
    store.close();
}

/// A copy of the demo on SQLite.
pub async fn sqlite() -> TestDatabase {
    static TEMPLATE: OnceCell<(TempDir, PathBuf)> = OnceCell::const_new();
    let (_, template) = TEMPLATE
        .get_or_init(|| async {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let file = folder.path().join("template.db");
            seed(&format!("sqlite://{}", file.display())).await;
            let flat = folder.path().join("flat.db");
            // `VACUUM INTO` writes one file with all data, without a write-ahead log.
            let mut connection =
                diesel::SqliteConnection::establish(&file.display().to_string()).expect("it opens");
            connection.batch_execute(&format!("VACUUM INTO '{}'", flat.display())).expect("it is copied");
            (folder, flat)
        })
        .await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("grassroots.db");
    std::fs::copy(template, &file).expect("the template is copied");
    TestDatabase { url: sqlite_url(&file), folder, s3: None, postgres_name: None }
}

fn sqlite_url(file: &Path) -> String {
    format!("sqlite://{}", file.display())
}

/// A copy of the demo on PostgreSQL.
pub async fn postgres() -> TestDatabase {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let template = TEMPLATE
        .get_or_init(|| async {
            let name = format!("template_{}", std::process::id());
            admin(&format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)"));
            admin(&format!("CREATE DATABASE \"{name}\""));
            seed(&postgres_url(&name)).await;
            name
        })
        .await;
    let name = format!("test_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    admin(&format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)"));
    admin(&format!("CREATE DATABASE \"{name}\" TEMPLATE \"{template}\""));
    let folder = tempfile::tempdir().expect("a temporary folder");
    TestDatabase { url: postgres_url(&name), folder, s3: None, postgres_name: Some(name) }
}

fn server() -> String {
    std::env::var(POSTGRES).unwrap_or_else(|_| {
        panic!("{POSTGRES} is not set: run the tests with ./test, or scripts/with-postgres")
    })
}

fn postgres_url(database: &str) -> String {
    server().replacen("/postgres?", &format!("/{database}?"), 1)
}

fn admin(sql: &str) {
    let mut connection = PgConnection::establish(&server()).expect("PostgreSQL answers");
    connection.batch_execute(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
}
