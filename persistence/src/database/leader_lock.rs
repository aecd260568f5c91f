//! Whose turn it is: of many nodes one does what is done once.

use diesel::{dsl::sql, prelude::*, sql_types::Bool};

use crate::database::{db::Db, error::StoreResult};

/// Whether this node may move incidents on until its transaction ends. Nobody waits: whoever comes second is told no.
/// SQLite has one writer anyway.
///
/// # Errors
/// When the query fails.
pub fn is_mine(db: &mut Db) -> StoreResult<bool> {
    match db {
        Db::Postgres(connection) => {
            Ok(diesel::select(sql::<Bool>("pg_try_advisory_xact_lock(4112003)")).get_result(connection)?)
        }
        Db::Sqlite(_) => Ok(true),
    }
}
