//! Table `photo`: the photos that incidents name.

use chrono::TimeDelta;
use diesel::{dsl::count_star, prelude::*};
use grassroots_domain::{
    hash::Hash,
    ids::{AccountId, IncidentId, PhotoId},
    incident::{
        Incident,
        evidence::{Evidence, PositionMatch, Whereabouts},
        photo::{MediaType, Phase, Photo},
    },
    time::Instant,
};

use crate::{
    database::{
        columns::{Code, DbHash},
        db::{Db, DbId, DbTime, insert_rows, size_from_db, size_to_db},
        error::{StoreError, StoreResult},
        schema::{incident, photo, picture},
    },
    photo::pictures::{self, NewPicture, StoredPicture},
};

/// A photo that an incident names. Its bytes may not have arrived yet.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct NamedPhoto {
    pub id: PhotoId,
    pub photo: Photo,
    pub named_by: AccountId,
    pub named_at: Instant,
    /// When the bytes were complete.
    pub arrived_at: Option<Instant>,
    /// `None` until the bytes were examined.
    pub evidence: Option<Evidence>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = photo, treat_none_as_default_value = false)]
struct Row {
    id: DbId,
    incident_id: i64,
    number: i32,
    sha256: DbHash,
    size_bytes: i32,
    media_type: Code<MediaType>,
    phase: Code<Phase>,
    named_by: DbId,
    named_at: DbTime,
    arrived_at: Option<DbTime>,
    examine_at: Option<DbTime>,
    taken_at: Option<DbTime>,
    distance_m: Option<f64>,
    position_match: Option<Code<PositionMatch>>,
}

impl Row {
    /// The photo at `index` of `incident`, which has the key `key`.
    fn new(
        key: i64,
        incident: &Incident,
        index: usize,
        by: AccountId,
        at: Instant,
    ) -> StoreResult<Option<Self>> {
        let Some(photo) = incident.photos.get(index) else { return Ok(None) };
        let wrong = |error| StoreError::decode("photo.number", index, error);
        Ok(Some(Self {
            id: DbId(PhotoId::of(incident.id, photo.sha256).0),
            incident_id: key,
            number: i32::try_from(index.saturating_add(1)).map_err(wrong)?,
            sha256: DbHash(photo.sha256),
            size_bytes: size_to_db(photo.size_bytes)?,
            media_type: Code(photo.media_type),
            phase: Code(photo.phase),
            named_by: by.into(),
            named_at: DbTime(at),
            arrived_at: None,
            examine_at: None,
            taken_at: None,
            distance_m: None,
            position_match: None,
        }))
    }
}

impl TryFrom<Row> for NamedPhoto {
    type Error = StoreError;

    fn try_from(row: Row) -> StoreResult<Self> {
        let position_match = row.position_match.map(|code| code.0);
        let whereabouts = row.distance_m.zip(position_match);
        let whereabouts =
            whereabouts.map(|(distance_m, position_match)| Whereabouts { distance_m, position_match });
        let evidence = Evidence { taken_at: row.taken_at.map(|at| at.0), whereabouts };
        let is_examined = row.arrived_at.is_some() && row.examine_at.is_none();
        Ok(Self {
            id: PhotoId(row.id.0),
            photo: Photo {
                sha256: row.sha256.0,
                size_bytes: size_from_db("photo.size_bytes", row.size_bytes)?,
                media_type: row.media_type.0,
                phase: row.phase.0,
            },
            named_by: AccountId(row.named_by.0),
            named_at: row.named_at.0,
            arrived_at: row.arrived_at.map(|at| at.0),
            evidence: is_examined.then_some(evidence),
        })
    }
}

/// Inserts the photos that new incidents name. Each incident has its key.
pub(crate) fn insert_of_new(db: &mut Db, incidents: &[(i64, &Incident)]) -> StoreResult<()> {
    let mut rows = Vec::new();
    for (key, incident) in incidents {
        for index in 0..incident.photos.len() {
            rows.extend(Row::new(*key, incident, index, incident.reporter, incident.received_at)?);
        }
    }
    insert(db, &rows)
}

/// Inserts the photos that `by` added to an incident since `before`.
pub fn insert_more(
    db: &mut Db,
    key: i64,
    before: &Incident,
    after: &Incident,
    by: AccountId,
) -> StoreResult<()> {
    let mut rows = Vec::new();
    for index in before.photos.len()..after.photos.len() {
        rows.extend(Row::new(key, after, index, by, after.last_event_at())?);
    }
    insert(db, &rows)
}

fn insert(db: &mut Db, rows: &[Row]) -> StoreResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    Ok(insert_rows!(db, rows, row => diesel::insert_into(photo::table).values(row))?)
}

