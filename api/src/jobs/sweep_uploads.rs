//! Verifies complete uploads that were not verified yet, and deletes expired uploads.

use std::time::Duration;

use crate::{
    app::{App, error::AppError, sweep},
    jobs::job::Job,
};

/// Verifies complete uploads that were not verified yet, and deletes expired uploads.
pub(super) struct SweepUploads;

impl Job for SweepUploads {
    const NAME: &'static str = "sweep uploads";
    const EVERY: Duration = Duration::from_secs(600);
    type Error = AppError;

    async fn run(&self, app: &App) -> Result<(), AppError> {
        sweep::uploads(app).await
    }
}
