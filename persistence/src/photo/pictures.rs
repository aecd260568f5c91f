//! Tables `picture` and `picture_quarter`: one row for each distinct image file, and the fingerprints of the images.

use std::collections::BTreeSet;

use diesel::prelude::*;
use grassroots_domain::{
    hash::Hash,
    incident::photo::{Fingerprint, MediaType, NoPreview},
    time::Instant,
};
use uuid::Uuid;

use crate::database::{
    columns::{Code, DbHash},
    db::{Db, DbId, DbTime, insert_rows, on_each, size_from_db, size_to_db},
    error::{StoreError, StoreResult},
    schema::{photo, picture, picture_quarter},
};

/// Maximum number of fingerprints that are compared. Many images of the sky share a quarter.
const MOST_COMPARED: i64 = 5_000;

/// A stored image file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StoredPicture {
    /// SHA-256 of the bytes.
    pub sha256: Hash,
    /// The object with the bytes.
    pub object: Uuid,
    pub media_type: MediaType,
    /// The previews, or why there are none. `None` until the image was examined.
    pub shown: Option<Result<Shown, NoPreview>>,
}

/// An image file that was received.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NewPicture {
    /// SHA-256 of the bytes.
    pub sha256: Hash,
    /// The object with the bytes.
    pub object: Uuid,
    pub media_type: MediaType,
}

/// An image with previews.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shown {
    /// Width in pixels after rotation.
    pub width: u32,
    /// Height in pixels after rotation.
    pub height: u32,
    pub thumb: StoredPreview,
    pub large: StoredPreview,
    /// `None` if the image is small or has too little detail.
    pub fingerprint: Option<Fingerprint>,
}

/// A stored preview image.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StoredPreview {
    /// The object with the bytes.
    pub object: Uuid,
    pub size_bytes: u32,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = picture)]
pub(crate) struct Row {
    sha256: DbHash,
    object: DbId,
    media_type: Code<MediaType>,
    no_preview: Option<Code<NoPreview>>,
    width: Option<i32>,
    height: Option<i32>,
    thumb: Option<DbId>,
    thumb_bytes: Option<i32>,
    large: Option<DbId>,
    large_bytes: Option<i32>,
    fingerprint: Option<i64>,
}

impl TryFrom<Row> for StoredPicture {
    type Error = StoreError;

    fn try_from(row: Row) -> StoreResult<Self> {
        let preview = |object: Option<DbId>, size: Option<i32>| -> StoreResult<Option<StoredPreview>> {
            let Some((object, size)) = object.zip(size) else { return Ok(None) };
            Ok(Some(StoredPreview {
                object: object.0,
                size_bytes: size_from_db("picture.thumb_bytes", size)?,
            }))
        };
        let thumb = preview(row.thumb, row.thumb_bytes)?;
        let large = preview(row.large, row.large_bytes)?;
        let shown = match (row.no_preview, row.width, row.height, thumb, large) {
            (Some(why), ..) => Some(Err(why.0)),
            (None, Some(width), Some(height), Some(thumb), Some(large)) => Some(Ok(Shown {
                width: size_from_db("picture.width", width)?,
                height: size_from_db("picture.height", height)?,
                thumb,
                large,
                fingerprint: row.fingerprint.map(|bits| Fingerprint(bits.cast_unsigned())),
            })),
            _ => None,
        };
        Ok(Self { sha256: row.sha256.0, object: row.object.0, media_type: row.media_type.0, shown })
    }
}

/// The image file with this hash.
pub fn find(db: &mut Db, sha256: Hash) -> StoreResult<Option<StoredPicture>> {
    let row: Option<Row> =
        picture::table.find(DbHash(sha256)).select(Row::as_select()).first(db).optional()?;
    row.map(StoredPicture::try_from).transpose()
}

