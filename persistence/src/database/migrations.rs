//! Migrations, embedded in the binary.

use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::database::{
    db::Db,
    epoch,
    error::{StoreError, StoreResult},
    pool::DatabaseTarget,
};

const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");
const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// Serialises migrations of several nodes that start at once (any number, the same for all).
const POSTGRES_LOCK: &str = "SELECT pg_advisory_lock(4112001)";
const POSTGRES_UNLOCK: &str = "SELECT pg_advisory_unlock(4112001)";

/// Brings the database at `url` up to date and says which migrations ran. Repeatable.
///
/// # Errors
/// When the database cannot be opened or a migration fails; the failing one is undone.
pub fn migrate(url: &str) -> StoreResult<Vec<String>> {
    use diesel::connection::SimpleConnection;
    let mut db =
        DatabaseTarget::parse(url)?.connect_writer().map_err(|error| StoreError::Open(error.to_string()))?;
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| StoreError::Open(error.to_string());
    let applied = match &mut db {
        Db::Postgres(connection) => {
            connection.batch_execute(POSTGRES_LOCK)?;
            names(connection.run_pending_migrations(POSTGRES).map_err(failed)?)
        }
        Db::Sqlite(connection) => names(connection.run_pending_migrations(SQLITE).map_err(failed)?),
    };
    // Still under the lock: two nodes would make two histories. It goes with the connection if this fails.
    epoch::ensure(&mut db)?;
    if let Db::Postgres(connection) = &mut db {
        connection.batch_execute(POSTGRES_UNLOCK)?;
    }
    Ok(applied)
}

fn names(versions: Vec<diesel::migration::MigrationVersion<'_>>) -> Vec<String> {
    versions.iter().map(ToString::to_string).collect()
}

/// Whether every migration has run.
///
/// # Errors
/// When the database does not answer.
pub fn is_up_to_date(db: &mut Db) -> StoreResult<bool> {
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| StoreError::Open(error.to_string());
    let pending = match db {
        Db::Postgres(connection) => connection.has_pending_migration(POSTGRES).map_err(failed)?,
        Db::Sqlite(connection) => connection.has_pending_migration(SQLITE).map_err(failed)?,
    };
    Ok(!pending)
}
