//! The error of the database layer, and the conversions that can fail with it.

use diesel::result::{DatabaseErrorKind, Error};

use crate::database::error_words::{is_deadlock, is_lock_timeout, is_unavailable};

/// Why the database did not answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The queue of writes is full, or no connection came free in time. Try again later.
    #[error("the database is busy")]
    Busy,
    /// The disk is full, the connection was lost or the store was closed. It is unknown whether a write was committed.
    /// Try again later.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// Another transaction kept a lock for too long. Try again later.
    #[error("another transaction keeps the row locked: {0}")]
    Locked(String),
    /// Another transaction changed the row after it was read. [`Store::write`](crate::database::store::Store::write) runs the
    /// closure again on PostgreSQL.
    #[error("another transaction changed the row")]
    Conflict,
    /// A query failed.
    #[error(transparent)]
    Query(Error),
    /// A stored value is not valid in this version of the program.
    #[error("column {column} holds {value:?}: {reason}")]
    Decode { column: &'static str, value: String, reason: String },
    /// The closure panicked. Its transaction was rolled back.
    #[error("a database query panicked")]
    Panicked,
    /// The database could not be opened.
    #[error("cannot open the database: {0}")]
    Open(String),
}

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        use DatabaseErrorKind::{ClosedConnection, ReadOnlyTransaction, UnableToSendCommand};
        let Error::DatabaseError(kind, details) = &error else { return Self::Query(error) };
        let message = details.message();
        // PostgreSQL is read-only while a standby takes over.
        let is_closed = matches!(kind, ClosedConnection | ReadOnlyTransaction | UnableToSendCommand);
        if is_closed || is_unavailable(message) {
            Self::Unavailable(message.to_owned())
        } else if is_lock_timeout(message) {
            Self::Locked(message.to_owned())
        } else {
            Self::Query(error)
        }
    }
}

impl StoreError {
    /// Returns whether the database itself does not answer, so that other queries will fail too.
    #[must_use]
    pub const fn is_unavailable(&self) -> bool {
        match self {
            Self::Busy | Self::Unavailable(_) | Self::Open(_) => true,
            Self::Locked(_) | Self::Conflict | Self::Query(_) | Self::Decode { .. } | Self::Panicked => false,
        }
    }

    pub(crate) fn decode(column: &'static str, value: impl ToString, reason: impl ToString) -> Self {
        Self::Decode { column, value: value.to_string(), reason: reason.to_string() }
    }

    pub(crate) fn open(reason: impl ToString) -> Self {
        Self::Open(reason.to_string())
    }

    /// Returns whether the same write can succeed when it runs again.
    pub(crate) fn is_transient(&self) -> bool {
        match self {
            Self::Conflict => true,
            // Another transaction inserted the same key first. The next run finds that row.
            Self::Query(Error::DatabaseError(
                DatabaseErrorKind::SerializationFailure | DatabaseErrorKind::UniqueViolation,
                _,
            )) => true,
            Self::Query(Error::DatabaseError(_, details)) => is_deadlock(details.message()),
            Self::Busy
            | Self::Unavailable(_)
            | Self::Locked(_)
            | Self::Query(_)
            | Self::Decode { .. }
            | Self::Panicked
            | Self::Open(_) => false,
        }
    }
}

pub type StoreResult<T> = Result<T, StoreError>;

/// An error that a closure of [`Store::write`](crate::database::store::Store::write) may return. The store looks at the
/// database error inside to decide whether to run the closure again.
pub trait WriteError: From<StoreError> + Send + 'static {
    /// The database error inside, if there is one.
    fn store_error(&self) -> Option<&StoreError>;
}

impl WriteError for StoreError {
    fn store_error(&self) -> Option<&StoreError> {
        Some(self)
    }
}

/// Parses a code or a number that is stored as text.
pub(crate) fn decode<T>(column: &'static str, value: &str) -> StoreResult<T>
where
    T: std::str::FromStr,
    T::Err: ToString,
{
    value.parse().map_err(|reason: T::Err| StoreError::decode(column, value, reason))
}
