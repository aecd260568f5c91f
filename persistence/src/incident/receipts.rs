//! Table `receipt`: the answers to commands, so that a repeated command gets the same answer.

use diesel::prelude::*;
use grassroots_domain::{hash::Hash, ids::AccountId, time::Instant};
use uuid::Uuid;

use crate::database::{
    columns::DbHash,
    db::{Db, DbId, DbTime},
    error::StoreResult,
    schema::receipt,
};

/// A request and its answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Receipt {
    /// Hash of the request. Another request under the same key has another hash.
    pub request: Hash,
    /// The answer as JSON. Holds no text that a person wrote.
    pub body: String,
}

/// The answer that `account` got under `key`.
pub fn find(db: &mut Db, account: AccountId, key: Uuid) -> StoreResult<Option<Receipt>> {
    let row: Option<(DbHash, String)> = receipt::table
        .find((DbId::from(account), DbId(key)))
        .select((receipt::request_hash, receipt::body))
        .first(db)
        .optional()?;
    Ok(row.map(|(request, body)| Receipt { request: request.0, body }))
}

/// Stores the answer that `account` got under `key`.
pub fn insert(db: &mut Db, account: AccountId, key: Uuid, new: &Receipt, now: Instant) -> StoreResult<()> {
    diesel::insert_into(receipt::table)
        .values((
            receipt::account_id.eq(DbId::from(account)),
            receipt::key.eq(DbId(key)),
            receipt::request_hash.eq(DbHash(new.request)),
            receipt::answered_at.eq(DbTime(now)),
            receipt::body.eq(&new.body),
        ))
        .execute(db)?;
    Ok(())
}

/// Deletes at most `limit` answers from before `answered_before`, and returns their number.
pub fn prune(db: &mut Db, answered_before: Instant, limit: u32) -> StoreResult<usize> {
    let keys: Vec<(DbId, DbId)> = receipt::table
        .filter(receipt::answered_at.lt(DbTime(answered_before)))
        .order(receipt::answered_at)
        .limit(i64::from(limit))
        .select((receipt::account_id, receipt::key))
        .load(db)?;
    for key in &keys {
        diesel::delete(receipt::table.find(*key)).execute(db)?;
    }
    Ok(keys.len())
}
