//! Photos: parses named photos, lists the photos of an incident, and reads their bytes.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::Stream;
use grassroots_domain::{
    account::{Actor, Role},
    hash::Hash,
    ids::{IncidentId, PhotoId},
    incident::{
        evidence::Finding,
        photo::{self, MediaType, Phase, Photo, PreviewSize},
    },
    reading::visibility::{Visibility, sees_evidence, sees_original, sees_preview},
    text::localized::localized,
};
use grassroots_persistence::{
    incident::incidents,
    photo::{
        objects::{ObjectError, ObjectKind, ObjectName},
        photos::{self, NamedPhoto},
        pictures::{self, StoredPicture},
    },
};

use crate::{
    app::{
        App,
        error::{AppError, IncidentError, PhotoError},
        evidence::{EvidenceReader, PhotoFindings, of_all},
        incidents::find,
    },
    problem_code::ProblemCode,
    validation::fields::Fields,
};

/// A photo as the client named it. Nothing is checked yet.
#[derive(Clone, Debug)]
pub struct SentPhoto {
    pub sha256: String,
    pub size_bytes: u64,
    pub media_type: String,
    /// Whether it was taken before, during or after the work.
    pub phase: Option<String>,
}

/// Parses the photos at `pointer`, and reports all errors in `fields`. `phase` is the default phase, if there is one.
pub fn read(
    fields: &mut Fields,
    pointer: &str,
    sent: &[SentPhoto],
    phase: Option<Phase>,
) -> Option<Vec<Photo>> {
    let read = |(index, photo): (usize, &SentPhoto)| {
        let at = |field: &str| format!("{pointer}/{index}/{field}");
        let sha256: Option<Hash> = fields.parse(&at("sha256"), &photo.sha256);
        let media_type: Option<MediaType> = fields.parse(&at("media_type"), &photo.media_type);
        let phase = match photo.phase.as_deref() {
            Some(given) => fields.parse(&at("phase"), given),
            None => phase,
        };
        if photo.phase.is_none() && phase.is_none() {
            let detail = localized!(
                "请注明照片的阶段 phase：before、during 或 after",
                "say in `phase` when it was taken: before, during or after the work"
            );
            fields.wrong(&at("phase"), ProblemCode::MissingField, detail);
        }
        let size_bytes = u32::try_from(photo.size_bytes).ok();
        let size_bytes = size_bytes.filter(|size| (1..=photo::MAX_BYTES).contains(size));
        if size_bytes.is_none() {
            let (given, most) = (photo.size_bytes, photo::MAX_BYTES);
            let detail = localized!(
                "照片大小 {given} 字节，应为 1 至 {most} 字节；请先压缩",
                "the photo has {given} bytes; 1 to {most} are taken, so make it smaller first"
            );
            fields.wrong(&at("size_bytes"), ProblemCode::PhotoSize, detail);
        }
        Some(Photo { sha256: sha256?, size_bytes: size_bytes?, media_type: media_type?, phase: phase? })
    };
    let read: Vec<Option<Photo>> = sent.iter().enumerate().map(read).collect();
    read.into_iter().collect()
}

/// A photo in a list.
#[derive(Clone, Debug)]
pub struct ListedPhoto {
    pub photo: NamedPhoto,
    /// The stored image, once it has arrived.
    pub picture: Option<StoredPicture>,
    /// The findings, if the photo was examined and the caller may see them.
    pub evidence: Option<PhotoFindings>,
}

/// The photos of an incident.
#[derive(Clone, Debug)]
pub struct PhotoList {
    /// The photos, in the order in which they were named.
    pub photos: Vec<ListedPhoto>,
    /// Findings about all photos together.
    pub findings: Vec<Finding>,
}

