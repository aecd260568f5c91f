//! Deletes stored files that no photo and no upload refers to.

use std::time::Duration;

use crate::{
    app::{App, error::AppError, sweep},
    jobs::job::Job,
};

/// Deletes stored files that no photo and no upload refers to.
pub(super) struct SweepObjects;

impl Job for SweepObjects {
    const NAME: &'static str = "sweep objects";
    const EVERY: Duration = Duration::from_secs(86_400);
    type Error = AppError;

    async fn run(&self, app: &App) -> Result<(), AppError> {
        sweep::objects(app).await
    }
}
