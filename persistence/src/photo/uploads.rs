//! Tables `upload` and `upload_part`: photos that are being uploaded.

use std::collections::BTreeSet;

use diesel::{dsl::count_star, prelude::*};
use grassroots_domain::{
    ids::{AccountId, PhotoId},
    incident::photo::UploadOutcome,
    time::Instant,
};
use uuid::Uuid;

use crate::database::{
    columns::Code,
    db::{Db, DbId, DbTime, size_from_db, size_to_db},
    error::{StoreError, StoreResult},
    schema::{photo, upload, upload_part},
};

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Upload {
    pub id: Uuid,
    pub photo: PhotoId,
    /// The account that uploads the photo.
    pub account: AccountId,
    /// The metadata text of the client.
    pub metadata: String,
    /// Number of bytes on disk.
    pub received: u32,
    /// When an incomplete upload is deleted.
    pub expires_at: Instant,
    /// `None` until all bytes were received and checked.
    pub outcome: Option<UploadOutcome>,
}

/// A range of bytes of an upload, stored as one object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct UploadPart {
    /// Position of the first byte in the upload.
    pub position: u32,
    pub size_bytes: u32,
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
    outcome: Option<Code<UploadOutcome>>,
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
            outcome: row.outcome.map(|outcome| outcome.0),
        })
    }
}

/// Inserts an upload.
pub fn insert(db: &mut Db, new: &Upload) -> StoreResult<()> {
    let row = Row {
        id: DbId(new.id),
        photo_id: DbId(new.photo.0),
        account_id: new.account.into(),
        metadata: new.metadata.clone(),
        received: size_to_db(new.received)?,
        expires_at: DbTime(new.expires_at),
        outcome: new.outcome.map(Code),
    };
    diesel::insert_into(upload::table).values(row).execute(db)?;
    Ok(())
}

/// The upload with this id.
pub fn find(db: &mut Db, id: Uuid) -> StoreResult<Option<Upload>> {
    let row: Option<Row> = upload::table.find(DbId(id)).select(Row::as_select()).first(db).optional()?;
    row.map(Upload::try_from).transpose()
}

/// The number of unfinished uploads of `account` at `now`.
pub fn count_open(db: &mut Db, account: AccountId, now: Instant) -> StoreResult<i64> {
    Ok(upload::table
        .filter(upload::account_id.eq(DbId::from(account)))
        .filter(upload::expires_at.gt(DbTime(now)))
        .filter(upload::outcome.is_null())
        .select(count_star())
        .first(db)?)
}

/// An upload of the photo by `account` without any bytes. The client may have lost the answer that named it.
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

/// Adds parts after the first `from` bytes, and sets the new end of the upload.
///
/// # Errors
/// [`StoreError::Conflict`] if other bytes were added meanwhile, or if the upload has an outcome.
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

/// Stores the outcome of an upload and deletes its parts.
pub fn end(db: &mut Db, id: Uuid, outcome: UploadOutcome) -> StoreResult<()> {
    let open = upload::table.find(DbId(id)).filter(upload::outcome.is_null());
    diesel::update(open).set(upload::outcome.eq(Some(Code(outcome)))).execute(db)?;
    diesel::delete(upload_part::table.filter(upload_part::upload_id.eq(DbId(id)))).execute(db)?;
    Ok(())
}

/// Deletes an upload and its parts.
pub fn delete(db: &mut Db, id: Uuid) -> StoreResult<()> {
    diesel::delete(upload::table.find(DbId(id))).execute(db)?;
    Ok(())
}

/// Deletes an upload and its parts if it has expired. The client may have continued it meanwhile.
pub fn delete_expired(db: &mut Db, id: Uuid, now: Instant) -> StoreResult<()> {
    diesel::delete(upload::table.find(DbId(id)).filter(upload::expires_at.le(DbTime(now)))).execute(db)?;
    Ok(())
}

/// Deletes the unfinished uploads of a photo by `account`.
pub fn delete_begun(db: &mut Db, photo: PhotoId, account: AccountId) -> StoreResult<()> {
    let begun = upload::table
        .filter(upload::photo_id.eq(DbId(photo.0)))
        .filter(upload::account_id.eq(DbId::from(account)))
        .filter(upload::outcome.is_null());
    diesel::delete(begun).execute(db)?;
    Ok(())
}

/// At most `limit` uploads that expired before `now`.
pub fn expired(db: &mut Db, now: Instant, limit: u32) -> StoreResult<Vec<Uuid>> {
    let ids: Vec<DbId> = upload::table
        .filter(upload::expires_at.le(DbTime(now)))
        .order(upload::expires_at)
        .limit(i64::from(limit))
        .select(upload::id)
        .load(db)?;
    Ok(ids.into_iter().map(|id| id.0).collect())
}

/// At most `limit` complete uploads without an outcome. They remain when the server stops after the last byte.
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

/// Returns the `objects` that hold a part of an upload.
pub fn in_use(db: &mut Db, objects: &[Uuid]) -> StoreResult<BTreeSet<Uuid>> {
    let names: Vec<DbId> = objects.iter().copied().map(DbId).collect();
    let used: Vec<DbId> =
        upload_part::table.filter(upload_part::object.eq_any(names)).select(upload_part::object).load(db)?;
    Ok(used.into_iter().map(|key| key.0).collect())
}
