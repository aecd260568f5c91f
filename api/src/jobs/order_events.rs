//! Numbers new events for the feed in advance, so that no reader has to number many of them at once.

use std::time::Duration;

use grassroots_persistence::{database::error::StoreError, incident::feed};

use crate::{app::App, jobs::job::Job};

/// Numbers new events for the feed in advance, so that no reader has to number many of them at once.
pub(super) struct OrderEvents;

impl Job for OrderEvents {
    const NAME: &'static str = "order events";
    const EVERY: Duration = Duration::from_secs(5);
    type Error = StoreError;

    async fn run(&self, app: &App) -> Result<(), StoreError> {
        feed::place(&app.store).await
    }
}
