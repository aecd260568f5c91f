//! Tables `upload` and `upload_part`: photos on their way.

use std::collections::BTreeSet;

use diesel::{dsl::count_star, prelude::*};
use grassroots_domain::{
    ids::{AccountId, PhotoId},
    incident::photo::UploadOutcome,
    time::Instant,
};
use uuid::Uuid;

use crate::database::{
    db::{Db, DbId, DbTime, size_from_db, size_to_db},
    error::{StoreError, StoreResult, decode},
    schema::{photo, upload, upload_part},
};

/// A photo on its way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Upload {
    /// Its identity.
    pub id: Uuid,
    /// The photo.
    pub photo: PhotoId,
    /// Whose phone sends it.
    pub account: AccountId,
    /// As the client sent it.
    pub metadata: String,
    /// Bytes that are on disk.
    pub received: u32,
    /// Until when it may go on.
    pub expires_at: Instant,
    /// What became of it.
    pub outcome: Option<UploadOutcome>,
}

/// Bytes of an upload that are one object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct UploadPart {
    /// Of the first byte in the upload.
    pub position: u32,
    /// How many.
    pub size_bytes: u32,
    /// The name of the object.
    pub object: Uuid,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = upload, treat_none_as_default_value = false)]
struct Row {
    id: DbId,
    photo_id: DbId,
    account_id: DbId,
    metadata: String,
    received: i32,
    expires_at: DbTime,
    outcome: Option<String>,
}

impl TryFrom<Row> for Upload {
    type Error = StoreError;

    fn try_from(row: Row) -> StoreResult<Self> {
        Ok(Self {
            id: row.id.0,
            photo: PhotoId(row.photo_id.0),
            account: AccountId(row.account_id.0),
            metadata: row.metadata,
            received: size_from_db("upload.received", row.received)?,
            expires_at: row.expires_at.0,
            outcome: row.outcome.map(|outcome| decode("upload.outcome", &outcome)).transpose()?,
        })
    }
}

/// Writes a new upload.
///
/// # Errors
/// When the query fails.
pub fn insert(db: &mut Db, new: &Upload) -> StoreResult<()> {
    let row = Row {
        id: DbId(new.id),
        photo_id: DbId(new.photo.0),
        account_id: new.account.into(),
        metadata: new.metadata.clone(),
        received: size_to_db(new.received)?,
        expires_at: DbTime(new.expires_at),
        outcome: new.outcome.map(|outcome| outcome.to_string()),
    };
    diesel::insert_into(upload::table).values(row).execute(db)?;
    Ok(())
}

/// The upload with that identity.
///
/// # Errors
/// When the query fails or the row does not decode.
pub fn find(db: &mut Db, id: Uuid) -> StoreResult<Option<Upload>> {
    let row: Option<Row> = upload::table.find(DbId(id)).select(Row::as_select()).first(db).optional()?;
    row.map(Upload::try_from).transpose()
}

/// How many uploads of `account` are under way at `now`.
///
/// # Errors
/// When the query fails.
pub fn count_open(db: &mut Db, account: AccountId, now: Instant) -> StoreResult<i64> {
    Ok(upload::table
        .filter(upload::account_id.eq(DbId::from(account)))
        .filter(upload::expires_at.gt(DbTime(now)))
        .filter(upload::outcome.is_null())
        .select(count_star())
        .first(db)?)
}

/// An upload of that photo by `account` of which nothing came in yet: its answer may have been lost.
///
/// # Errors
/// When the query fails or the row does not decode.
pub fn find_empty(
    db: &mut Db,
    photo: PhotoId,
    account: AccountId,
    now: Instant,
) -> StoreResult<Option<Upload>> {
    let row: Option<Row> = upload::table
        .filter(upload::photo_id.eq(DbId(photo.0)))
        .filter(upload::account_id.eq(DbId::from(account)))
        .filter(upload::received.eq(0))
        .filter(upload::outcome.is_null())
        .filter(upload::expires_at.gt(DbTime(now)))
        .order(upload::expires_at.desc())
        .select(Row::as_select())
        .first(db)
        .optional()?;
    row.map(Upload::try_from).transpose()
}

