//! Loads units, grids and rules that another process imported.

use std::time::Duration;

use grassroots_persistence::database::error::StoreError;

use crate::{app::App, jobs::job::Job};

/// Loads units, grids and rules that another process imported.
pub(super) struct LoadReferenceData;

impl Job for LoadReferenceData {
    const NAME: &'static str = "load reference data";
    const EVERY: Duration = Duration::from_secs(5);
    type Error = StoreError;

    async fn run(&self, app: &App) -> Result<(), StoreError> {
        app.snapshots.refresh(&app.store).await.map(|_| ())
    }
}
