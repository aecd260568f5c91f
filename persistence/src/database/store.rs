//! The store: the one way to read, and the one way to write.

use std::{panic::AssertUnwindSafe, time::Duration};

use diesel::connection::SimpleConnection;
use tokio::task;

use crate::database::{
    db::Db,
    error::{StoreError, StoreResult},
    pool::{DatabaseTarget, Pool},
    writer::Writer,
};

/// How often a write is run before its conflict is reported.
const MAX_ATTEMPTS: u32 = 8;
/// First pause before a write is run again; doubles each time.
const FIRST_PAUSE: Duration = Duration::from_millis(2);

/// How the store is opened.
#[derive(Clone, Debug)]
pub struct StoreConfig {
    /// `sqlite://PATH` or a PostgreSQL URL.
    pub url: String,
    /// Connections for reading; on PostgreSQL for writing too.
    pub connections: u32,
    /// How long to wait for a free connection.
    pub patience: Duration,
}

/// A database, opened. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pool: Pool,
    /// SQLite has one writer; PostgreSQL writes through the pool.
    writer: Option<Writer>,
}

impl Store {
    /// Opens the database at `config.url`, without touching its tables.
    ///
    /// # Errors
    /// When the URL is not understood or the database does not answer.
    pub fn open(config: &StoreConfig) -> StoreResult<Self> {
        let target = DatabaseTarget::parse(&config.url)?;
        // The writer first: it creates the file and sets its mode, which readers cannot.
        let writer = match &target {
            DatabaseTarget::Sqlite(_) => Some(Writer::start(target.clone())?),
            DatabaseTarget::Postgres(_) => None,
        };
        let pool = Pool::open(target, config.connections, config.patience)?;
        pool.check_language()?;
        Ok(Self { pool, writer })
    }

    /// Whether this is PostgreSQL.
    #[must_use]
    pub const fn is_postgres(&self) -> bool {
        self.writer.is_none()
    }

    /// Runs `query` on a connection for reading, off the async threads. All of it sees the database as it was at one
    /// moment.
    ///
    /// # Errors
    /// Those of `query`, and [`StoreError::Busy`] when no connection comes free.
    pub async fn read<T, E>(
        &self,
        query: impl FnOnce(&mut Db) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let pool = self.pool.clone();
        joined(task::spawn_blocking(move || read_pooled(&pool, query)).await)
    }

    /// Runs `statement`, which is only one, on a connection for reading. What several see together is the matter of
    /// [`read`](Self::read), and costs two more ways to the database.
    ///
    /// # Errors
    /// Those of `statement`, and [`StoreError::Busy`] when no connection comes free.
    pub async fn read_one<T, E>(
        &self,
        statement: impl FnOnce(&mut Db) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let pool = self.pool.clone();
        joined(task::spawn_blocking(move || statement(&mut *pool.get()?)).await)
    }

    /// Runs `change` in one transaction and returns once it is on disk. All of it happens, or nothing.
    ///
    /// `change` may run more than once (after a deadlock, or when it reports [`StoreError::Conflict`]); whatever it
    /// does outside the database it does again. A caller that goes away does not stop it.
    ///
    /// # Errors
    /// Those of `change`, after which nothing was written; [`StoreError::Busy`] and [`StoreError::Unavailable`] when
    /// it could not be committed.
    pub async fn write<T, E>(&self, change: impl Fn(&mut Db) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Retry + Send + 'static,
    {
        match &self.writer {
            Some(writer) => writer.write(change).await,
            None => {
                let pool = self.pool.clone();
                joined(task::spawn_blocking(move || write_pooled(&pool, &change)).await)
            }
        }
    }

    /// Waits until every queued write is done and stops the writer; writes after this are refused. On PostgreSQL there is
    /// no writer, and every write is over when its caller has the answer.
    pub fn close(&self) {
        if let Some(writer) = &self.writer {
            writer.close();
        }
    }
}

/// Errors that know whether the same write may be run again.
pub trait Retry {
    /// The store's error inside, if it is one.
    fn store_error(&self) -> Option<&StoreError>;
}

impl Retry for StoreError {
    fn store_error(&self) -> Option<&StoreError> {
        Some(self)
    }
}

fn joined<T, E: From<StoreError>>(result: Result<Result<T, E>, task::JoinError>) -> Result<T, E> {
    result.unwrap_or_else(|_| Err(StoreError::Panicked.into()))
}

/// A transaction that is never committed: an incident and its legs are read as they were together.
fn read_pooled<T, E: From<StoreError>>(
    pool: &Pool,
    query: impl FnOnce(&mut Db) -> Result<T, E>,
) -> Result<T, E> {
    let mut db = pool.begun(|db| match db {
        Db::Postgres(_) => db.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ"),
        Db::Sqlite(_) => db.batch_execute("BEGIN"),
    })?;
    let result = std::panic::catch_unwind(AssertUnwindSafe(|| query(&mut db)))
        .unwrap_or_else(|_| Err(StoreError::Panicked.into()));
    if let Err(rollback) = db.batch_execute("ROLLBACK") {
        tracing::warn!(error = %rollback, "the end of a reading transaction failed");
    }
    result
}

/// PostgreSQL: one transaction on a pooled connection; concurrent commits share the flush.
fn write_pooled<T, E: From<StoreError> + Retry>(
    pool: &Pool,
    change: &impl Fn(&mut Db) -> Result<T, E>,
) -> Result<T, E> {
    let mut pause = FIRST_PAUSE;
    for attempt in 1.. {
        match transaction(pool, change) {
            Err(error)
                if attempt < MAX_ATTEMPTS && error.store_error().is_some_and(StoreError::is_transient) =>
            {
                std::thread::sleep(pause);
                pause = pause.saturating_mul(2);
            }
            other => return other,
        }
    }
    Err(StoreError::Conflict.into())
}

fn transaction<T, E: From<StoreError>>(
    pool: &Pool,
    change: &impl Fn(&mut Db) -> Result<T, E>,
) -> Result<T, E> {
    use diesel::connection::{Connection, TransactionManager};
    type Manager = <Db as Connection>::TransactionManager;

    let mut pooled = pool.begun(Manager::begin_transaction)?;
    let db: &mut Db = &mut pooled;
    let result = std::panic::catch_unwind(AssertUnwindSafe(|| change(db)))
        .unwrap_or_else(|_| Err(StoreError::Panicked.into()));
    match result {
        Ok(value) => {
            Manager::commit_transaction(db).map_err(StoreError::from)?;
            Ok(value)
        }
        Err(error) => {
            if let Err(rollback) = Manager::rollback_transaction(db) {
                tracing::warn!(error = %rollback, "rollback failed; the connection is given up");
            }
            Err(error)
        }
    }
}
