//! Errors of SQLite and PostgreSQL that only the text of their message identifies.
//!
//! Diesel passes on the message, but neither SQLSTATE nor SQLite's result code, and it has no kind for these errors. No other
//! file matches the text of a database error. PostgreSQL must write its messages in English for this.

/// The disk is full, the disk failed, or another process keeps the SQLite file locked.
const UNAVAILABLE: [&str; 5] = [
    "database or disk is full",
    "disk I/O error",
    "database is locked",
    "No space left on device",
    "could not write to file",
];

/// PostgreSQL: another transaction kept a lock longer than `lock_timeout`.
const LOCK_TIMEOUT: &str = "due to lock timeout";

/// PostgreSQL: SQLSTATE 40P01.
const DEADLOCK: &str = "deadlock detected";

/// Returns whether the database cannot work at the moment; the query itself is correct.
pub(crate) fn is_unavailable(message: &str) -> bool {
    UNAVAILABLE.iter().any(|words| message.contains(words))
}

/// Returns whether another transaction kept a lock for too long.
pub(crate) fn is_lock_timeout(message: &str) -> bool {
    message.contains(LOCK_TIMEOUT)
}

/// Returns whether the transaction was rolled back to end a deadlock.
pub(crate) fn is_deadlock(message: &str) -> bool {
    message.contains(DEADLOCK)
}

/// Returns whether PostgreSQL writes English messages with this value of `lc_messages`.
pub(crate) fn is_english(lc_messages: &str) -> bool {
    ["", "C", "C.UTF-8", "POSIX"].contains(&lc_messages) || lc_messages.starts_with("en")
}
