//! What a job is: work that the server does by itself, again and again.

use std::{error::Error, time::Duration};

use crate::app::App;

/// Work that is due at an interval. A use case in `app` says what happens; the job only says when.
pub trait Job<A = App>: Send + Sync + 'static
where
    A: Send + Sync + 'static,
{
    /// Names the job in the log.
    const NAME: &'static str;
    /// Time from the end of one run to the next, unless [`Self::every`] says otherwise.
    const EVERY: Duration;
    /// Why a run fails.
    type Error: Error + Send;

    /// The interval of this job; a setting may replace [`Self::EVERY`].
    fn every(&self) -> Duration {
        Self::EVERY
    }

    /// Ends when the job must run before its interval is over. Most jobs are never woken.
    fn wake_up(&self, _: &A) -> impl Future<Output = ()> + Send {
        std::future::pending()
    }

    /// Runs once. May be cut off anywhere, and must go on correctly at the next run.
    fn run(&self, app: &A) -> impl Future<Output = Result<(), Self::Error>> + Send;
}