/// Inserts an image file. Returns false if a file with the same bytes is stored already.
pub(crate) fn insert(db: &mut Db, new: &NewPicture, at: Instant) -> StoreResult<bool> {
    let row = (
        picture::sha256.eq(DbHash(new.sha256)),
        picture::object.eq(DbId(new.object)),
        picture::media_type.eq(Code(new.media_type)),
        picture::stored_at.eq(DbTime(at)),
    );
    let rows = on_each!(db, conn => diesel::insert_into(picture::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(conn))?;
    Ok(rows == 1)
}

/// Stores the result of the examination. Returns false if another worker already stored it.
pub fn shows(db: &mut Db, sha256: Hash, shown: Result<Shown, NoPreview>) -> StoreResult<bool> {
    let unexamined = picture::table
        .find(DbHash(sha256))
        .filter(picture::no_preview.is_null())
        .filter(picture::thumb.is_null());
    let rows = match shown {
        Err(why) => diesel::update(unexamined).set(picture::no_preview.eq(Some(Code(why)))).execute(db)?,
        Ok(shown) => diesel::update(unexamined)
            .set((
                picture::width.eq(Some(size_to_db(shown.width)?)),
                picture::height.eq(Some(size_to_db(shown.height)?)),
                picture::thumb.eq(Some(DbId(shown.thumb.object))),
                picture::thumb_bytes.eq(Some(size_to_db(shown.thumb.size_bytes)?)),
                picture::large.eq(Some(DbId(shown.large.object))),
                picture::large_bytes.eq(Some(size_to_db(shown.large.size_bytes)?)),
                picture::fingerprint.eq(shown.fingerprint.map(|Fingerprint(bits)| bits.cast_signed())),
            ))
            .execute(db)?,
    };
    if rows == 1
        && let Some(fingerprint) = shown.ok().and_then(|shown| shown.fingerprint)
    {
        let row =
            |quarter: i32| (picture_quarter::quarter.eq(quarter), picture_quarter::sha256.eq(DbHash(sha256)));
        let rows = quarters(fingerprint).map(row);
        insert_rows!(db, &rows, row => diesel::insert_into(picture_quarter::table).values(row))?;
    }
    Ok(rows == 1)
}

/// The four quarters of a fingerprint: the number of the quarter in the upper 16 bits, its bits in the lower 16.
fn quarters(Fingerprint(bits): Fingerprint) -> [i32; 4] {
    let [a, b, c, d, e, f, g, h] = bits.to_be_bytes();
    let quarter = |number: u8, high: u8, low: u8| i32::from_be_bytes([0, number, high, low]);
    [quarter(0, a, b), quarter(1, c, d), quarter(2, e, f), quarter(3, g, h)]
}

/// All quarters that differ from a quarter of `fingerprint` by at most one bit. Each nearly equal fingerprint has one of them: if
/// at most six or seven bits differ, at most one bit differs in one of the four quarters.
fn quarters_near(fingerprint: Fingerprint) -> Vec<i32> {
    const { assert!(Fingerprint::NEARLY < 8) };
    let near = |quarter: i32| std::iter::once(quarter).chain((0..16).map(move |bit| quarter ^ (1 << bit)));
    quarters(fingerprint).into_iter().flat_map(near).collect()
}

/// The keys of at most `limit` other incidents with a photo that looks nearly like `fingerprint` and has other bytes than
/// `sha256`, the newest first.
pub fn incidents_like(
    db: &mut Db,
    (sha256, fingerprint): (Hash, Fingerprint),
    incident: i64,
    limit: usize,
) -> StoreResult<Vec<i64>> {
    let rows: Vec<(i64, Option<i64>)> = picture_quarter::table
        .inner_join(picture::table.on(picture::sha256.eq(picture_quarter::sha256)))
        .inner_join(photo::table.on(photo::sha256.eq(picture_quarter::sha256)))
        .filter(picture_quarter::quarter.eq_any(quarters_near(fingerprint)))
        .filter(picture_quarter::sha256.ne(DbHash(sha256)))
        .filter(photo::incident_id.ne(incident))
        .filter(photo::arrived_at.is_not_null())
        .limit(MOST_COMPARED)
        .select((photo::incident_id, picture::fingerprint))
        .load(db)?;
    let is_near =
        |bits: Option<i64>| bits.is_some_and(|bits| fingerprint.is_nearly(Fingerprint(bits.cast_unsigned())));
    let keys: BTreeSet<i64> =
        rows.into_iter().filter(|(_, bits)| is_near(*bits)).map(|(incident, _)| incident).collect();
    Ok(keys.into_iter().rev().take(limit).collect())
}

/// Returns the `objects` that hold an image file or a preview.
pub fn in_use(db: &mut Db, objects: &[Uuid]) -> StoreResult<BTreeSet<Uuid>> {
    let names: Vec<DbId> = objects.iter().copied().map(DbId).collect();
    let some: Vec<Option<DbId>> = names.iter().copied().map(Some).collect();
    let mut used: Vec<DbId> =
        picture::table.filter(picture::object.eq_any(&names)).select(picture::object).load(db)?;
    let thumbs: Vec<Option<DbId>> =
        picture::table.filter(picture::thumb.eq_any(&some)).select(picture::thumb).load(db)?;
    let larges: Vec<Option<DbId>> =
        picture::table.filter(picture::large.eq_any(&some)).select(picture::large).load(db)?;
    used.extend(thumbs.into_iter().chain(larges).flatten());
    Ok(used.into_iter().map(|key| key.0).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearly_equal_fingerprints_share_a_quarter() {
        let first = Fingerprint(0x0123_4567_89ab_cdef);
        let near = quarters_near(first);
        // Six bits differ, spread over the quarters as evenly as possible, in all positions.
        for shift in 0..64 {
            let other = Fingerprint(first.0 ^ 0x8080_8080_8080_u64.rotate_left(shift));
            assert!(first.is_nearly(other));
            assert!(quarters(other).iter().any(|quarter| near.contains(quarter)), "{shift}");
        }
        assert!(!quarters(Fingerprint(!first.0)).iter().any(|quarter| near.contains(quarter)));
    }
}
