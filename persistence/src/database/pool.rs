//! Connections: which database, how a connection is set up, and a pool of connections.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use diesel::{
    Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection,
    connection::{SimpleConnection, TransactionManager},
    r2d2::{ManageConnection, PooledConnection},
    sql_types::Text,
};

use crate::database::{
    db::Db,
    error::{StoreError, StoreResult},
    error_words::is_english,
};

/// How long SQLite waits while another process writes, such as an import or a backup.
const BUSY_TIMEOUT_MS: u32 = 10_000;

/// PostgreSQL: no transaction waits longer than this for a lock, and a process that hangs in a transaction loses its locks.
const LOCK_LIMITS: &str = "SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '30s';";

/// The database that a URL names.
#[derive(Clone, Debug)]
pub(crate) enum DatabaseTarget {
    Sqlite(PathBuf),
    /// The URL as libpq understands it.
    Postgres(String),
}

impl DatabaseTarget {
    pub(crate) fn parse(url: &str) -> StoreResult<Self> {
        if let Some(path) = url.strip_prefix("sqlite://") {
            return Ok(Self::Sqlite(path.into()));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(url.to_owned()));
        }
        // The part before `@` may hold a password.
        let shown = url.split('@').next_back().unwrap_or_default();
        Err(StoreError::open(format!(
            "{shown:?} is not a database URL; use sqlite://PATH or postgresql://USER@HOST/DATABASE"
        )))
    }

    /// Opens a connection for reading.
    pub(crate) fn connect(&self) -> StoreResult<Db> {
        match self {
            Self::Sqlite(path) => Ok(Db::Sqlite(open_sqlite(path, "PRAGMA query_only = ON;")?)),
            Self::Postgres(url) => {
                let mut connection = PgConnection::establish(url).map_err(StoreError::open)?;
                connection
                    .batch_execute("SET client_min_messages = warning; SET timezone = 'UTC';")
                    .map_err(StoreError::open)?;
                Ok(Db::Postgres(connection))
            }
        }
    }

    /// Opens a connection for writing.
    pub(crate) fn connect_writer(&self) -> StoreResult<Db> {
        match self {
            Self::Sqlite(path) => {
                let settings = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864;";
                Ok(Db::Sqlite(open_sqlite(path, settings)?))
            }
            Self::Postgres(_) => self.connect(),
        }
    }
}

fn open_sqlite(path: &Path, settings: &str) -> StoreResult<SqliteConnection> {
    let mut connection = SqliteConnection::establish(&path.to_string_lossy()).map_err(StoreError::open)?;
    // The busy timeout comes first, because changing the journal mode may have to wait for a lock.
    connection
        .batch_execute(&format!(
            "PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}; PRAGMA foreign_keys = ON; PRAGMA cache_size = -16384; \
             PRAGMA temp_store = MEMORY; {settings}"
        ))
        .map_err(StoreError::open)?;
    Ok(connection)
}

/// A pool of connections. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Pool(diesel::r2d2::Pool<ConnectionManager>);

impl Pool {
    pub(crate) fn open(target: DatabaseTarget, size: u32, patience: Duration) -> StoreResult<Self> {
        diesel::r2d2::Pool::builder()
            .max_size(size)
            .min_idle(Some(1))
            .connection_timeout(patience)
            .test_on_check_out(false)
            .build(ConnectionManager(target))
            .map(Self)
            .map_err(StoreError::open)
    }

    /// Takes a free connection and runs `begin` on it. A connection may be dead because the server restarted or a standby
    /// took over, and only its use shows that. Dead connections are dropped and the next one is tried.
    pub(crate) fn begin(
        &self,
        begin: impl Fn(&mut Db) -> Result<(), diesel::result::Error>,
    ) -> StoreResult<PooledConnection<ConnectionManager>> {
        for _ in 0..self.0.max_size() {
            let mut connection = self.get()?;
            match begin(&mut connection).map_err(StoreError::from) {
                Ok(()) => return Ok(connection),
                Err(StoreError::Unavailable(_)) => {}
                Err(error) => return Err(error),
            }
        }
        // All connections of the pool were dead, so this one is new.
        let mut connection = self.get()?;
        begin(&mut connection)?;
        Ok(connection)
    }

    /// Logs a warning when PostgreSQL does not write its messages in English: some errors are identified by their text.
    pub(crate) fn check_language(&self) -> StoreResult<()> {
        #[derive(QueryableByName)]
        struct Setting {
            #[diesel(sql_type = Text)]
            lc_messages: String,
        }
        let mut connection = self.get()?;
        if let Db::Postgres(connection) = &mut *connection {
            let Setting { lc_messages } = diesel::sql_query("SHOW lc_messages").get_result(connection)?;
            if !is_english(&lc_messages) {
                tracing::warn!(
                    lc_messages,
                    "PostgreSQL does not write its messages in English, so deadlocks and a full disk are answered with \
                     status 500; run ALTER DATABASE … SET lc_messages = 'C'"
                );
            }
        }
        Ok(())
    }

    /// Takes a free connection and waits for one if none is free.
    pub(crate) fn get(&self) -> StoreResult<PooledConnection<ConnectionManager>> {
        self.0.get().map_err(|error| {
            tracing::warn!(error = %error, "no database connection became free in time");
            StoreError::Busy
        })
    }
}

/// Opens and checks the connections of the pool.
pub(crate) struct ConnectionManager(DatabaseTarget);

impl ManageConnection for ConnectionManager {
    type Connection = Db;
    type Error = StoreError;

    fn connect(&self) -> StoreResult<Db> {
        let mut db = self.0.connect()?;
        if let Db::Postgres(connection) = &mut db {
            connection.batch_execute(LOCK_LIMITS).map_err(StoreError::open)?;
        }
        Ok(db)
    }

    fn is_valid(&self, db: &mut Db) -> StoreResult<()> {
        diesel::sql_query("SELECT 1").execute(db)?;
        Ok(())
    }

    fn has_broken(&self, db: &mut Db) -> bool {
        std::thread::panicking() || <Db as Connection>::TransactionManager::is_broken_transaction_manager(db)
    }
}
