//! A copy of the SQLite database, made while the server runs.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use diesel::{
    Connection, QueryableByName, RunQueryDsl, SqliteConnection, connection::SimpleConnection, sql_types::Text,
};

use crate::database::{error::StoreError, pool::DatabaseTarget};

/// Why a backup failed. The command line shows a text of its own for each case.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("PostgreSQL is backed up with pg_dump")]
    Postgres,
    #[error("there is no database {0}")]
    NoDatabase(PathBuf),
    /// The target exists. It is not overwritten.
    #[error("{0} exists already")]
    Exists(PathBuf),
    /// The copy does not pass the integrity check of SQLite.
    #[error("the copy is damaged: {0}")]
    Damaged(String),
    #[error("{path}: {error}")]
    Io { path: PathBuf, error: io::Error },
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<diesel::result::Error> for BackupError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}

#[derive(QueryableByName)]
struct IntegrityCheck {
    #[diesel(sql_type = Text)]
    integrity_check: String,
}

/// Copies the SQLite database at `url` to `target` and returns the size of the copy in bytes.
///
/// The copy holds all transactions that were committed when it began. Other connections can read and write meanwhile. `target`
/// is created at the end, after the integrity check, and is on disk then. The copy gets a new epoch: it lacks later events, so
/// cursors of the original are not valid in a server that runs on the copy.
///
/// # Errors
/// After an error `target` does not exist.
pub fn copy(url: &str, target: &Path) -> Result<u64, BackupError> {
    let source = DatabaseTarget::parse(url)?;
    match &source {
        DatabaseTarget::Postgres(_) => return Err(BackupError::Postgres),
        // Connecting would create the file.
        DatabaseTarget::Sqlite(path) if !path.exists() => return Err(BackupError::NoDatabase(path.clone())),
        DatabaseTarget::Sqlite(_) => {}
    }
    // SQLite would read a name such as `file:x` as a URI, but not an absolute path.
    let target = std::path::absolute(target).map_err(at(target))?;
    if target.symlink_metadata().is_ok() {
        return Err(BackupError::Exists(target));
    }
    // The draft always has the same name, so that a second backup to this target fails.
    let mut draft = target.clone().into_os_string();
    draft.push(".partial");
    let draft = PathBuf::from(draft);
    create_private(&draft)?;
    let copied = write(&source, &draft).and_then(|()| publish(&draft, &target));
    if copied.is_err() {
        // The error of the copy is returned, not that of the removal.
        fs::remove_file(&draft).ok();
    }
    copied
}

/// The copy holds password hashes, so only the owner may read it.
fn create_private(path: &Path) -> Result<(), BackupError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(BackupError::Exists(path.to_owned()))
        }
        Err(error) => Err(at(path)(error)),
    }
}

fn write(source: &DatabaseTarget, draft: &Path) -> Result<(), BackupError> {
    let mut original = source.connect()?;
    // SQLite refuses `VACUUM INTO` on a read-only connection, although it does not change the original.
    original.batch_execute("PRAGMA query_only = OFF;")?;
    diesel::sql_query("VACUUM INTO ?").bind::<Text, _>(draft.to_string_lossy()).execute(&mut original)?;
    drop(original);
    let mut copy = SqliteConnection::establish(&draft.to_string_lossy()).map_err(StoreError::open)?;
    // The server that opens the copy creates a new epoch.
    copy.batch_execute("PRAGMA journal_mode = DELETE; DELETE FROM feed;")?;
    let answers: Vec<IntegrityCheck> = diesel::sql_query("PRAGMA integrity_check").load(&mut copy)?;
    let problems: Vec<String> =
        answers.into_iter().map(|answer| answer.integrity_check).filter(|answer| answer != "ok").collect();
    if problems.is_empty() { Ok(()) } else { Err(BackupError::Damaged(problems.join("; "))) }
}

/// Flushes the draft to disk and renames it.
fn publish(draft: &Path, target: &Path) -> Result<u64, BackupError> {
    let file = File::open(draft).map_err(at(draft))?;
    file.sync_all().map_err(at(draft))?;
    let bytes = file.metadata().map_err(at(draft))?.len();
    fs::rename(draft, target).map_err(at(target))?;
    let folder = target.parent().unwrap_or(target);
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(at(folder))?;
    Ok(bytes)
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> BackupError + use<'_> {
    move |error| BackupError::Io { path: path.to_owned(), error }
}

#[cfg(test)]
mod tests {
    use std::{os::unix::fs::PermissionsExt as _, time::Duration};

    use super::*;
    use crate::{
        database::{
            epoch, migrations,
            store::{Store, StoreConfig},
        },
        reference::reference_data::{self, ReferenceStamp},
    };

    fn open(path: &Path) -> Store {
        let url = format!("sqlite://{}", path.display());
        migrations::migrate(&url).unwrap();
        Store::open(&StoreConfig { url, connections: 2, patience: Duration::from_secs(5) }).unwrap()
    }

    async fn note(store: &Store, note: &'static str) {
        let at = chrono::DateTime::UNIX_EPOCH;
        store.write(move |db| reference_data::note_import(db, note, at)).await.unwrap();
    }

    #[tokio::test]
    async fn a_copy_holds_the_committed_rows_and_has_a_new_epoch() {
        let folder = tempfile::tempdir().unwrap();
        let (original, target) = (folder.path().join("original.db"), folder.path().join("it's a copy.db"));
        let store = open(&original);
        note(&store, "before").await;
        let url = format!("sqlite://{}", original.display());
        assert!(copy(&url, &target).unwrap() > 0);
        assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o600);
        note(&store, "after").await;

        let restored = open(&target);
        assert_eq!(
            restored.read(reference_data::stamp).await.unwrap(),
            ReferenceStamp { reference_data: 1, rules: 0 }
        );
        assert_eq!(
            store.read(reference_data::stamp).await.unwrap(),
            ReferenceStamp { reference_data: 2, rules: 0 }
        );
        assert_ne!(store.read(epoch::get).await.unwrap(), restored.read(epoch::get).await.unwrap());
    }

    #[tokio::test]
    async fn a_failed_copy_overwrites_no_file_and_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let (original, target) = (folder.path().join("original.db"), folder.path().join("copy.db"));
        let url = format!("sqlite://{}", original.display());
        assert!(matches!(copy(&url, &target), Err(BackupError::NoDatabase(_))));
        assert!(!original.exists());
        drop(open(&original));
        fs::write(&target, "mine").unwrap();
        assert!(matches!(copy(&url, &target), Err(BackupError::Exists(_))));
        assert_eq!(fs::read_to_string(&target).unwrap(), "mine");
        assert!(matches!(copy(&url, &folder.path().join("no/copy.db")), Err(BackupError::Io { .. })));
        assert!(matches!(copy("postgres://localhost/x", &target), Err(BackupError::Postgres)));
        fs::remove_file(&target).unwrap();
        fs::write(
            &original,
            "not a database, but as long as the header of one, which has 100 bytes".repeat(3),
        )
        .unwrap();
        assert!(copy(&url, &target).is_err());
        let left: Vec<_> =
            fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(!left.iter().any(|name| name.to_string_lossy().starts_with("copy.db")), "{left:?}");
    }
}
