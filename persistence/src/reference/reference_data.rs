//! Table `reference_data`: one row for each import of units, organisations and grids.

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

/// Version of the reference data and the rules. A server compares it with the version that it has in memory.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct ReferenceStamp {
    /// Number of the newest import.
    pub reference_data: i64,
    /// Version of the newest rules.
    pub rules: i64,
}

/// The version in the database.
pub fn stamp(db: &mut Db) -> StoreResult<ReferenceStamp> {
    let newest: Option<i64> =
        reference_data::table.select(diesel::dsl::max(reference_data::version)).first(db)?;
    Ok(ReferenceStamp { reference_data: newest.unwrap_or(0), rules: rules::newest_version(db)? })
}

/// Records an import, so that running servers load the reference data again.
pub fn note_import(db: &mut Db, note: &str, now: Instant) -> StoreResult<()> {
    let version = stamp(db)?.reference_data + 1;
    diesel::insert_into(reference_data::table)
        .values((
            reference_data::version.eq(version),
            reference_data::imported_at.eq(DbTime(now)),
            reference_data::note.eq(note),
        ))
        .execute(db)?;
    Ok(())
}
