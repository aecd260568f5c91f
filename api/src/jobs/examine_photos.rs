//! Examines new photos, and photos that another node did not finish.

use std::time::Duration;

use grassroots_persistence::database::error::StoreError;

use crate::{
    app::{App, examinations},
    jobs::job::Job,
};

/// Examines new photos, and photos that another node did not finish.
pub(super) struct ExaminePhotos;

impl Job for ExaminePhotos {
    const NAME: &'static str = "examine photos";
    const EVERY: Duration = Duration::from_secs(60);
    type Error = StoreError;

    async fn wake_up(&self, app: &App) {
        app.arrivals.notified().await;
    }

    async fn run(&self, app: &App) -> Result<(), StoreError> {
        examinations::run_due(app).await.map(|_| ())
    }
}