/// The photos of an incident in the order in which they were named, each with its image file.
pub fn of_incident(db: &mut Db, key: i64) -> StoreResult<Vec<(NamedPhoto, Option<StoredPicture>)>> {
    let rows: Vec<(Row, Option<pictures::Row>)> = photo::table
        .left_join(picture::table.on(picture::sha256.eq(photo::sha256)))
        .filter(photo::incident_id.eq(key))
        .order(photo::number)
        .select((Row::as_select(), Option::<pictures::Row>::as_select()))
        .load(db)?;
    let both = |(photo, picture): (Row, Option<pictures::Row>)| {
        let photo = NamedPhoto::try_from(photo)?;
        let picture =
            picture.filter(|_| photo.arrived_at.is_some()).map(StoredPicture::try_from).transpose()?;
        Ok((photo, picture))
    };
    rows.into_iter().map(both).collect()
}

/// The number of photos of an incident that have arrived.
pub fn count_arrived(db: &mut Db, key: i64) -> StoreResult<usize> {
    let arrived: i64 = photo::table
        .filter(photo::incident_id.eq(key))
        .filter(photo::arrived_at.is_not_null())
        .select(count_star())
        .first(db)?;
    Ok(usize::try_from(arrived).unwrap_or_default())
}

/// The photo with this id, and its incident.
pub fn find(db: &mut Db, id: PhotoId) -> StoreResult<Option<(NamedPhoto, IncidentId)>> {
    let row: Option<(Row, DbId)> = photo::table
        .inner_join(incident::table)
        .filter(photo::id.eq(DbId(id.0)))
        .select((Row::as_select(), incident::uuid))
        .first(db)
        .optional()?;
    row.map(|(row, incident)| Ok((row.try_into()?, IncidentId(incident.0)))).transpose()
}

/// Records that a photo arrived, and stores its image file. Returns false if a file with the same bytes is stored already; then
/// the object of `picture` is not needed.
pub fn arrive(db: &mut Db, id: PhotoId, picture: &NewPicture, at: Instant) -> StoreResult<bool> {
    let is_new = pictures::insert(db, picture, at)?;
    diesel::update(photo::table.find(DbId(id.0)).filter(photo::arrived_at.is_null()))
        .set((photo::arrived_at.eq(Some(DbTime(at))), photo::examine_at.eq(Some(DbTime(at)))))
        .execute(db)?;
    Ok(is_new)
}

/// A photo that has to be examined.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Due {
    pub photo: NamedPhoto,
    /// Key of the incident.
    pub incident: i64,
    pub picture: StoredPicture,
}

/// Takes the photo that has waited longest for its examination, and reserves it for `turn`, or for the time since its arrival if
/// that is longer. So an examination that fails is repeated less and less often.
pub fn take_due(db: &mut Db, now: Instant, turn: TimeDelta) -> StoreResult<Option<Due>> {
    loop {
        let due: Option<(Row, pictures::Row)> = photo::table
            .inner_join(picture::table.on(picture::sha256.eq(photo::sha256)))
            .filter(photo::examine_at.le(Some(DbTime(now))))
            .order(photo::examine_at)
            .select((Row::as_select(), pictures::Row::as_select()))
            .first(db)
            .optional()?;
        let Some((row, picture)) = due else { return Ok(None) };
        let age = row.arrived_at.map_or(turn, |at| now - at.0);
        let until = Some(DbTime(now + turn.max(age)));
        let unchanged = photo::table.find(row.id).filter(photo::examine_at.eq(row.examine_at));
        // Another server may have taken it meanwhile.
        if diesel::update(unchanged).set(photo::examine_at.eq(until)).execute(db)? == 1 {
            let (id, incident) = (row.id.0, row.incident_id);
            match (row.try_into(), picture.try_into()) {
                (Ok(photo), Ok(picture)) => return Ok(Some(Due { photo, incident, picture })),
                // A newer version of the program may have written it. Other photos are examined.
                (Err(error), _) | (_, Err(error)) => {
                    tracing::error!(error = %error, photo = %id, "a photo cannot be read from the database; it is tried again later");
                }
            }
        }
    }
}

/// Stores the result of an examination.
pub fn examined(db: &mut Db, id: PhotoId, evidence: &Evidence) -> StoreResult<()> {
    let whereabouts = evidence.whereabouts;
    diesel::update(photo::table.find(DbId(id.0)))
        .set((
            photo::examine_at.eq(None::<DbTime>),
            photo::taken_at.eq(evidence.taken_at.map(DbTime)),
            photo::distance_m.eq(whereabouts.map(|whereabouts| whereabouts.distance_m)),
            photo::position_match.eq(whereabouts.map(|whereabouts| Code(whereabouts.position_match))),
        ))
        .execute(db)?;
    Ok(())
}

/// The keys of at most `limit` other incidents with a photo of the same bytes, the newest first.
pub fn incidents_with(db: &mut Db, sha256: Hash, incident: i64, limit: usize) -> StoreResult<Vec<i64>> {
    let keys: Vec<i64> = photo::table
        .filter(photo::sha256.eq(DbHash(sha256)))
        .filter(photo::incident_id.ne(incident))
        .filter(photo::arrived_at.is_not_null())
        .order(photo::incident_id.desc())
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select(photo::incident_id)
        .load(db)?;
    Ok(keys)
}
