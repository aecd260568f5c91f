//! Table `feed`: the epoch of this database. Cursors carry it, so that a cursor from another database, such as one before a
//! restored backup, is recognised.

use diesel::prelude::*;
use uuid::Uuid;

use crate::database::{
    db::{Db, DbId},
    error::StoreResult,
    schema::feed,
};

/// The epoch of this database.
pub fn get(db: &mut Db) -> StoreResult<Uuid> {
    let DbId(epoch) = feed::table.select(feed::epoch).first(db)?;
    Ok(epoch)
}

/// Gives a database without an epoch a random one.
pub(crate) fn ensure(db: &mut Db) -> StoreResult<()> {
    if feed::table.select(feed::epoch).first::<DbId>(db).optional()?.is_none() {
        diesel::insert_into(feed::table).values(feed::epoch.eq(DbId(Uuid::new_v4()))).execute(db)?;
    }
    Ok(())
}
