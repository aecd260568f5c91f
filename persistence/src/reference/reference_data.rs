//! Table `reference_data`: which import of units, organisations and grids is the newest.

use diesel::prelude::*;
use grassroots_domain::time::Instant;

use crate::{
    database::{
        db::{Db, DbTime},
        error::StoreResult,
        schema::reference_data,
    },
    reference::rules,
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
    let newest: Option<i64> =
        reference_data::table.select(diesel::dsl::max(reference_data::version)).first(db)?;
    Ok(ReferenceStamp { ground: newest.unwrap_or(0), rules: rules::newest_version(db)? })
}

/// Notes an import, so that running servers load the ground again.
///
/// # Errors
/// When a query fails.
pub fn note_import(db: &mut Db, note: &str, now: Instant) -> StoreResult<()> {
    let version = stamp(db)?.ground + 1;
    diesel::insert_into(reference_data::table)
        .values((
            reference_data::version.eq(version),
            reference_data::imported_at.eq(DbTime(now)),
            reference_data::note.eq(note),
        ))
        .execute(db)?;
    Ok(())
}
