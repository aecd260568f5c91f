//! `backup`: copies the SQLite database while the server runs.

use std::path::PathBuf;

use clap::Args;
use grassroots_persistence::database::{backup, error::StoreError};

use super::{console::Console, failure::CliFailure};
use crate::config::DataConfig;

#[derive(Args, Debug)]
pub(super) struct BackupArgs {
    /// The file to create. It must not exist. It appears when the copy is complete, checked and on disk.
    ///
    /// To restore: stop the server, replace grassroots.db with the copy, remove grassroots.db-wal and
    /// grassroots.db-shm, start the server. The copy does not contain the signing keys; without them everybody must sign
    /// in again.
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
