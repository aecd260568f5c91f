//! The clock. No other code reads the current time.

use std::sync::Arc;

use grassroots_domain::time::{Instant, truncate};

/// A clock. Tests use their own.
#[derive(Clone)]
pub struct TimeSource(Arc<dyn Fn() -> Instant + Send + Sync>);

impl TimeSource {
    /// The clock of the operating system.
    #[must_use]
    pub fn system() -> Self {
        #[expect(clippy::disallowed_methods, reason = "this is the clock")]
        Self::new(chrono::Utc::now)
    }

    /// A clock that reads the time from `source`.
    pub fn new(source: impl Fn() -> Instant + Send + Sync + 'static) -> Self {
        Self(Arc::new(source))
    }

    /// The current time, truncated to milliseconds.
    #[must_use]
    pub fn now(&self) -> Instant {
        truncate((self.0)())
    }
}
