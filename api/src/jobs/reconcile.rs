//! Carries out the changes of incidents that are due: escalations, resumed work, supervision.

use std::time::Duration;

use grassroots_persistence::database::error::StoreError;

use crate::{
    app::{
        App,
        reconciler::{self, Done},
    },
    jobs::job::Job,
};

/// Carries out the changes of incidents that are due.
pub(super) struct Reconcile {
    /// The interval from the settings.
    pub(super) every: Duration,
}

impl Job for Reconcile {
    const NAME: &'static str = "reconcile incidents";
    const EVERY: Duration = Duration::from_secs(5);
    type Error = StoreError;

    fn every(&self) -> Duration {
        self.every
    }

    async fn run(&self, app: &App) -> Result<(), StoreError> {
        let done = reconciler::run_once(app, app.clock.now()).await?;
        if done != Done::default() {
            tracing::info!(changed = done.changed, failed = done.failed, "incidents moved on by themselves");
        }
        Ok(())
    }
}
