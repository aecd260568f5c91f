//! `backup`: a copy of the SQLite file, made while the server runs.

use std::path::PathBuf;

use clap::Args;
use grassroots_persistence::database::{backup, error::StoreError};

use super::{console::Console, failure::CliFailure};
use crate::config::DataConfig;

/// Settings of `backup`.
#[derive(Args, Debug)]
pub(super) struct BackupArgs {
    /// The file to make. It must not exist; it appears once the copy is whole, checked and on disk.
    ///
    /// To restore: stop the server, put the copy in the place of grassroots.db, remove grassroots.db-wal and
    /// grassroots.db-shm, start. The signing keys are not in it; without them everybody signs in again.
    #[arg(value_name = "TO")]
    to: PathBuf,

    #[command(flatten)]
    data: DataConfig,
}

pub(super) async fn run(args: BackupArgs, console: &mut Console<'_>) -> Result<(), CliFailure> {
    let (url, to) = (args.data.url(), args.to.clone());
    let copied = tokio::task::spawn_blocking(move || backup::copy(&url, &to)).await;
    let bytes = copied.unwrap_or_else(|_| Err(StoreError::Panicked.into()))?;
    let to = args.to.display();
    writeln!(console.out, "已备份到 {to}（{bytes} 字节）\ncopied to {to} ({bytes} bytes)")?;
    Ok(())
}
