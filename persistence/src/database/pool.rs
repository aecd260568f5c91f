//! Connections: where to, how they are set up, and a pool of them.

use std::{path::PathBuf, time::Duration};

use diesel::{
    Connection, PgConnection, RunQueryDsl, SqliteConnection,
    connection::{SimpleConnection, TransactionManager},
    r2d2::{ManageConnection, PooledConnection},
};

use crate::database::{
    db::Db,
    error::{StoreError, StoreResult},
};

/// How long SQLite waits for another process that writes (an import, a backup).
const BUSY_TIMEOUT_MS: u32 = 10_000;

/// Nobody waits for ever for somebody else's row, and no node that hangs keeps its rows from the others.
const PATIENCE: &str = "SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '30s';";

/// Which database.
#[derive(Clone, Debug)]
pub(crate) enum DatabaseTarget {
    /// A file.
    Sqlite(PathBuf),
    /// A server, as libpq understands it.
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
        Err(StoreError::Open(format!(
            "{:?} is no database URL; sqlite://PATH and postgresql://… are",
            url.split('@').next_back().unwrap_or_default()
        )))
    }

    /// A connection that may only read.
    pub(crate) fn connect(&self) -> Result<Db, ConnectError> {
        match self {
            Self::Sqlite(path) => {
                let mut connection = open_sqlite(path)?;
                connection.batch_execute("PRAGMA query_only = ON;")?;
                Ok(Db::Sqlite(connection))
            }
            Self::Postgres(url) => {
                let mut connection = PgConnection::establish(url)?;
                connection.batch_execute("SET client_min_messages = warning; SET timezone = 'UTC';")?;
                Ok(Db::Postgres(connection))
            }
        }
    }

    /// The connection that writes to SQLite.
    pub(crate) fn connect_writer(&self) -> Result<Db, ConnectError> {
        match self {
            Self::Sqlite(path) => {
                let mut connection = open_sqlite(path)?;
                connection.batch_execute(
                    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864;",
                )?;
                Ok(Db::Sqlite(connection))
            }
            Self::Postgres(_) => self.connect(),
        }
    }
}

fn open_sqlite(path: &std::path::Path) -> Result<SqliteConnection, ConnectError> {
    let mut connection = SqliteConnection::establish(&path.to_string_lossy())?;
    // The time-out first: changing the journal mode may have to wait.
    connection.batch_execute(&format!(
        "PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}; PRAGMA foreign_keys = ON; PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY;"
    ))?;
    Ok(connection)
}

/// Why a connection could not be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectError {
    #[error(transparent)]
    Connect(#[from] diesel::ConnectionError),
    #[error(transparent)]
    Query(#[from] diesel::result::Error),
}

/// A pool of connections.
#[derive(Clone)]
pub(crate) struct Pool(diesel::r2d2::Pool<Manager>);

impl Pool {
    pub(crate) fn open(target: DatabaseTarget, size: u32, patience: Duration) -> StoreResult<Self> {
        diesel::r2d2::Pool::builder()
            .max_size(size)
            .min_idle(Some(1))
            .connection_timeout(patience)
            .test_on_check_out(false)
            .build(Manager(target))
            .map(Self)
            .map_err(|error| StoreError::Open(error.to_string()))
    }

    /// A free connection on which `begin` went well. One that died in the pool (the server restarted, a standby took
    /// over) is told apart only by using it, and left for another.
    pub(crate) fn begun(
        &self,
        begin: impl Fn(&mut Db) -> Result<(), diesel::result::Error>,
    ) -> StoreResult<PooledConnection<Manager>> {
        for _ in 0..self.0.max_size() {
            let mut connection = self.get()?;
            match begin(&mut connection).map_err(StoreError::from) {
                Ok(()) => return Ok(connection),
                Err(StoreError::Unavailable(_)) => {}
                Err(error) => return Err(error),
            }
        }
        // All of the pool were dead; this one is new.
        let mut connection = self.get()?;
        begin(&mut connection)?;
        Ok(connection)
    }

    /// Says so when PostgreSQL does not speak English: diesel passes its messages on, but not their codes, and some are
    /// told apart by their words.
    pub(crate) fn check_language(&self) -> StoreResult<()> {
        #[derive(diesel::QueryableByName)]
        struct Setting {
            #[diesel(sql_type = diesel::sql_types::Text)]
            lc_messages: String,
        }
        let mut connection = self.get()?;
        if let Db::Postgres(connection) = &mut *connection {
            let Setting { lc_messages } = diesel::sql_query("SHOW lc_messages").get_result(connection)?;
            if !["", "C", "C.UTF-8", "POSIX"].contains(&lc_messages.as_str())
                && !lc_messages.starts_with("en")
            {
                tracing::warn!(
                    lc_messages,
                    "PostgreSQL does not speak English: deadlocks and a full disk are answered 500; \
                     ALTER DATABASE … SET lc_messages = 'C'"
                );
            }
        }
        Ok(())
    }

    /// A free connection, waiting for one if need be.
    pub(crate) fn get(&self) -> StoreResult<PooledConnection<Manager>> {
        self.0.get().map_err(|error| {
            tracing::warn!(error = %error, "no database connection came free");
            StoreError::Busy
        })
    }
}

/// Makes and checks connections for the pool.
pub(crate) struct Manager(DatabaseTarget);

impl ManageConnection for Manager {
    type Connection = Db;
    type Error = ConnectError;

    fn connect(&self) -> Result<Db, ConnectError> {
        let mut db = self.0.connect()?;
        if let Db::Postgres(connection) = &mut db {
            connection.batch_execute(PATIENCE)?;
        }
        Ok(db)
    }

    fn is_valid(&self, db: &mut Db) -> Result<(), ConnectError> {
        diesel::sql_query("SELECT 1").execute(db)?;
        Ok(())
    }

    fn has_broken(&self, db: &mut Db) -> bool {
        std::thread::panicking() || <Db as Connection>::TransactionManager::is_broken_transaction_manager(db)
    }
}
