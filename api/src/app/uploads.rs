//! Uploads: the bytes of named photos come in, however often the line breaks (tus 1.0).
//!
//! What came in is cut into parts, each an object that is written once; a row says which parts make up the upload. So
//! offsets survive a restart, and any node goes on where another stopped. The hash of the whole is judged at the end.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
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
        error::{StoreError, StoreResult, WriteError},
    },
    photo::{
        objects::{ObjectError, ObjectKind, ObjectName, Objects},
        photos::{self, NamedPhoto},
        uploads::{self, Upload, UploadPart},
    },
};
use tokio::{
    sync::{
        mpsc::{Receiver, Sender, channel},
        watch,
    },
    task::JoinHandle,
};
use uuid::Uuid;

use crate::{
    app::{App, upload_verification::finish},
    checksum::Checksum,
};

/// For how long an upload may stand still: a phone may be without signal for days.
const PATIENCE: TimeDelta = TimeDelta::days(7);
/// Uploads of an account under way at once. A hundred photos may wait for a signal.
const MOST_OPEN: i64 = 200;
/// Bytes of a part: what a line that breaks can lose, and what a request keeps in memory.
const PART_BYTES: usize = 1024 * 1024;
/// Pieces of a request between the line and the disk. The line is read on while the disk is busy: what a broken line has
/// delivered is not lost.
const PIECES: usize = 32;

/// Why an upload does not go on, in the order in which it is checked.
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

impl WriteError for UploadError {
    fn store_error(&self) -> Option<&StoreError> {
        if let Self::Store(error) = self { Some(error) } else { None }
    }
}

/// What is to be sent.
#[derive(Clone, Debug)]
pub struct Announced {
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
    fn of(upload: Upload, photo: &NamedPhoto) -> Self {
        let Upload { id, received, expires_at, metadata, .. } = upload;
        Self { id, received, length: photo.photo.size_bytes, expires_at, metadata }
    }
}

