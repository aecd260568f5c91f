//! Verifies complete uploads. An upload is refused if its bytes are not the named photo.

use bytes::{Bytes, BytesMut};
use grassroots_domain::{
    hash::Hash,
    incident::photo::{MediaType, Photo, UploadOutcome},
};
use grassroots_persistence::{
    database::{db::Db, error::StoreError},
    photo::{
        objects::{ObjectKind, ObjectName},
        photos::{self, NamedPhoto},
        pictures::{self, NewPicture},
        uploads::{self, UploadPart},
    },
};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::app::{
    App,
    error::{AppError, PhotoError},
    unused_objects::{delete, names},
};

/// Verifies a complete upload, and records either that the photo has arrived or that the upload is refused.
pub(super) async fn finish(app: &App, id: Uuid, photo: &NamedPhoto) -> Result<(), AppError> {
    let (outcome, parts) = app.store.read(move |db| state_of(db, id)).await?;
    match outcome {
        Some(UploadOutcome::Stored) => return Ok(()),
        Some(UploadOutcome::Refused) => return Err(PhotoError::Gone.into()),
        None => {}
    }
    let names = names(&parts);
    let Err(error) = keep(app, id, photo, &names).await else {
        delete(&app.objects, names).await;
        return Ok(());
    };
    // Missing parts are lost, or another node has verified the upload and deleted them.
    let are_gone = matches!(&error, AppError::Objects(error) if error.is_missing());
    if are_gone && app.store.read(move |db| state_of(db, id)).await?.0 == Some(UploadOutcome::Stored) {
        return Ok(());
    }
    if are_gone || error.refuses_upload() {
        app.store.write(move |db| uploads::end(db, id, UploadOutcome::Refused)).await?;
        delete(&app.objects, names).await;
    }
    Err(if are_gone { PhotoError::Gone.into() } else { error })
}

/// Reads the outcome and the parts of an upload. Both are read in one transaction.
fn state_of(db: &mut Db, id: Uuid) -> Result<(Option<UploadOutcome>, Vec<UploadPart>), AppError> {
    let upload = uploads::find(db, id)?.ok_or(AppError::NotFound)?;
    Ok((upload.outcome, uploads::parts(db, id)?))
}

/// Verifies the bytes in `parts`, and stores them as the photo.
async fn keep(app: &App, id: Uuid, photo: &NamedPhoto, parts: &[ObjectName]) -> Result<(), AppError> {
    let _permit = app.upload_locks.verifying.acquire().await;
    let (media_type, bytes) = verify(app, parts, &photo.photo).await?;
    let (photo, sha256) = (photo.id, photo.photo.sha256);
    let kept = app.store.read_one(move |db| pictures::find(db, sha256)).await?;
    let object = kept.map_or_else(Uuid::new_v4, |kept| kept.object);
    let picture = NewPicture { sha256, object, media_type };
    let name = ObjectName::of(ObjectKind::Photo, object);
    // The object may be missing although the database refers to it.
    if kept.is_none() || !app.objects.has(&name).await? {
        app.objects.put(&name, bytes).await?;
    }
    let now = app.clock.now();
    let is_ours = app
        .store
        .write::<_, StoreError>(move |db| {
            let is_ours = photos::arrive(db, photo, &picture, now)?;
            uploads::end(db, id, UploadOutcome::Stored)?;
            Ok(is_ours)
        })
        .await?;
    // Another request has stored the same bytes in the meantime, so this object is not needed.
    if kept.is_none() && !is_ours {
        delete(&app.objects, vec![name]).await;
    }
    app.arrivals.notify_one();
    Ok(())
}

/// Reads the bytes in `names` and checks that they are the named photo. Returns their media type too.
async fn verify(app: &App, names: &[ObjectName], photo: &Photo) -> Result<(MediaType, Bytes), AppError> {
    let mut bytes = BytesMut::with_capacity(usize::try_from(photo.size_bytes).unwrap_or_default());
    let mut sum = Sha256::new();
    for name in names {
        let part = app.objects.read_whole(name).await?;
        sum.update(&part);
        bytes.extend_from_slice(&part);
    }
    let (named, found) = (photo.sha256, Hash(sum.finalize().into()));
    if found != named {
        return Err(PhotoError::WrongHash { named, found }.into());
    }
    let media_type = MediaType::of_bytes(&bytes).ok_or(PhotoError::NoPicture)?;
    Ok((media_type, bytes.freeze()))
}
