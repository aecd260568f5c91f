//! Deletes sessions that ended long ago.

use std::time::Duration;

use grassroots_persistence::database::error::StoreError;

use crate::{
    app::{App, sessions},
    jobs::job::Job,
};

/// Deletes sessions that ended long ago.
pub(super) struct ForgetSessions;

impl Job for ForgetSessions {
    const NAME: &'static str = "forget sessions";
    const EVERY: Duration = Duration::from_secs(3_600);
    type Error = StoreError;

    async fn run(&self, app: &App) -> Result<(), StoreError> {
        sessions::prune(app).await
    }
}
