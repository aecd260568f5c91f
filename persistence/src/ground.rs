//! Table `ground`: which import of units, organisations and grids is the newest.

use diesel::prelude::*;
use grassroots_domain::time::Instant;

use crate::{
    db::{Db, DbTime},
    error::StoreResult,
    rules,
    schema::ground,
};

/// What a server holds in memory: it is stale when the numbers in the database are others.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct ReferenceStamp {
    /// The newest import.
    pub ground: i64,
    /// The newest rules.
    pub rules: i64,
}

/// The newest import and rules.
///
/// # Errors
/// When a query fails.
pub fn stamp(db: &mut Db) -> StoreResult<ReferenceStamp> {
    let newest: Option<i64> = ground::table.select(diesel::dsl::max(ground::version)).first(db)?;
    Ok(ReferenceStamp { ground: newest.unwrap_or(0), rules: rules::newest_version(db)? })
}

/// Notes an import, so that running servers load the ground again.
///
/// # Errors
/// When a query fails.
pub fn note_import(db: &mut Db, note: &str, now: Instant) -> StoreResult<()> {
    let version = stamp(db)?.ground + 1;
    diesel::insert_into(ground::table)
        .values((ground::version.eq(version), ground::imported_at.eq(DbTime(now)), ground::note.eq(note)))
        .execute(db)?;
    Ok(())
}
