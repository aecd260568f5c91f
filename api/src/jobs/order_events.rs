//! Gives new events their positions in the feed, so that no reader has to do it for many at once.

use std::time::Duration;

use grassroots_persistence::{database::error::StoreError, incident::feed};

use crate::{app::App, jobs::job::Job};

/// Gives new events their positions in the feed, so that no reader has to do it for many at once.
pub(super) struct OrderEvents;

impl Job for OrderEvents {
    const NAME: &'static str = "order events";
    const EVERY: Duration = Duration::from_secs(5);
    type Error = StoreError;

    async fn run(&self, app: &App) -> Result<(), StoreError> {
        feed::place(&app.store).await
    }
}
