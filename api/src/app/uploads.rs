//! Uploads: the bytes of named photos arrive in pieces, over as many requests as it takes (tus 1.0).
//!
//! The bytes are cut into parts. Each part is an object that is written once, and a row says which parts make up the
//! upload. So offsets survive a restart, and any node can continue where another stopped.

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

/// Time without new bytes after which an upload is over. A phone may be without signal for days.
pub(super) const PATIENCE: TimeDelta = TimeDelta::days(7);
/// Open uploads of one account at most. A hundred photos may wait for a signal.
const MOST_OPEN: i64 = 200;

/// What is to be sent.
#[derive(Clone, Debug)]
pub struct AnnouncedUpload {
    /// The incident.
    pub incident: IncidentId,
    /// The hash of the bytes.
    pub sha256: Hash,
    /// How many they are.
    pub length: u64,
    /// All that the client said, as it said it.
    pub metadata: String,
}

/// How far an upload is.
#[derive(Clone, Debug)]
pub struct UploadProgress {
    /// Its identity.
    pub id: Uuid,
    /// Bytes received.
    pub received: u32,
    /// Bytes there are.
    pub length: u32,
    /// Until when it may go on.
    pub expires_at: Instant,
    /// As the client sent it.
    pub metadata: String,
}

impl UploadProgress {
    pub(super) fn of(upload: Upload, photo: &NamedPhoto) -> Self {
        let Upload { id, received, expires_at, metadata, .. } = upload;
        Self { id, received, length: photo.photo.size_bytes, expires_at, metadata }
    }
}

/// Begins to send a photo that `actor` named. Returns the same upload if it was begun before and has no bytes yet: the
/// first answer was lost then.
///
/// # Errors
/// When no such photo was named, it has another size, or too many are under way.
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
            // A client that begins again does not know the address of its earlier upload.
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

/// Ends an upload of `actor`. A photo that arrived stays.
///
/// # Errors
/// When there is none, or it is over.
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

/// Forgets an upload in the way of `how`, and its bytes if it is gone then.
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

/// An upload and its photo.
pub(super) fn with_photo(db: &mut Db, id: Uuid) -> StoreResult<Option<(Upload, NamedPhoto)>> {
    let Some(upload) = uploads::find(db, id)? else { return Ok(None) };
    Ok(photos::find(db, upload.photo)?.map(|(photo, _)| (upload, photo)))
}
