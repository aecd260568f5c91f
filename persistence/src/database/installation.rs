//! Table `installation`: the id of this installation.

use diesel::prelude::*;
use uuid::Uuid;

use crate::database::{
    db::{Db, DbId},
    error::StoreResult,
    schema::installation,
};

/// The id of this installation. It was chosen at random when the database was created.
pub fn id(db: &mut Db) -> StoreResult<Uuid> {
    let DbId(id) = installation::table.select(installation::id).first(db)?;
    Ok(id)
}
