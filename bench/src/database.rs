//! Databases for measurements. The demo is loaded once, and each measurement gets a copy.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use diesel::{
    Connection as _, PgConnection, QueryableByName, RunQueryDsl as _, SqliteConnection,
    connection::SimpleConnection as _,
    sql_types::{BigInt, Text},
};
use grassroots::{
    app::snapshot::{Snapshot, Snapshots},
    auth::passwords::Passwords,
    clock::TimeSource,
    demo,
};
use grassroots_domain::account::Actor;
use grassroots_persistence::{
    account::accounts,
    database::{
        db::Db,
        error::StoreResult,
        migrations,
        store::{Store, StoreConfig},
    },
};

use crate::Result;

/// The environment variable with the URL of a PostgreSQL server, set by `scripts/with-postgres`.
const POSTGRES: &str = "GRASSROOTS_TEST_POSTGRES";
/// The settings of the writing connection of `grassroots` (`persistence/src/database/pool.rs`).
const SQLITE_SETUP: &str = "PRAGMA busy_timeout = 10000; PRAGMA foreign_keys = ON; PRAGMA cache_size = -16384; \
                            PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864;";
const POSTGRES_SETUP: &str = "SET client_min_messages = warning; SET timezone = 'UTC';";
/// The settings that decide whether a commit is on disk.
const POSTGRES_DURABILITY: [&str; 5] =
    ["server_version", "fsync", "synchronous_commit", "full_page_writes", "wal_sync_method"];
/// The settings among them that must be on.
const MUST_BE_ON: [&str; 3] = ["fsync", "synchronous_commit", "full_page_writes"];

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DatabaseKind {
    Sqlite,
    Postgres,
}

impl DatabaseKind {
    pub const ALL: [Self; 2] = [Self::Sqlite, Self::Postgres];
}

impl fmt::Display for DatabaseKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        })
    }
}

/// A database with the demo, to be copied.
pub struct Template {
    pub kind: DatabaseKind,
    database: BenchDatabase,
    pub snapshot: Arc<Snapshot>,
    /// The account that reports.
    pub worker: Actor,
}

impl Template {
    /// Creates a database and loads the demo.
    pub fn create(kind: DatabaseKind, scratch: &Path) -> Result<Self> {
        let database = match kind {
            DatabaseKind::Sqlite => BenchDatabase::sqlite(scratch)?,
            DatabaseKind::Postgres => BenchDatabase::postgres(scratch, None)?,
        };
        migrations::migrate(&database.url)?;
        let runtime = tokio::runtime::Runtime::new()?;
        let (snapshot, worker) = runtime.block_on(seed(&database.url))?;
        // This closes all connections. PostgreSQL cannot copy a database while a client is connected to it.
        drop(runtime);
        Ok(Self { kind, database, snapshot, worker })
    }

    pub fn copy(&self, scratch: &Path) -> Result<BenchDatabase> {
        match self.kind {
            DatabaseKind::Postgres => BenchDatabase::postgres(scratch, Some(&self.database)),
            DatabaseKind::Sqlite => {
                let copy = BenchDatabase::sqlite(scratch)?;
                // `VACUUM INTO` writes one file with all data, without a write-ahead log.
                let sql = format!("VACUUM INTO '{}'", copy.file().display());
                self.database.connect()?.batch_execute(&sql)?;
                Ok(copy)
            }
        }
    }

    /// The settings that keep commits on disk, for the notes above the table.
    ///
    /// # Errors
    /// A setting would lose commits.
    pub fn durability(&self) -> Result<Vec<String>> {
        match self.database.connect()? {
            Db::Sqlite(mut connection) => {
                let version: Texts =
                    diesel::sql_query("SELECT sqlite_version() AS text").get_result(&mut connection)?;
                Ok(vec![format!("- SQLite {}: journal_mode=WAL synchronous=FULL", version.text)])
            }
            Db::Postgres(mut connection) => {
                let mut settings = Vec::new();
                for name in POSTGRES_DURABILITY {
                    let sql = format!("SELECT current_setting('{name}') AS text");
                    let value: Texts = diesel::sql_query(sql).get_result(&mut connection)?;
                    if MUST_BE_ON.contains(&name) && value.text != "on" {
                        return Err(format!(
                            "PostgreSQL runs with {name}={}, so commits would not be on disk; start it with \
                             GRASSROOTS_POSTGRES_DURABLE=1 scripts/with-postgres, as bench/run does",
                            value.text
                        )
                        .into());
                    }
                    settings.push(format!("{name}={}", value.text));
                }
                Ok(vec![format!("- PostgreSQL: {}", settings.join(" "))])
            }
        }
    }
}

