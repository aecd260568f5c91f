//! The store: the only way to read and the only way to write.

use std::{panic::AssertUnwindSafe, time::Duration};

use diesel::connection::{Connection, SimpleConnection, TransactionManager};
use tokio::task;

use crate::database::{
    db::Db,
    error::{StoreError, StoreResult, WriteError},
    pool::{DatabaseTarget, Pool},
    writer::Writer,
};

/// How often a write runs before its conflict is returned to the caller.
const MAX_ATTEMPTS: u32 = 8;
/// The pause before the second run of a write. Each further pause is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(2);

#[derive(Clone, Debug)]
pub struct StoreConfig {
    /// `sqlite://PATH` or a PostgreSQL URL.
    pub url: String,
    /// Number of connections for reading. PostgreSQL also writes through them.
    pub connections: u32,
    /// How long a caller waits for a free connection.
    pub patience: Duration,
}

/// An open database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pool: Pool,
    /// SQLite has one writer. PostgreSQL writes through the pool and has none.
    writer: Option<Writer>,
}

impl Store {
    /// Opens the database at `config.url`. Does not change its tables.
    ///
    /// # Errors
    /// [`StoreError::Open`] if the URL is not valid or the database does not answer.
    pub fn open(config: &StoreConfig) -> StoreResult<Self> {
        let target = DatabaseTarget::parse(&config.url)?;
        // The writer comes first: it creates the file and sets the journal mode, which readers cannot do.
        let writer = match &target {
            DatabaseTarget::Sqlite(_) => Some(Writer::start(target.clone())?),
            DatabaseTarget::Postgres(_) => None,
        };
        let pool = Pool::open(target, config.connections, config.patience)?;
        pool.check_language()?;
        Ok(Self { pool, writer })
    }

    #[must_use]
    pub const fn is_postgres(&self) -> bool {
        self.writer.is_none()
    }

    /// Runs `query` in a transaction on a blocking thread. All its statements see the database as of one moment. The
    /// transaction is rolled back at the end.
    ///
    /// # Errors
    /// The error of `query`, or [`StoreError::Busy`] if no connection becomes free.
    pub async fn read<T, E>(
        &self,
        query: impl FnOnce(&mut Db) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let pool = self.pool.clone();
        join(task::spawn_blocking(move || read_pooled(&pool, query)).await)
    }

    /// Runs a single `statement` without a transaction, which saves two round trips. Use [`read`](Self::read) for several
    /// statements.
    ///
    /// # Errors
    /// The error of `statement`, or [`StoreError::Busy`] if no connection becomes free.
    pub async fn read_one<T, E>(
        &self,
        statement: impl FnOnce(&mut Db) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let pool = self.pool.clone();
        join(task::spawn_blocking(move || statement(&mut *pool.get()?)).await)
    }

    /// Runs `change` in one transaction and returns when the transaction is on disk. If `change` fails, nothing is written.
    ///
    /// On PostgreSQL `change` may run more than once: after a deadlock, a duplicate key, or [`StoreError::Conflict`]. It
    /// must not have effects outside the database. It also completes if the caller drops the future.
    ///
    /// # Errors
    /// The error of `change`. [`StoreError::Busy`] or [`StoreError::Unavailable`] if the transaction could not be committed.
    pub async fn write<T, E>(&self, change: impl Fn(&mut Db) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: WriteError,
    {
        match &self.writer {
            Some(writer) => writer.write(change).await,
            None => {
                let pool = self.pool.clone();
                join(task::spawn_blocking(move || write_pooled(&pool, &change)).await)
            }
        }
    }

    /// Waits until all queued writes are done, and stops the writer. Later writes are refused. Does nothing on PostgreSQL,
    /// which has no queue.
    pub fn close(&self) {
        if let Some(writer) = &self.writer {
            writer.close();
        }
    }
}

fn join<T, E: From<StoreError>>(result: Result<Result<T, E>, task::JoinError>) -> Result<T, E> {
    result.unwrap_or_else(|_| Err(StoreError::Panicked.into()))
}

fn read_pooled<T, E: From<StoreError>>(
    pool: &Pool,
    query: impl FnOnce(&mut Db) -> Result<T, E>,
) -> Result<T, E> {
    let mut db = pool.begin(|db| match db {
        Db::Postgres(_) => db.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ"),
        Db::Sqlite(_) => db.batch_execute("BEGIN"),
    })?;
    let result = std::panic::catch_unwind(AssertUnwindSafe(|| query(&mut db)))
        .unwrap_or_else(|_| Err(StoreError::Panicked.into()));
    if let Err(rollback) = db.batch_execute("ROLLBACK") {
        tracing::warn!(error = %rollback, "a read transaction could not be rolled back");
    }
    result
}

/// Writes to PostgreSQL, and again after an error that can pass.
fn write_pooled<T, E: WriteError>(pool: &Pool, change: &impl Fn(&mut Db) -> Result<T, E>) -> Result<T, E> {
    let mut pause = FIRST_PAUSE;
    for attempt in 1.. {
        match write_once(pool, change) {
            Err(error)
                if attempt < MAX_ATTEMPTS && error.store_error().is_some_and(StoreError::is_transient) =>
            {
                std::thread::sleep(pause);
                pause = pause.saturating_mul(2);
            }
            result => return result,
        }
    }
    Err(StoreError::Conflict.into())
}

fn write_once<T, E: From<StoreError>>(
    pool: &Pool,
    change: &impl Fn(&mut Db) -> Result<T, E>,
) -> Result<T, E> {
    type Transactions = <Db as Connection>::TransactionManager;

    let mut pooled = pool.begin(Transactions::begin_transaction)?;
    let db: &mut Db = &mut pooled;
    let result = std::panic::catch_unwind(AssertUnwindSafe(|| change(db)))
        .unwrap_or_else(|_| Err(StoreError::Panicked.into()));
    match result {
        Ok(value) => {
            Transactions::commit_transaction(db).map_err(StoreError::from)?;
            Ok(value)
        }
        Err(error) => {
            if let Err(rollback) = Transactions::rollback_transaction(db) {
                tracing::warn!(error = %rollback, "a write transaction could not be rolled back; its connection is dropped");
            }
            Err(error)
        }
    }
}
