//! Uploads: clients send the bytes of named photos, in one or several requests (tus 1.0).
//!
//! The bytes are stored in parts. Each part is an object that is written once, and the database lists the parts of an
//! upload. So offsets survive a restart, and any node can continue an upload.

use std::sync::Arc;

use chrono::TimeDelta;
use grassroots_domain::{
    account::Actor,
    hash::Hash,
    ids::{IncidentId, PhotoId},
    incident::photo::UploadOutcome,
    time::Instant,
};
use grassroots_persistence::{
    database::{
        db::Db,
        error::{StoreError, StoreResult},
    },
    photo::{
        photos::{self, NamedPhoto},
        uploads::{self, Upload},
    },
};
use uuid::Uuid;

use crate::app::{
    App,
    error::{AppError, PhotoError},
    unused_objects::{delete, names},
};

/// An upload expires after this time without new bytes. A phone may have no signal for days.
pub(super) const PATIENCE: TimeDelta = TimeDelta::days(7);
/// Most open uploads of one account. A phone without signal may collect a hundred photos.
const MOST_OPEN: i64 = 200;

/// The data with which a client begins an upload.
#[derive(Clone, Debug)]
pub struct AnnouncedUpload {
    pub incident: IncidentId,
    /// SHA-256 of the photo.
    pub sha256: Hash,
    /// Size of the photo, in bytes.
    pub length: u64,
    /// The `Upload-Metadata` header, unchanged.
    pub metadata: String,
}

/// The progress of an upload.
#[derive(Clone, Debug)]
pub struct UploadProgress {
    pub id: Uuid,
    /// Number of bytes received.
    pub received: u32,
    /// Size of the photo, in bytes.
    pub length: u32,
    /// When the upload expires.
    pub expires_at: Instant,
    /// The `Upload-Metadata` header, unchanged.
    pub metadata: String,
}

impl UploadProgress {
    pub(super) fn of(upload: Upload, photo: &NamedPhoto) -> Self {
        let Upload { id, received, expires_at, metadata, .. } = upload;
        Self { id, received, length: photo.photo.size_bytes, expires_at, metadata }
    }
}

/// Begins the upload of a photo that `actor` named. Returns the earlier upload if it has no bytes yet, because the client
/// may have lost the first answer.
///
/// # Errors
/// [`PhotoError::NotNamed`], [`PhotoError::OtherSize`] or [`PhotoError::TooMany`].
pub async fn create(
    app: &App,
    actor: Arc<Actor>,
    announced: AnnouncedUpload,
) -> Result<UploadProgress, AppError> {
    let now = app.clock.now();
    let (id, photo) = (Uuid::now_v7(), PhotoId::of(announced.incident, announced.sha256));
    app.store
        .write(move |db| {
            let AnnouncedUpload { incident, sha256, length, .. } = announced;
            let named = photos::find(db, photo)?.map(|(named, _)| named);
            let named = named.filter(|named| named.named_by == actor.account);
            let named = named.ok_or(PhotoError::NotNamed { incident, sha256 })?;
            if length != u64::from(named.photo.size_bytes) {
                return Err(PhotoError::OtherSize { given: length, named: named.photo.size_bytes }.into());
            }
            if let Some(begun) = uploads::find_empty(db, photo, actor.account, now)?
                && begun.metadata == announced.metadata
            {
                return Ok(UploadProgress::of(begun, &named));
            }
            // A client that begins again has lost the URL of its earlier upload.
            uploads::delete_begun(db, photo, actor.account)?;
            if uploads::count_open(db, actor.account, now)? >= MOST_OPEN {
                return Err(PhotoError::TooMany { most: MOST_OPEN }.into());
            }
            let upload = Upload {
                id,
                photo,
                account: actor.account,
                metadata: announced.metadata.clone(),
                received: 0,
                expires_at: now + PATIENCE,
                outcome: None,
            };
            uploads::insert(db, &upload)?;
            Ok(UploadProgress::of(upload, &named))
        })
        .await
}

/// Deletes an upload of `actor`. If the photo has arrived, it is kept.
///
/// # Errors
/// [`AppError::NotFound`] or [`PhotoError::Gone`].
pub async fn terminate(app: &App, actor: &Actor, id: Uuid) -> Result<(), AppError> {
    let _lock = app.upload_locks.lock(id).await;
    find(app, actor, id).await?;
    forget(app, id, uploads::delete).await
}

pub(super) async fn find(app: &App, actor: &Actor, id: Uuid) -> Result<(Upload, NamedPhoto), AppError> {
    let now = app.clock.now();
    let found = app.store.read(move |db| with_photo(db, id)).await?;
    let (upload, photo) =
        found.filter(|(upload, _)| upload.account == actor.account).ok_or(AppError::NotFound)?;
    if upload.expires_at <= now || upload.outcome == Some(UploadOutcome::Refused) {
        return Err(PhotoError::Gone.into());
    }
    Ok((upload, photo))
}

/// Deletes an upload with `how`. If it was deleted, deletes its bytes too.
pub(super) async fn forget(
    app: &App,
    id: Uuid,
    how: impl Fn(&mut Db, Uuid) -> StoreResult<()> + Send + 'static,
) -> Result<(), AppError> {
    let parts = app
        .store
        .write::<_, StoreError>(move |db| {
            let parts = uploads::parts(db, id)?;
            how(db, id)?;
            Ok(if uploads::find(db, id)?.is_none() { parts } else { Vec::new() })
        })
        .await?;
    delete(&app.objects, names(&parts)).await;
    Ok(())
}

/// Reads an upload and its photo.
pub(super) fn with_photo(db: &mut Db, id: Uuid) -> StoreResult<Option<(Upload, NamedPhoto)>> {
    let Some(upload) = uploads::find(db, id)? else { return Ok(None) };
    Ok(photos::find(db, upload.photo)?.map(|(photo, _)| (upload, photo)))
}