/// Loads the demo into a migrated database. Returns its rules and units, and the account of the worker.
async fn seed(url: &str) -> Result<(Arc<Snapshot>, Actor)> {
    let patience = Duration::from_secs(30);
    let store = Store::open(&StoreConfig { url: url.to_owned(), connections: 1, patience })?;
    demo::seed(&store, &Passwords::new()?, TimeSource::system().now())
        .await
        .map_err(|error| format!("{error:?}"))?;
    let snapshot = Snapshots::load(&store).await?.current();
    let worker: StoreResult<_> = store.read(|db| accounts::find_by_username(db, "worker")).await;
    let (worker, _) = worker?.ok_or("the demo has no worker")?;
    store.close();
    Ok((snapshot, worker.actor()))
}

/// A database of one measurement. It is deleted on drop.
pub struct BenchDatabase {
    pub url: String,
    /// The folder of its files, logs and scripts.
    pub folder: PathBuf,
    /// The name of the database, if it is on PostgreSQL.
    name: Option<String>,
}

#[derive(QueryableByName)]
struct Texts {
    #[diesel(sql_type = Text)]
    text: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

impl BenchDatabase {
    fn sqlite(scratch: &Path) -> Result<Self> {
        let (folder, _) = folder(scratch)?;
        let url = format!("sqlite://{}", folder.join("grassroots.db").display());
        Ok(Self { url, folder, name: None })
    }

    fn postgres(scratch: &Path, template: Option<&Self>) -> Result<Self> {
        let (folder, number) = folder(scratch)?;
        let name = format!("grassroots_bench_{}_{number}", std::process::id());
        let url = server()?.replacen("/postgres?", &format!("/{name}?"), 1);
        let template = template.and_then(|template| template.name.as_deref()).unwrap_or("template0");
        administer(&format!("CREATE DATABASE {name} TEMPLATE {template}"))?;
        Ok(Self { url, folder, name: Some(name) })
    }

    fn file(&self) -> PathBuf {
        self.folder.join("grassroots.db")
    }

    /// A connection with the settings of the writing connection of `grassroots`.
    pub fn connect(&self) -> Result<Db> {
        if self.name.is_some() {
            let mut connection = PgConnection::establish(&self.url)?;
            connection.batch_execute(POSTGRES_SETUP)?;
            return Ok(Db::Postgres(connection));
        }
        let mut connection = SqliteConnection::establish(&self.file().to_string_lossy())?;
        connection.batch_execute(SQLITE_SETUP)?;
        Ok(Db::Sqlite(connection))
    }

    /// Updates the statistics for the query planner. PostgreSQL does this itself within a minute; until then it plans
    /// for empty tables, and scans whole tables.
    pub fn gather_statistics(&self) -> Result<()> {
        match self.connect()? {
            Db::Postgres(mut connection) => Ok(connection.batch_execute("ANALYZE")?),
            Db::Sqlite(_) => Ok(()),
        }
    }

    pub fn count_incidents(&self) -> Result<usize> {
        let sql = "SELECT count(*) AS count FROM incident";
        Ok(usize::try_from(self.count(sql, sql)?)?)
    }

    /// The size of all tables and indexes.
    pub fn bytes(&self) -> Result<i64> {
        self.count(
            "SELECT pg_database_size(current_database()) AS count",
            "SELECT page_count * page_size AS count FROM pragma_page_count(), pragma_page_size()",
        )
    }

    fn count(&self, postgres: &str, sqlite: &str) -> Result<i64> {
        let counted: Count = match &mut self.connect()? {
            Db::Postgres(connection) => diesel::sql_query(postgres).get_result(connection)?,
            Db::Sqlite(connection) => diesel::sql_query(sqlite).get_result(connection)?,
        };
        Ok(counted.count)
    }
}

impl Drop for BenchDatabase {
    fn drop(&mut self) {
        if let Some(name) = &self.name
            && let Err(error) = administer(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        {
            eprintln!("{error}");
        }
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            eprintln!("{}: {error}", self.folder.display());
        }
    }
}

/// Creates a new folder. Returns its path and its number.
fn folder(scratch: &Path) -> Result<(PathBuf, u32)> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let folder = scratch.join(number.to_string());
    std::fs::create_dir(&folder)?;
    Ok((folder, number))
}

fn server() -> Result<String> {
    let url = std::env::var(POSTGRES)
        .map_err(|_| format!("{POSTGRES} is not set; start this with bench/run, or ask for --only sqlite"))?;
    if url.contains("/postgres?") {
        return Ok(url);
    }
    Err(format!("{POSTGRES} should look like postgresql:///postgres?host=…").into())
}

fn administer(sql: &str) -> Result<()> {
    let mut connection = PgConnection::establish(&server()?)?;
    connection.batch_execute(sql).map_err(|error| format!("{sql}: {error}").into())
}
