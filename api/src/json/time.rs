//! Times as JSON.

use chrono::{DateTime, FixedOffset};
use grassroots_domain::time::{Instant, china};

/// Converts a time into China time, with the offset.
#[must_use]
pub fn local(at: Instant) -> DateTime<FixedOffset> {
    at.with_timezone(&china())
}
