//! The clock: the one place that asks what time it is.

use std::sync::Arc;

use grassroots_domain::time::{Instant, truncate};

/// A source of time. Tests bring their own.
#[derive(Clone)]
pub struct TimeSource(Arc<dyn Fn() -> Instant + Send + Sync>);

impl TimeSource {
    /// The clock of the machine.
    #[must_use]
    pub fn system() -> Self {
        #[expect(clippy::disallowed_methods, reason = "this is the clock")]
        Self::new(chrono::Utc::now)
    }

    /// A clock of one's own.
    pub fn new(source: impl Fn() -> Instant + Send + Sync + 'static) -> Self {
        Self(Arc::new(source))
    }

    /// The time, to the microsecond.
    #[must_use]
    pub fn now(&self) -> Instant {
        truncate((self.0)())
    }
}
