//! Table `reopening`: closures that were undone soon.

use diesel::prelude::*;
use grassroots_domain::incident::reopening::Reopening;

use crate::database::{
    db::{Db, DbTime, on_each},
    error::StoreResult,
    schema::reopening,
};

/// Writes the new reopenings of an incident. They are never changed.
pub(crate) fn save(db: &mut Db, incident: i64, before: &[Reopening], after: &[Reopening]) -> StoreResult<()> {
    for undone in after.iter().skip(before.len()).filter(|reopening| reopening.is_soon()) {
        let row = (reopening::incident_id.eq(incident), reopening::closed_at.eq(DbTime(undone.closed_at)));
        // An incident can be closed, reopened and closed again within the same millisecond.
        on_each!(db, conn => diesel::insert_into(reopening::table).values(row).on_conflict_do_nothing().execute(conn))?;
    }
    Ok(())
}
