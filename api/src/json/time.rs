//! Times as JSON.

use chrono::{DateTime, FixedOffset};
use grassroots_domain::time::{Instant, china, truncate};

/// Converts a time into China time, with the offset.
#[must_use]
pub fn local(at: Instant) -> DateTime<FixedOffset> {
    at.with_timezone(&china())
}

/// The moment that a caller gave, in whole milliseconds, as it is stored.
#[must_use]
pub fn moment(given: DateTime<FixedOffset>) -> Instant {
    truncate(given.to_utc())
}
