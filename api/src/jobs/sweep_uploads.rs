//! Verifies complete uploads that were left unverified, and deletes uploads that waited too long.

use std::time::Duration;

use crate::{
    app::{App, sweep, uploads::UploadError},
    jobs::job::Job,
};

/// Verifies complete uploads that were left unverified, and deletes uploads that waited too long.
pub(super) struct SweepUploads;

impl Job for SweepUploads {
    const NAME: &'static str = "sweep uploads";
    const EVERY: Duration = Duration::from_secs(600);
    type Error = UploadError;

    async fn run(&self, app: &App) -> Result<(), UploadError> {
        sweep::uploads(app).await
    }
}
