//! The definition of a job: work that the server repeats automatically.

use std::{error::Error, time::Duration};

use crate::app::App;

/// Work that the server repeats. A use case in `app` does the work; the job states when it runs.
pub trait Job<A = App>: Send + Sync + 'static
where
    A: Send + Sync + 'static,
{
    /// The name of the job in the log.
    const NAME: &'static str;
    /// The time from the end of one run to the next run, unless [`Self::every`] returns another value.
    const EVERY: Duration;
    /// The error of a failed run.
    type Error: Error + Send;

    /// The interval of this job. A setting may replace [`Self::EVERY`].
    fn every(&self) -> Duration {
        Self::EVERY
    }

    /// Waits until the job must run before its interval has passed. By default it waits forever.
    fn wake_up(&self, _: &A) -> impl Future<Output = ()> + Send {
        std::future::pending()
    }

    /// Runs the job once. The run may be aborted at any point; the next run must then continue correctly.
    fn run(&self, app: &A) -> impl Future<Output = Result<(), Self::Error>> + Send;
}
