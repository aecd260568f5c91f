//! Tables `photo` and `picture`: what incidents name, and the bytes that are here.

use diesel::{dsl::count_star, prelude::*};
use grassroots_domain::{
    account::AccountId,
    event::Hash,
    incident::{Incident, IncidentId},
    photo::{MediaType, Photo, PhotoId},
    time::Instant,
};
use uuid::Uuid;

use crate::{
    db::{At, Db, Key, insert_rows, on_each},
    error::{StoreError, StoreResult, decode},
    reports::hash_from_db,
    schema::{incident, photo, picture},
};

/// A photo of an incident.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NamedPhoto {
    /// Its identity.
    pub id: PhotoId,
    /// What it is.
    pub photo: Photo,
    /// Who named it.
    pub named_by: AccountId,
    /// When.
    pub named_at: Instant,
    /// When its bytes were here.
    pub arrived_at: Option<Instant>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = photo, treat_none_as_default_value = false)]
struct Row {
    id: Key,
    incident_id: i64,
    number: i32,
    sha256: Vec<u8>,
    size_bytes: i32,
    media_type: String,
    phase: String,
    named_by: Key,
    named_at: At,
    arrived_at: Option<At>,
}

impl Row {
    /// The photo at `index` of `incident`, which has that key.
    fn new(
        key: i64,
        incident: &Incident,
        index: usize,
        by: AccountId,
        at: Instant,
    ) -> StoreResult<Option<Self>> {
        let Some(photo) = incident.proceedings.photos.get(index) else { return Ok(None) };
        let wrong = |error| StoreError::decode("photo.number", index, error);
        Ok(Some(Self {
            id: Key(PhotoId::of(incident.id, photo.sha256).0),
            incident_id: key,
            number: i32::try_from(index.saturating_add(1)).map_err(wrong)?,
            sha256: photo.sha256.0.to_vec(),
            size_bytes: size_to_db(photo.size_bytes)?,
            media_type: photo.media_type.to_string(),
            phase: photo.phase.to_string(),
            named_by: by.into(),
            named_at: At(at),
            arrived_at: None,
        }))
    }
}

impl TryFrom<Row> for NamedPhoto {
    type Error = StoreError;

    fn try_from(row: Row) -> StoreResult<Self> {
        Ok(Self {
            id: PhotoId(row.id.0),
            photo: Photo {
                sha256: hash_from_db("photo.sha256", row.sha256)?,
                size_bytes: size_from_db("photo.size_bytes", row.size_bytes)?,
                media_type: decode("photo.media_type", &row.media_type)?,
                phase: decode("photo.phase", &row.phase)?,
            },
            named_by: AccountId(row.named_by.0),
            named_at: row.named_at.0,
            arrived_at: row.arrived_at.map(|at| at.0),
        })
    }
}

/// A number of bytes as it is stored.
pub(crate) fn size_to_db(size: u32) -> StoreResult<i32> {
    i32::try_from(size).map_err(|error| StoreError::decode("size_bytes", size, error))
}

/// A stored number of bytes.
pub(crate) fn size_from_db(column: &'static str, size: i32) -> StoreResult<u32> {
    u32::try_from(size).map_err(|error| StoreError::decode(column, size, error))
}

/// Writes the photos that new incidents name, each incident with its key.
pub(crate) fn insert_of_new(db: &mut Db, incidents: &[(i64, &Incident)]) -> StoreResult<()> {
    let mut rows = Vec::new();
    for (key, incident) in incidents {
        for index in 0..incident.proceedings.photos.len() {
            rows.extend(Row::new(*key, incident, index, incident.reporter, incident.received_at)?);
        }
    }
    insert(db, &rows)
}

/// Writes the photos that an incident names since `before`, as `by` did.
///
/// # Errors
/// When the query fails.
pub fn insert_more(
    db: &mut Db,
    key: i64,
    before: &Incident,
    after: &Incident,
    by: AccountId,
) -> StoreResult<()> {
    let mut rows = Vec::new();
    for index in before.proceedings.photos.len()..after.proceedings.photos.len() {
        rows.extend(Row::new(key, after, index, by, after.last_event_at)?);
    }
    insert(db, &rows)
}

fn insert(db: &mut Db, rows: &[Row]) -> StoreResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    Ok(insert_rows!(db, rows, row => diesel::insert_into(photo::table).values(row))?)
}

/// The photos of the incident with that key, in the order they were named.
///
/// # Errors
/// When the query fails or a row does not decode.
pub fn of_incident(db: &mut Db, key: i64) -> StoreResult<Vec<NamedPhoto>> {
    let rows: Vec<Row> = photo::table
        .filter(photo::incident_id.eq(key))
        .order(photo::number)
        .select(Row::as_select())
        .load(db)?;
    rows.into_iter().map(NamedPhoto::try_from).collect()
}

/// How many photos of the incident with that key have arrived.
///
/// # Errors
/// When the query fails.
pub fn count_arrived(db: &mut Db, key: i64) -> StoreResult<usize> {
    let arrived: i64 = photo::table
        .filter(photo::incident_id.eq(key))
        .filter(photo::arrived_at.is_not_null())
        .select(count_star())
        .first(db)?;
    Ok(usize::try_from(arrived).unwrap_or_default())
}

/// The photo with that identity, and its incident.
///
/// # Errors
/// When the query fails or a row does not decode.
pub fn find(db: &mut Db, id: PhotoId) -> StoreResult<Option<(NamedPhoto, IncidentId)>> {
    let row: Option<(Row, Key)> = photo::table
        .inner_join(incident::table)
        .filter(photo::id.eq(Key(id.0)))
        .select((Row::as_select(), incident::uuid))
        .first(db)
        .optional()?;
    row.map(|(row, incident)| Ok((row.try_into()?, IncidentId(incident.0)))).transpose()
}

/// Bytes that are kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Picture {
    /// SHA-256 of them.
    pub sha256: Hash,
    /// The name of the object that holds them.
    pub object: Uuid,
    /// What they are.
    pub media_type: MediaType,
}

/// The bytes with that hash, if they are kept.
///
/// # Errors
/// When the query fails or the row does not decode.
pub fn kept(db: &mut Db, sha256: Hash) -> StoreResult<Option<Picture>> {
    let row: Option<(Key, String)> = picture::table
        .find(sha256.0.to_vec())
        .select((picture::object, picture::media_type))
        .first(db)
        .optional()?;
    let picture = |(object, media_type): (Key, String)| {
        let media_type = decode("picture.media_type", &media_type)?;
        Ok(Picture { sha256, object: object.0, media_type })
    };
    row.map(picture).transpose()
}

/// Notes that a photo arrived, and its bytes are kept. Whether `picture` is where they are: not when the same bytes were
/// kept already.
///
/// # Errors
/// When a query fails.
pub fn arrive(db: &mut Db, id: PhotoId, picture: &Picture, at: Instant) -> StoreResult<bool> {
    let row = (
        picture::sha256.eq(picture.sha256.0.to_vec()),
        picture::object.eq(Key(picture.object)),
        picture::media_type.eq(picture.media_type.to_string()),
        picture::stored_at.eq(At(at)),
    );
    let rows = on_each!(db, conn => diesel::insert_into(picture::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(conn))?;
    diesel::update(photo::table.find(Key(id.0)).filter(photo::arrived_at.is_null()))
        .set(photo::arrived_at.eq(Some(At(at))))
        .execute(db)?;
    Ok(rows == 1)
}
