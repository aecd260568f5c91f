//! Reopenings (重新办理): closures that were undone.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::time::Instant;

/// A closure that is undone within this time counts against the desk that closed.
pub const SOON: TimeDelta = TimeDelta::days(30);

/// A closure that was undone.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reopening {
    #[serde(with = "crate::stored::time")]
    pub closed_at: Instant,
    #[serde(with = "crate::stored::time")]
    pub reopened_at: Instant,
}

impl Reopening {
    /// Whether the incident was reopened within [`SOON`] after the closure.
    #[must_use]
    pub fn is_soon(&self) -> bool {
        self.reopened_at - self.closed_at <= SOON
    }
}
