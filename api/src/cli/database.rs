//! Opens the database for a command. `migrate` creates and updates it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::Args;
use grassroots_domain::{
    geography::unit_tree::UnitTree, reference_data::ReferenceData, text::localized::localized,
};
use grassroots_persistence::database::{error::StoreError, migrations, store::Store};

use crate::{
    app::snapshot::Snapshots,
    auth::keys::SigningKeys,
    cli::{console::Console, failure::CliFailure},
    clock::TimeSource,
    config::DataConfig,
};

#[derive(Args, Debug)]
pub(super) struct MigrateArgs {
    #[command(flatten)]
    data: DataConfig,

    /// Folder with the signing keys of access tokens; all nodes share it. Default: keys in the data folder.
    #[arg(long, env = "GRASSROOTS_KEYS_DIR", value_name = "DIR")]
    keys_dir: Option<PathBuf>,
}

/// Migrates the database, and creates the first signing key.
pub(super) async fn run(
    args: MigrateArgs,
    clock: &TimeSource,
    console: &mut Console<'_>,
) -> Result<(), CliFailure> {
    let applied = migrate(&args.data).await?;
    let keys = args.keys_dir.unwrap_or_else(|| args.data.data_dir.join("keys"));
    SigningKeys::open(&keys, clock.now())?;
    for migration in &applied {
        writeln!(console.out, "{migration}")?;
    }
    writeln!(console.out, "数据库已是最新版本\nthe database is up to date")?;
    Ok(())
}

/// Creates the data folder and migrates the database. Returns the migrations that ran.
pub(super) async fn migrate(data: &DataConfig) -> Result<Vec<String>, CliFailure> {
    create_folder(&data.data_dir).map_err(|error| {
        let folder = data.data_dir.display();
        CliFailure::new(localized!(
            "无法创建文件夹 {folder}：{error}",
            "cannot create the folder {folder}: {error}"
        ))
    })?;
    let url = data.url();
    let applied = tokio::task::spawn_blocking(move || migrations::migrate(&url)).await;
    Ok(applied.unwrap_or(Err(StoreError::Panicked))?)
}

/// Creates a folder that only its owner can read, because it will contain password hashes and keys.
fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Opens the database for a command that writes. Creates and migrates it first.
pub(super) async fn open(data: &DataConfig) -> Result<Store, CliFailure> {
    migrate(data).await?;
    Ok(Store::open(&data.store())?)
}

/// Opens a database that must exist and be up to date.
pub(super) async fn open_existing(data: &DataConfig) -> Result<Store, CliFailure> {
    let url = data.url();
    // `Store::open` would create an empty database.
    if let Some(path) = url.strip_prefix("sqlite://").filter(|path| !Path::new(path).exists()) {
        return Err(CliFailure::new(localized!(
            "没有数据库 {path}；请用 --data-dir 或 --database-url 指明，或先运行 grassroots serve --demo 试用",
            "there is no database {path}; choose one with --data-dir or --database-url, or try grassroots serve --demo"
        )));
    }
    let store = Store::open(&data.store())?;
    if !store.read(migrations::is_up_to_date).await? {
        return Err(CliFailure::new(localized!(
            "数据库版本过旧；请先运行 grassroots migrate",
            "the database is older than this program; run grassroots migrate first"
        )));
    }
    Ok(store)
}

/// Calls `read` with the units, grids and organisations of a database.
pub(super) async fn with_reference_data<T>(
    store: &Store,
    read: impl FnOnce(&ReferenceData) -> T,
) -> Result<T, CliFailure> {
    Ok(read(&Snapshots::load(store).await?.current().reference_data))
}

pub(super) async fn units(store: &Store) -> Result<UnitTree, CliFailure> {
    let units = store.read(grassroots_persistence::reference::units::all).await?;
    UnitTree::new(units).map_err(|error| {
        CliFailure::new(localized!(
            "数据库中的单位有误：{error}",
            "the units in the database are invalid: {error}"
        ))
    })
}