/// Adds parts behind the bytes received so far, `from` of them, and lets the upload live on until `expires_at`.
///
/// # Errors
/// [`StoreError::Conflict`] when other bytes came in meanwhile, or it is over.
pub fn append(
    db: &mut Db,
    id: Uuid,
    from: u32,
    parts: &[UploadPart],
    expires_at: Instant,
) -> StoreResult<()> {
    let received = parts.last().map_or(from, |last| last.position + last.size_bytes);
    let open = upload::table
        .find(DbId(id))
        .filter(upload::received.eq(size_to_db(from)?))
        .filter(upload::outcome.is_null());
    let rows = diesel::update(open)
        .set((upload::received.eq(size_to_db(received)?), upload::expires_at.eq(DbTime(expires_at))))
        .execute(db)?;
    if rows != 1 {
        return Err(StoreError::Conflict);
    }
    for part in parts {
        let row = (
            upload_part::upload_id.eq(DbId(id)),
            upload_part::position.eq(size_to_db(part.position)?),
            upload_part::size_bytes.eq(size_to_db(part.size_bytes)?),
            upload_part::object.eq(DbId(part.object)),
        );
        diesel::insert_into(upload_part::table).values(row).execute(db)?;
    }
    Ok(())
}

/// The parts of an upload, in order.
///
/// # Errors
/// When the query fails or a row does not decode.
pub fn parts(db: &mut Db, id: Uuid) -> StoreResult<Vec<UploadPart>> {
    let rows: Vec<(i32, i32, DbId)> = upload_part::table
        .filter(upload_part::upload_id.eq(DbId(id)))
        .order(upload_part::position)
        .select((upload_part::position, upload_part::size_bytes, upload_part::object))
        .load(db)?;
    let part = |(position, size, object): (i32, i32, DbId)| {
        Ok(UploadPart {
            position: size_from_db("upload_part.position", position)?,
            size_bytes: size_from_db("upload_part.size_bytes", size)?,
            object: object.0,
        })
    };
    rows.into_iter().map(part).collect()
}

/// Notes what became of an upload, and forgets its parts.
///
/// # Errors
/// When a query fails.
pub fn end(db: &mut Db, id: Uuid, outcome: UploadOutcome) -> StoreResult<()> {
    let open = upload::table.find(DbId(id)).filter(upload::outcome.is_null());
    diesel::update(open).set(upload::outcome.eq(Some(outcome.to_string()))).execute(db)?;
    diesel::delete(upload_part::table.filter(upload_part::upload_id.eq(DbId(id)))).execute(db)?;
    Ok(())
}

/// Forgets an upload and its parts.
///
/// # Errors
/// When the query fails.
pub fn delete(db: &mut Db, id: Uuid) -> StoreResult<()> {
    diesel::delete(upload::table.find(DbId(id))).execute(db)?;
    Ok(())
}

/// The same, if it was over before `now`: it may have gone on meanwhile.
///
/// # Errors
/// When the query fails.
pub fn delete_expired(db: &mut Db, id: Uuid, now: Instant) -> StoreResult<()> {
    diesel::delete(upload::table.find(DbId(id)).filter(upload::expires_at.le(DbTime(now)))).execute(db)?;
    Ok(())
}

/// Forgets what `account` began to send of a photo and did not finish.
///
/// # Errors
/// When the query fails.
pub fn delete_begun(db: &mut Db, photo: PhotoId, account: AccountId) -> StoreResult<()> {
    let begun = upload::table
        .filter(upload::photo_id.eq(DbId(photo.0)))
        .filter(upload::account_id.eq(DbId::from(account)))
        .filter(upload::outcome.is_null());
    diesel::delete(begun).execute(db)?;
    Ok(())
}

/// At most `limit` uploads that were over before `now`.
///
/// # Errors
/// When the query fails.
pub fn expired(db: &mut Db, now: Instant, limit: u32) -> StoreResult<Vec<Uuid>> {
    let ids: Vec<DbId> = upload::table
        .filter(upload::expires_at.le(DbTime(now)))
        .order(upload::expires_at)
        .limit(i64::from(limit))
        .select(upload::id)
        .load(db)?;
    Ok(ids.into_iter().map(|id| id.0).collect())
}

/// At most `limit` uploads that are whole and of which nothing became yet: the server stopped in between.
///
/// # Errors
/// When the query fails.
pub fn unfinished(db: &mut Db, limit: u32) -> StoreResult<Vec<Uuid>> {
    let ids: Vec<DbId> = upload::table
        .inner_join(photo::table)
        .filter(upload::received.eq(photo::size_bytes))
        .filter(upload::outcome.is_null())
        .order(upload::expires_at)
        .limit(i64::from(limit))
        .select(upload::id)
        .load(db)?;
    Ok(ids.into_iter().map(|id| id.0).collect())
}

/// Which of `objects` hold a part of an upload.
///
/// # Errors
/// When the query fails.
pub fn in_use(db: &mut Db, objects: &[Uuid]) -> StoreResult<BTreeSet<Uuid>> {
    let names: Vec<DbId> = objects.iter().copied().map(DbId).collect();
    let used: Vec<DbId> =
        upload_part::table.filter(upload_part::object.eq_any(names)).select(upload_part::object).load(db)?;
    Ok(used.into_iter().map(|key| key.0).collect())
}