/// Lists the photos of an incident that the caller may see.
///
/// # Errors
/// [`AppError::NotFound`] or [`IncidentError::SummaryOnly`].
pub async fn of(app: &App, actor: Arc<Actor>, id: IncidentId) -> Result<PhotoList, AppError> {
    let snapshot = app.snapshots.current();
    app.store
        .read(move |db| {
            let found = find(db, &actor, id)?;
            let case = &found.stored.case;
            let photos = photos::of_incident(db, found.stored.key)?;
            let seen: Vec<_> = photos
                .iter()
                .filter(|(photo, _)| sees_preview(&actor, case, photo.named_by))
                .copied()
                .collect();
            let sees_all = matches!(found.visibility, Visibility::Full | Visibility::Own);
            if seen.is_empty() && !sees_all && actor.role != Role::AuditAdmin {
                return Err(IncidentError::SummaryOnly.into());
            }
            if !sees_evidence(&actor, case) {
                let plain = |(photo, picture)| ListedPhoto { photo, picture, evidence: None };
                return Ok(PhotoList { photos: seen.into_iter().map(plain).collect(), findings: Vec::new() });
            }
            let mut reader = EvidenceReader::new(db, &actor, &found);
            let mut listed = Vec::new();
            for (photo, picture) in seen {
                let evidence = reader.tell(&photo, picture.as_ref())?;
                listed.push(ListedPhoto { photo, picture, evidence });
            }
            let category = snapshot.rules.as_ref().and_then(|rules| rules.category(case.incident().category));
            let findings = of_all(case, category, photos.iter().map(|(photo, _)| photo));
            Ok(PhotoList { photos: listed, findings })
        })
        .await
}

/// A photo or a preview that the caller may read.
#[derive(Clone, Debug)]
pub struct ReadablePhoto {
    /// SHA-256 of the original photo.
    pub sha256: Hash,
    /// The size of the preview. `None` for the original photo.
    pub size: Option<PreviewSize>,
    pub media_type: MediaType,
    pub size_bytes: u32,
    object: ObjectName,
}

/// Finds the photo with this id. With `size` it finds a preview, otherwise the original.
///
/// # Errors
/// [`AppError::NotFound`], [`PhotoError::PreviewsOnly`], [`PhotoError::Coming`], [`PhotoError::PreviewComing`] or
/// [`PhotoError::NoPreview`].
pub async fn open(
    app: &App,
    actor: Arc<Actor>,
    id: PhotoId,
    size: Option<PreviewSize>,
) -> Result<ReadablePhoto, AppError> {
    let picture = app
        .store
        .read(move |db| {
            let (photo, incident) = photos::find(db, id)?.ok_or(AppError::NotFound)?;
            let stored = incidents::find(db, incident)?.ok_or(AppError::NotFound)?;
            if !sees_preview(&actor, &stored.case, photo.named_by) {
                return Err(AppError::NotFound);
            }
            if size.is_none() && !sees_original(&actor, &stored.case, photo.named_by) {
                return Err(PhotoError::PreviewsOnly.into());
            }
            let picture = pictures::find(db, photo.photo.sha256)?.filter(|_| photo.arrived_at.is_some());
            let picture = picture.ok_or(PhotoError::Coming)?;
            Ok((picture, photo.photo.size_bytes))
        })
        .await?;
    let (StoredPicture { sha256, object, media_type, shown }, size_bytes) = picture;
    let Some(size) = size else {
        let object = ObjectName::of(ObjectKind::Photo, object);
        return Ok(ReadablePhoto { sha256, size: None, media_type, size_bytes, object });
    };
    let shown = shown.ok_or(PhotoError::PreviewComing)?.map_err(PhotoError::NoPreview)?;
    let preview = match size {
        PreviewSize::Thumb => shown.thumb,
        PreviewSize::Large => shown.large,
    };
    Ok(ReadablePhoto {
        sha256,
        size: Some(size),
        media_type: MediaType::Jpeg,
        size_bytes: preview.size_bytes,
        object: ObjectName::of(ObjectKind::Preview, preview.object),
    })
}

/// Reads the bytes in `range` of a photo or a preview.
pub async fn bytes(
    app: &App,
    readable: &ReadablePhoto,
    range: (u64, u64),
) -> Result<impl Stream<Item = Result<Bytes, ObjectError>> + Unpin + use<>, AppError> {
    Ok(app.objects.read(&readable.object, range).await?)
}
