//! Times as JSON.

use chrono::{DateTime, FixedOffset};
use grassroots_domain::time::{Instant, china};

/// A time as it is shown: in China's zone, with the offset.
#[must_use]
pub fn local(at: Instant) -> DateTime<FixedOffset> {
    at.with_timezone(&china())
}
