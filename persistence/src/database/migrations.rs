//! Migrations, embedded in the binary.

use diesel::connection::SimpleConnection;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::database::{
    db::Db,
    epoch,
    error::{StoreError, StoreResult},
    pool::DatabaseTarget,
};

const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");
const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// Servers that start at the same time run migrations one after the other. The number only has to be the same for all.
const POSTGRES_LOCK: &str = "SELECT pg_advisory_lock(4112001)";
const POSTGRES_UNLOCK: &str = "SELECT pg_advisory_unlock(4112001)";

/// Runs the pending migrations of the database at `url` and returns their names.
///
/// # Errors
/// [`StoreError::Open`] if the database cannot be opened or a migration fails. A migration that fails is rolled back.
pub fn migrate(url: &str) -> StoreResult<Vec<String>> {
    let mut db = DatabaseTarget::parse(url)?.connect_writer()?;
    let applied = match &mut db {
        Db::Postgres(connection) => {
            connection.batch_execute(POSTGRES_LOCK)?;
            names(connection.run_pending_migrations(POSTGRES).map_err(StoreError::open)?)
        }
        Db::Sqlite(connection) => names(connection.run_pending_migrations(SQLITE).map_err(StoreError::open)?),
    };
    // This needs the lock too: two servers must not create two epochs. After an error the lock ends with the connection.
    epoch::ensure(&mut db)?;
    if let Db::Postgres(connection) = &mut db {
        connection.batch_execute(POSTGRES_UNLOCK)?;
    }
    Ok(applied)
}

fn names(versions: Vec<diesel::migration::MigrationVersion<'_>>) -> Vec<String> {
    versions.iter().map(ToString::to_string).collect()
}

/// Returns whether all migrations have run.
///
/// # Errors
/// [`StoreError::Open`] if the database does not answer.
pub fn is_up_to_date(db: &mut Db) -> StoreResult<bool> {
    let pending = match db {
        Db::Postgres(connection) => connection.has_pending_migration(POSTGRES),
        Db::Sqlite(connection) => connection.has_pending_migration(SQLITE),
    };
    Ok(!pending.map_err(StoreError::open)?)
}
