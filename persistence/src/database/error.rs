//! What can go wrong between a use case and its data.

/// Why the database did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The queue of writes is full, or no connection came free in time. Try again.
    #[error("the database is busy")]
    Busy,
    /// The disk is full, the connection was lost: nobody can say that anything was written. Try again.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// Somebody else keeps the row for too long. Try again.
    #[error("somebody else keeps the row: {0}")]
    Locked(String),
    /// Somebody else changed the row in between. Inside a write: the closure runs again.
    #[error("the row was changed by somebody else")]
    Conflict,
    /// A query failed.
    #[error(transparent)]
    Query(diesel::result::Error),
    /// A row holds what this version does not understand.
    #[error("column {column} holds {value:?}: {reason}")]
    Decode {
        /// The column.
        column: &'static str,
        /// What it holds.
        value: String,
        /// What is wrong.
        reason: String,
    },
    /// A write panicked; it was undone.
    #[error("a write panicked")]
    Panicked,
    /// The database could not be opened.
    #[error("cannot open the database: {0}")]
    Open(String),
}

/// What databases say when nothing is wrong with a query, and it may go well later. Diesel has no kinds for these.
const PASSING: [&str; 5] = [
    "database or disk is full",
    "disk I/O error",
    "database is locked",
    "No space left on device",
    "could not write to file",
];

impl From<diesel::result::Error> for StoreError {
    fn from(error: diesel::result::Error) -> Self {
        use diesel::result::{
            DatabaseErrorKind::{ClosedConnection, ReadOnlyTransaction, UnableToSendCommand},
            Error,
        };
        if let Error::DatabaseError(kind, details) = &error
            && (matches!(kind, ClosedConnection | ReadOnlyTransaction | UnableToSendCommand)
                || PASSING.iter().any(|words| details.message().contains(words)))
        {
            return Self::Unavailable(details.message().to_owned());
        }
        if let Error::DatabaseError(_, details) = &error
            && details.message().contains("due to lock timeout")
        {
            return Self::Locked(details.message().to_owned());
        }
        Self::Query(error)
    }
}

impl StoreError {
    /// Whether the database itself does not answer, so that nothing else will succeed either.
    #[must_use]
    pub const fn is_unavailable(&self) -> bool {
        match self {
            Self::Busy | Self::Unavailable(_) | Self::Open(_) => true,
            Self::Locked(_) | Self::Conflict | Self::Query(_) | Self::Decode { .. } | Self::Panicked => false,
        }
    }

    /// A value that does not decode.
    pub(crate) fn decode(column: &'static str, value: impl ToString, reason: impl ToString) -> Self {
        Self::Decode { column, value: value.to_string(), reason: reason.to_string() }
    }

    /// Whether running the same write again can succeed.
    pub(crate) fn is_transient(&self) -> bool {
        use diesel::result::{DatabaseErrorKind, Error};
        match self {
            Self::Conflict => true,
            // Somebody else wrote the same key first: run again and find it.
            Self::Query(Error::DatabaseError(
                DatabaseErrorKind::SerializationFailure | DatabaseErrorKind::UniqueViolation,
                _,
            )) => true,
            // Diesel has no kind for a deadlock (SQLSTATE 40P01); PostgreSQL's message is the only trace.
            Self::Query(Error::DatabaseError(_, details)) => details.message().contains("deadlock detected"),
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

/// Result of a query.
pub type StoreResult<T> = Result<T, StoreError>;

/// Reads a code name or number back from a column.
pub(crate) fn decode<T>(column: &'static str, value: &str) -> StoreResult<T>
where
    T: std::str::FromStr,
    T::Err: ToString,
{
    value.parse().map_err(|reason: T::Err| StoreError::decode(column, value, reason))
}

/// `value` as JSON, to be kept in `column`.
pub(crate) fn to_json<T: serde::Serialize>(column: &'static str, value: &T) -> StoreResult<String> {
    serde_json::to_string(value).map_err(|error| StoreError::decode(column, "…", error))
}

/// What `column` keeps as JSON.
pub(crate) fn from_json<T: serde::de::DeserializeOwned>(column: &'static str, text: &str) -> StoreResult<T> {
    serde_json::from_str(text).map_err(|error| StoreError::decode(column, text, error))
}
