//! Receives the bytes of uploads. Bytes that have arrived are kept even if the request breaks off.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use grassroots_domain::{account::Actor, time::Instant};
use grassroots_persistence::{
    database::{db::Db, error::StoreError},
    photo::{
        objects::{ObjectKind, ObjectName},
        photos::NamedPhoto,
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
    app::{
        App,
        error::{AppError, PhotoError},
        unused_objects::{delete, names},
        upload_verification::finish,
        uploads::{PATIENCE, UploadProgress, find},
    },
    checksum::Checksum,
};

/// Size of a part, in bytes. A request collects this many bytes in memory before it writes them.
const PART_BYTES: usize = 1024 * 1024;

/// Most pieces of a request that wait for the disk. The server reads on while the disk is busy, so that it keeps all bytes
/// that arrived before the connection broke.
const PIECES: usize = 32;

/// Returns the progress of an upload of `actor`. First stops a request that still sends bytes, and keeps its bytes.
///
/// # Errors
/// [`AppError::NotFound`] or [`PhotoError::Gone`].
pub async fn progress(app: &App, actor: &Actor, id: Uuid) -> Result<UploadProgress, AppError> {
    let _lock = app.upload_locks.lock(id).await;
    let (upload, photo) = find(app, actor, id).await?;
    if upload.received == photo.photo.size_bytes && upload.outcome.is_none() {
        // The server stopped after it received the last byte and before it verified the photo.
        finish(app, upload.id, &photo)
            .await
            .map_err(|error| if error.refuses_upload() { PhotoError::Gone.into() } else { error })?;
    }
    Ok(UploadProgress::of(upload, &photo))
}

/// A piece of the body of a request.
#[derive(Debug)]
pub enum Piece {
    Bytes(Bytes),
    /// The body is complete.
    End,
}

/// The reception of one request.
pub struct Reception {
    pieces: Sender<Piece>,
    requests: watch::Receiver<u64>,
    number: u64,
    receiving: JoinHandle<Result<UploadProgress, AppError>>,
}

impl Reception {
    /// Sends a piece to the reception. Returns false if it needs no more pieces.
    pub async fn give(&self, piece: Piece) -> bool {
        self.pieces.send(piece).await.is_ok()
    }

    /// Waits until a newer request takes over the upload.
    pub async fn superseded(&mut self) {
        let number = self.number;
        if self.requests.wait_for(|requests| *requests > number).await.is_err() {
            std::future::pending().await
        }
    }

    /// Waits until the received bytes are on disk.
    pub async fn finish(self) -> Result<UploadProgress, AppError> {
        drop(self.pieces);
        self.receiving.await.unwrap_or(Err(AppError::Store(StoreError::Panicked)))
    }
}

/// Begins to receive bytes from `offset` on. Received bytes are kept even if the request is dropped.
///
/// # Errors
/// [`AppError::NotFound`], [`PhotoError::Gone`] or [`PhotoError::WrongOffset`].
pub async fn receive(
    app: Arc<App>,
    actor: &Actor,
    id: Uuid,
    offset: u64,
    checksum: Option<Checksum>,
) -> Result<Reception, AppError> {
    let lock = app.upload_locks.lock(id).await;
    let (upload, photo) = find(&app, actor, id).await?;
    if offset != u64::from(upload.received) {
        return Err(PhotoError::WrongOffset { given: offset, received: upload.received }.into());
    }
    let (pieces, received) = channel(PIECES);
    let (requests, number) = (lock.requests(), lock.number);
    let receiving = tokio::spawn(async move {
        let _lock = lock;
        take_in(&app, upload, &photo, received, checksum).await
    });
    Ok(Reception { pieces, requests, number, receiving })
}

/// Writes the pieces to disk, part by part. With a checksum, the bytes are added to the upload only after the checksum
/// matched. If the connection breaks before, they are added without this check, because the hash of the whole photo is
/// verified later.
async fn take_in(
    app: &App,
    mut upload: Upload,
    photo: &NamedPhoto,
    mut pieces: Receiver<Piece>,
    checksum: Option<Checksum>,
) -> Result<UploadProgress, AppError> {
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
    // After this, `Reception::give` returns false, so that the request stops sending.
    drop(pieces);
    incoming.write_part(incoming.buffer.len()).await?;
    let matches = || checksum.zip(sum).is_none_or(|(checksum, sum)| checksum.matches(sum));
    if whole && !matches() {
        incoming.discard().await;
        return Err(PhotoError::WrongChecksum.into());
    }
    upload = incoming.count(upload).await?;
    if upload.received == length && upload.outcome.is_none() {
        finish(app, upload.id, photo).await?;
    }
    if too_long {
        Err(PhotoError::TooLong { named: length }.into())
    } else {
        Ok(UploadProgress::of(upload, photo))
    }
}

/// Bytes of a request that are not yet added to the upload.
struct Incoming<'a> {
    app: &'a App,
    /// Position of the first byte that is not in a part.
    at: u32,
    buffer: BytesMut,
    /// Parts that are written, but not yet added to the upload.
    parts: Vec<UploadPart>,
}

impl Incoming<'_> {
    /// Position after the last byte.
    fn end(&self) -> u32 {
        self.at + u32::try_from(self.buffer.len()).unwrap_or(u32::MAX - self.at)
    }

    /// Writes the first `size` bytes of the buffer as a part.
    async fn write_part(&mut self, size: usize) -> Result<(), AppError> {
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

    /// Adds the written parts to the upload.
    async fn count(&mut self, upload: Upload) -> Result<Upload, AppError> {
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
                // Another node has added other parts in the meantime, so these are not needed.
                if matches!(error, AppError::Photo(PhotoError::Superseded)) {
                    self.discard().await;
                }
                Err(error)
            }
        }
    }

    /// Deletes the parts that are not added to the upload.
    async fn discard(&mut self) {
        let parts = std::mem::take(&mut self.parts);
        delete(&self.app.objects, names(&parts)).await;
    }
}

/// Adds parts to an upload. Fails if another node has added parts in the meantime.
fn append(
    db: &mut Db,
    id: Uuid,
    from: u32,
    parts: &[UploadPart],
    expires_at: Instant,
) -> Result<(), AppError> {
    uploads::append(db, id, from, parts, expires_at).map_err(|error| {
        if matches!(error, StoreError::Conflict) { PhotoError::Superseded.into() } else { error.into() }
    })
}
