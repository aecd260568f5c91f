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
        store::Retry,
    },
    photo::{
        objects::ObjectError,
        photos::{self, NamedPhoto},
        uploads::{self, Upload},
    },
};
use uuid::Uuid;

use crate::app::{
    App,
    unused_objects::{delete, names},
};

/// Time without new bytes after which an upload is over. A phone may be without signal for days.
pub(super) const PATIENCE: TimeDelta = TimeDelta::days(7);
/// Open uploads of one account at most. A hundred photos may wait for a signal.
const MOST_OPEN: i64 = 200;

/// Why an upload cannot continue, in the order in which it is checked.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The bytes cannot be kept or read.
    #[error(transparent)]
    Objects(#[from] ObjectError),
    /// There is no such upload, or it is somebody else's.
    #[error("no such upload")]
    NotFound,
    /// It waited too long, or was refused.
    #[error("the upload is over")]
    Gone,
    /// The caller named no such photo.
    #[error("no such photo was named")]
    NotNamed {
        /// The incident.
        incident: IncidentId,
        /// The hash.
        sha256: Hash,
    },
    /// The photo was named with another size.
    #[error("{given} bytes instead of {named}")]
    OtherSize {
        /// As announced.
        given: u64,
        /// As named.
        named: u32,
    },
    /// Too many are under way.
    #[error("too many uploads are under way")]
    TooMany {
        /// So many are allowed.
        most: i64,
    },
    /// The bytes sent do not follow those received.
    #[error("offset {given} instead of {received}")]
    WrongOffset {
        /// As sent.
        given: u64,
        /// What is right.
        received: u32,
    },
    /// More bytes than the photo has.
    #[error("more than {named} bytes")]
    TooLong {
        /// As named.
        named: u32,
    },
    /// A newer request goes on with the upload.
    #[error("a newer request goes on with the upload")]
    Superseded,
    /// The bytes of the request are not what it said.
    #[error("the checksum does not match")]
    WrongChecksum,
    /// The bytes of the whole are not the photo.
    #[error("{found} instead of {named}")]
    WrongHash {
        /// As named.
        named: Hash,
        /// Of what came in.
        found: Hash,
    },
    /// The bytes are no picture.
    #[error("no picture")]
    NoPicture,
}

impl UploadError {
    /// Whether what came in is not the photo, and never will be.
    pub(super) const fn is_refusal(&self) -> bool {
        matches!(self, Self::WrongHash { .. } | Self::NoPicture)
    }
}

impl Retry for UploadError {
    fn store_error(&self) -> Option<&StoreError> {
        if let Self::Store(error) = self { Some(error) } else { None }
    }
}

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
) -> Result<UploadProgress, UploadError> {
    let now = app.clock.now();
    let (id, photo) = (Uuid::now_v7(), PhotoId::of(announced.incident, announced.sha256));
    app.store
        .write(move |db| {
            let AnnouncedUpload { incident, sha256, length, .. } = announced;
            let named = photos::find(db, photo)?.map(|(named, _)| named);
            let named = named.filter(|named| named.named_by == actor.account);
            let named = named.ok_or(UploadError::NotNamed { incident, sha256 })?;
            if length != u64::from(named.photo.size_bytes) {
                return Err(UploadError::OtherSize { given: length, named: named.photo.size_bytes });
            }
            if let Some(begun) = uploads::find_empty(db, photo, actor.account, now)?
                && begun.metadata == announced.metadata
            {
                return Ok(UploadProgress::of(begun, &named));
            }
            // A client that begins again does not know the address of its earlier upload.
            uploads::delete_begun(db, photo, actor.account)?;
            if uploads::count_open(db, actor.account, now)? >= MOST_OPEN {
                return Err(UploadError::TooMany { most: MOST_OPEN });
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
pub async fn terminate(app: &App, actor: &Actor, id: Uuid) -> Result<(), UploadError> {
    let _lock = app.upload_locks.lock(id).await;
    find(app, actor, id).await?;
    forget(app, id, uploads::delete).await
}

pub(super) async fn find(app: &App, actor: &Actor, id: Uuid) -> Result<(Upload, NamedPhoto), UploadError> {
    let now = app.clock.now();
    let found = app.store.read(move |db| with_photo(db, id)).await?;
    let (upload, photo) =
        found.filter(|(upload, _)| upload.account == actor.account).ok_or(UploadError::NotFound)?;
    if upload.expires_at <= now || upload.outcome == Some(UploadOutcome::Refused) {
        return Err(UploadError::Gone);
    }
    Ok((upload, photo))
}

/// Forgets an upload in the way of `how`, and its bytes if it is gone then.
pub(super) async fn forget(
    app: &App,
    id: Uuid,
    how: impl Fn(&mut Db, Uuid) -> StoreResult<()> + Send + 'static,
) -> Result<(), UploadError> {
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
