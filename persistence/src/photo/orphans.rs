//! Table `orphan`: objects that no row refers to.

use diesel::prelude::*;
use grassroots_domain::time::Instant;
use uuid::Uuid;

use crate::database::{
    db::{Db, DbId, DbTime, insert_rows},
    error::StoreResult,
    schema::orphan,
};

/// Records that no row refers to `objects`, and returns those that were recorded before `long_ago`.
pub fn note(db: &mut Db, objects: &[Uuid], now: Instant, long_ago: Instant) -> StoreResult<Vec<Uuid>> {
    let row = |object: &Uuid| (orphan::object.eq(DbId(*object)), orphan::since.eq(DbTime(now)));
    let rows: Vec<_> = objects.iter().map(row).collect();
    insert_rows!(db, &rows, row => diesel::insert_into(orphan::table).values(row).on_conflict_do_nothing())?;
    let names: Vec<DbId> = objects.iter().copied().map(DbId).collect();
    let old: Vec<DbId> = orphan::table
        .filter(orphan::object.eq_any(names))
        .filter(orphan::since.lt(DbTime(long_ago)))
        .select(orphan::object)
        .load(db)?;
    Ok(old.into_iter().map(|key| key.0).collect())
}

/// Deletes the records from before `long_ago`. An object that still exists will be recorded again.
pub fn forget(db: &mut Db, long_ago: Instant) -> StoreResult<()> {
    diesel::delete(orphan::table.filter(orphan::since.lt(DbTime(long_ago)))).execute(db)?;
    Ok(())
}
