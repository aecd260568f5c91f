//! Deletes old stored answers to commands. No phone repeats these commands any more.

use std::time::Duration;

use grassroots_persistence::database::error::StoreError;

use crate::{
    app::{App, commands},
    jobs::job::Job,
};

/// Deletes old stored answers to commands. No phone repeats these commands any more.
pub(super) struct ForgetReceipts;

impl Job for ForgetReceipts {
    const NAME: &'static str = "forget receipts";
    const EVERY: Duration = Duration::from_secs(3_600);
    type Error = StoreError;

    async fn run(&self, app: &App) -> Result<(), StoreError> {
        commands::prune(app).await
    }
}
