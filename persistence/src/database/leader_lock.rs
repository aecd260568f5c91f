//! The lock that lets only one of several servers reconcile incidents.

use diesel::{dsl::sql, prelude::*, sql_types::Bool};

use crate::database::{db::Db, error::StoreResult};

/// Takes the lock until the transaction ends, and returns false at once if another server has it. Always true on SQLite, which
/// has one server.
pub fn is_mine(db: &mut Db) -> StoreResult<bool> {
    match db {
        Db::Postgres(connection) => {
            Ok(diesel::select(sql::<Bool>("pg_try_advisory_xact_lock(4112003)")).get_result(connection)?)
        }
        Db::Sqlite(_) => Ok(true),
    }
}
