//! Table `receipt`: what a command was answered, so that a repeat is answered alike.

use diesel::prelude::*;
use grassroots_domain::{hash::Hash, ids::AccountId, time::Instant};
use uuid::Uuid;

use crate::database::{
    db::{Db, DbId, DbTime, hash_from_db},
    error::StoreResult,
    schema::receipt,
};

/// What was asked under a key, and what was answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Receipt {
    /// Hash of the request: tells a repeat from another request under the same key.
    pub request: Hash,
    /// The answer, as JSON. Holds no words.
    pub body: String,
}

/// What `account` was answered under `key`.
///
/// # Errors
/// When the query fails.
pub fn find(db: &mut Db, account: AccountId, key: Uuid) -> StoreResult<Option<Receipt>> {
    let row: Option<(Vec<u8>, String)> = receipt::table
        .find((DbId::from(account), DbId(key)))
        .select((receipt::request_hash, receipt::body))
        .first(db)
        .optional()?;
    row.map(|(request, body)| Ok(Receipt { request: hash_from_db("receipt.request_hash", request)?, body }))
        .transpose()
}

/// Keeps what `account` was answered under `key`.
///
/// # Errors
/// When the query fails.
pub fn insert(
    db: &mut Db,
    account: AccountId,
    key: Uuid,
    answered: &Receipt,
    now: Instant,
) -> StoreResult<()> {
    diesel::insert_into(receipt::table)
        .values((
            receipt::account_id.eq(DbId::from(account)),
            receipt::key.eq(DbId(key)),
            receipt::request_hash.eq(answered.request.0.to_vec()),
            receipt::answered_at.eq(DbTime(now)),
            receipt::body.eq(&answered.body),
        ))
        .execute(db)?;
    Ok(())
}

/// Forgets up to `limit` answers given before `answered_before`, and says how many.
///
/// # Errors
/// When a query fails.
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
