//! Table `installation`: which one this is.

use diesel::prelude::*;
use uuid::Uuid;

use crate::database::{
    db::{Db, DbId},
    error::StoreResult,
    schema::installation,
};

/// What this installation is called among others. It was drawn when the database was made.
///
/// # Errors
/// When the query fails.
pub fn id(db: &mut Db) -> StoreResult<Uuid> {
    let DbId(id) = installation::table.select(installation::id).first(db)?;
    Ok(id)
}