/// Begins to send a photo that `actor` named. Of one that was begun and of which nothing came in, the answer was lost:
/// it is begun once.
///
/// # Errors
/// When no such photo was named, it has another size, or too many are under way.
pub async fn create(
    app: &App,
    actor: Arc<Actor>,
    announced: Announced,
) -> Result<UploadProgress, UploadError> {
    let now = app.clock.now();
    let (id, photo) = (Uuid::now_v7(), PhotoId::of(announced.incident, announced.sha256));
    app.store
        .write(move |db| {
            let Announced { incident, sha256, length, .. } = announced;
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
            // Whoever begins anew has lost the way to what was begun.
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

/// How far an upload of `actor` is. A request that goes on with it stops first: what it received counts.
///
/// # Errors
/// When there is none, or it is over.
pub async fn progress(app: &App, actor: &Actor, id: Uuid) -> Result<UploadProgress, UploadError> {
    let _turn = app.lines.turn(id).await;
    let (upload, photo) = find(app, actor, id).await?;
    if upload.received == photo.photo.size_bytes && upload.outcome.is_none() {
        // The server stopped between the last byte and the judgement.
        finish(app, upload.id, &photo)
            .await
            .map_err(|error| if error.is_refusal() { UploadError::Gone } else { error })?;
    }
    Ok(UploadProgress::of(upload, &photo))
}

/// Ends an upload of `actor`. A photo that arrived stays.
///
/// # Errors
/// When there is none, or it is over.
pub async fn terminate(app: &App, actor: &Actor, id: Uuid) -> Result<(), UploadError> {
    let _turn = app.lines.turn(id).await;
    find(app, actor, id).await?;
    forget(app, id, uploads::delete).await
}

async fn find(app: &App, actor: &Actor, id: Uuid) -> Result<(Upload, NamedPhoto), UploadError> {
    let now = app.clock.now();
    let found = app.store.read(move |db| with_photo(db, id)).await?;
    let (upload, photo) =
        found.filter(|(upload, _)| upload.account == actor.account).ok_or(UploadError::NotFound)?;
    if upload.expires_at <= now || upload.outcome == Some(UploadOutcome::Refused) {
        return Err(UploadError::Gone);
    }
    Ok((upload, photo))
}

/// A piece of what a request brings.
#[derive(Debug)]
pub enum Piece {
    /// Bytes.
    Bytes(Bytes),
    /// Nothing more will come: all of it is here.
    End,
}

/// A request that brings bytes.
pub struct Reception {
    pieces: Sender<Piece>,
    requests: watch::Receiver<u64>,
    number: u64,
    receiving: JoinHandle<Result<UploadProgress, UploadError>>,
}

impl Reception {
    /// Hands in a piece. Whether more is wanted.
    pub async fn give(&self, piece: Piece) -> bool {
        self.pieces.send(piece).await.is_ok()
    }

    /// Waits until a newer request wants to go on.
    pub async fn superseded(&mut self) {
        let number = self.number;
        if self.requests.wait_for(|requests| *requests > number).await.is_err() {
            std::future::pending().await
        }
    }

    /// Waits until what came in is on disk.
    ///
    /// # Errors
    /// [`UploadError`].
    pub async fn finish(self) -> Result<UploadProgress, UploadError> {
        drop(self.pieces);
        self.receiving.await.unwrap_or(Err(UploadError::Store(StoreError::Panicked)))
    }
}

/// Begins to receive bytes behind the first `offset`. They are kept whatever becomes of the caller.
///
/// # Errors
/// When there is no such upload of `actor`, it is over, or other bytes are to follow.
pub async fn receive(
    app: Arc<App>,
    actor: &Actor,
    id: Uuid,
    offset: u64,
    checksum: Option<Checksum>,
) -> Result<Reception, UploadError> {
    let turn = app.lines.turn(id).await;
    let (upload, photo) = find(&app, actor, id).await?;
    if offset != u64::from(upload.received) {
        return Err(UploadError::WrongOffset { given: offset, received: upload.received });
    }
    let (pieces, received) = channel(PIECES);
    let (requests, number) = (turn.requests(), turn.number);
    let receiving = tokio::spawn(async move {
        let _turn = turn;
        take_in(&app, upload, &photo, received, checksum).await
    });
    Ok(Reception { pieces, requests, number, receiving })
}

/// Writes what comes in, part by part. With a checksum, nothing counts before it is known to match; when the line breaks
/// before the end, what came in is kept all the same, as the hash of the whole is what counts.
async fn take_in(
    app: &App,
    mut upload: Upload,
    photo: &NamedPhoto,
    mut pieces: Receiver<Piece>,
    checksum: Option<Checksum>,
) -> Result<UploadProgress, UploadError> {
    let length = photo.photo.size_bytes;
    let mut sum = checksum.as_ref().map(Checksum::begin);
    let mut incoming = Incoming { app, at: upload.received, buffer: BytesMut::new(), parts: Vec::new() };
    let (mut whole, mut too_long) = (false, false);
    while let Some(piece) = pieces.recv().await {
        let Piece::Bytes(mut bytes) = piece else {
            whole = true;
            break;
        };
        let room = usize::try_from(length - incoming.end()).unwrap_or(usize::MAX);
        too_long = bytes.len() > room;
        bytes.truncate(room);
        if let Some(sum) = &mut sum {
            sum.update(&bytes);
        }
        incoming.buffer.extend_from_slice(&bytes);
        while incoming.buffer.len() >= PART_BYTES {
            incoming.write_part(PART_BYTES).await?;
            if sum.is_none() {
                upload = incoming.count(upload).await?;
            }
        }
        if too_long {
            break;
        }
    }
    // Whoever still sends is told to stop.
    drop(pieces);
    incoming.write_part(incoming.buffer.len()).await?;
    let matches = || checksum.zip(sum).is_none_or(|(checksum, sum)| checksum.matches(sum));
    if whole && !matches() {
        incoming.discard().await;
        return Err(UploadError::WrongChecksum);
    }
    upload = incoming.count(upload).await?;
    if upload.received == length && upload.outcome.is_none() {
        finish(app, upload.id, photo).await?;
    }
    if too_long { Err(UploadError::TooLong { named: length }) } else { Ok(UploadProgress::of(upload, photo)) }
}

/// What a request brought and is not counted yet.
struct Incoming<'a> {
    app: &'a App,
    /// Position of the first byte that is in no part.
    at: u32,
    buffer: BytesMut,
    /// Parts that are written and not counted.
    parts: Vec<UploadPart>,
}

impl Incoming<'_> {
    /// Position behind the last byte.
    fn end(&self) -> u32 {
        self.at + u32::try_from(self.buffer.len()).unwrap_or(u32::MAX - self.at)
    }

    /// Writes the first `size` bytes of the buffer.
    async fn write_part(&mut self, size: usize) -> Result<(), UploadError> {
        if size == 0 {
            return Ok(());
        }
        let bytes = self.buffer.split_to(size).freeze();
        let part = UploadPart {
            position: self.at,
            size_bytes: u32::try_from(size).unwrap_or(u32::MAX),
            object: Uuid::new_v4(),
        };
        self.app.objects.put(&ObjectName::of(ObjectKind::UploadPart, part.object), bytes).await?;
        self.at += part.size_bytes;
        self.parts.push(part);
        Ok(())
    }

    /// Lets the parts written so far count.
    async fn count(&mut self, upload: Upload) -> Result<Upload, UploadError> {
        if self.parts.is_empty() {
            return Ok(upload);
        }
        let parts = std::mem::take(&mut self.parts);
        let (id, from, expires_at) = (upload.id, upload.received, self.app.clock.now() + PATIENCE);
        let counted = parts.clone();
        match self.app.store.write(move |db| append(db, id, from, &counted, expires_at)).await {
            Ok(()) => Ok(Upload { received: self.at, expires_at, ..upload }),
            Err(error) => {
                self.parts = parts;
                // Who counted others meanwhile goes on; these are nobody's.
                if matches!(error, UploadError::Superseded) {
                    self.discard().await;
                }
                Err(error)
            }
        }
    }

    /// Deletes the parts that do not count.
    async fn discard(&mut self) {
        let parts = std::mem::take(&mut self.parts);
        delete(&self.app.objects, names(&parts)).await;
    }
}

/// Appends unless another node went on meanwhile.
fn append(
    db: &mut Db,
    id: Uuid,
    from: u32,
    parts: &[UploadPart],
    expires_at: Instant,
) -> Result<(), UploadError> {
    uploads::append(db, id, from, parts, expires_at).map_err(|error| {
        if matches!(error, StoreError::Conflict) { UploadError::Superseded } else { error.into() }
    })
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

/// The objects that hold `parts`.
pub(super) fn names(parts: &[UploadPart]) -> Vec<ObjectName> {
    parts.iter().map(|part| ObjectName::of(ObjectKind::UploadPart, part.object)).collect()
}

/// Deletes objects that nothing names any more. What stays for now is swept later.
pub(super) async fn delete(objects: &Objects, names: Vec<ObjectName>) {
    for name in names {
        if let Err(error) = objects.delete(&name).await {
            tracing::warn!(error = %error, "bytes that nobody needs cannot be deleted; they are swept later");
        }
    }
}

/// An upload and its photo.
pub(super) fn with_photo(db: &mut Db, id: Uuid) -> StoreResult<Option<(Upload, NamedPhoto)>> {
    let Some(upload) = uploads::find(db, id)? else { return Ok(None) };
    Ok(photos::find(db, upload.photo)?.map(|(photo, _)| (upload, photo)))
}
