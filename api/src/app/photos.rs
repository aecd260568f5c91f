//! Photos: named in a body, listed, and read.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::Stream;
use grassroots_domain::{
    account::{Actor, Role},
    event::Hash,
    incident::IncidentId,
    photo::{self, MediaType, Phase, Photo, PhotoId},
    visibility::{Visibility, sees_original},
};
use grassroots_persistence::{
    error::StoreError,
    incidents,
    objects::{ObjectError, ObjectName},
    photos::{self, NamedPhoto, Picture},
};

use crate::{
    app::{
        App,
        incidents::{ReadError, peek},
    },
    fields::Fields,
    problem::{Code, words},
};

/// A photo as it was named; nothing of it is checked yet.
#[derive(Clone, Debug)]
pub struct SentPhoto {
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// How many they are.
    pub size_bytes: u64,
    /// What they are.
    pub media_type: String,
    /// When it was taken.
    pub phase: Option<String>,
}

/// Reads what was named at `pointer`, and names all that is wrong.
pub fn read(fields: &mut Fields, pointer: &str, sent: &[SentPhoto], phase: Phase) -> Option<Vec<Photo>> {
    let read = |(index, photo): (usize, &SentPhoto)| {
        let at = |field: &str| format!("{pointer}/{index}/{field}");
        let sha256: Option<Hash> = fields.parse(&at("sha256"), &photo.sha256);
        let media_type: Option<MediaType> = fields.parse(&at("media_type"), &photo.media_type);
        let phase = photo.phase.as_deref().map_or(Some(phase), |phase| fields.parse(&at("phase"), phase));
        let size_bytes = u32::try_from(photo.size_bytes).ok();
        let size_bytes = size_bytes.filter(|size| (1..=photo::MAX_BYTES).contains(size));
        if size_bytes.is_none() {
            let (given, most) = (photo.size_bytes, photo::MAX_BYTES);
            let detail = words!(
                "照片大小 {given} 字节，应为 1 至 {most} 字节；请先压缩",
                "the photo has {given} bytes; 1 to {most} are taken, so make it smaller first"
            );
            fields.wrong(&at("size_bytes"), Code::PhotoSize, detail);
        }
        Some(Photo { sha256: sha256?, size_bytes: size_bytes?, media_type: media_type?, phase: phase? })
    };
    let read: Vec<Option<Photo>> = sent.iter().enumerate().map(read).collect();
    read.into_iter().collect()
}

/// The photos of an incident that the caller may look at, in the order they were named.
///
/// # Errors
/// When there is no such incident the caller may see, or no more than a summary of it.
pub async fn of(app: &App, actor: Arc<Actor>, id: IncidentId) -> Result<Vec<NamedPhoto>, ReadError> {
    let found = peek(app, Arc::clone(&actor), id).await?;
    let inspects = actor.role == Role::AuditAdmin;
    match found.visibility {
        Visibility::None => return Err(ReadError::NotFound),
        Visibility::Summary | Visibility::Former { .. } if !inspects => return Err(ReadError::SummaryOnly),
        Visibility::Summary | Visibility::Former { .. } | Visibility::Own | Visibility::Full => {}
    }
    let key = found.stored.key;
    let photos = app.store.read(move |db| photos::of_incident(db, key)).await?;
    let seen = |photo: &NamedPhoto| sees_original(&actor, &found.stored.case, photo.named_by);
    Ok(photos.into_iter().filter(seen).collect())
}

/// Why a photo cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum PhotoError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The bytes cannot be read.
    #[error(transparent)]
    Objects(#[from] ObjectError),
    /// There is none, or the caller must not know of it.
    #[error("no such photo")]
    NotFound,
    /// Its bytes are not here yet.
    #[error("the photo has not arrived")]
    Coming,
}

/// A photo that may be read.
#[derive(Clone, Copy, Debug)]
pub struct Readable {
    /// What it is.
    pub photo: NamedPhoto,
    /// Its bytes.
    pub picture: Picture,
}

/// The photo with that identity, as it was taken.
///
/// # Errors
/// When there is none the caller may see, or it has not arrived.
pub async fn open(app: &App, actor: Arc<Actor>, id: PhotoId) -> Result<Readable, PhotoError> {
    let found = app
        .store
        .read::<_, StoreError>(move |db| {
            let Some((photo, incident)) = photos::find(db, id)? else { return Ok(None) };
            let Some(stored) = incidents::find(db, incident)? else { return Ok(None) };
            if !sees_original(&actor, &stored.case, photo.named_by) {
                return Ok(None);
            }
            let picture = photos::kept(db, photo.photo.sha256)?;
            Ok(Some((photo, picture)))
        })
        .await?;
    let (photo, picture) = found.ok_or(PhotoError::NotFound)?;
    let picture = picture.filter(|_| photo.arrived_at.is_some()).ok_or(PhotoError::Coming)?;
    Ok(Readable { photo, picture })
}

/// Bytes `from` up to `to` of a photo.
///
/// # Errors
/// When they cannot be read.
pub async fn bytes(
    app: &App,
    readable: &Readable,
    range: (u64, u64),
) -> Result<impl Stream<Item = Result<Bytes, ObjectError>> + Unpin + use<>, PhotoError> {
    Ok(app.objects.read(&ObjectName::picture(readable.picture.object), range).await?)
}
