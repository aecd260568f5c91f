//! Cleans up: ends abandoned uploads, and deletes objects that nothing refers to.

use chrono::TimeDelta;
use futures_util::{StreamExt as _, TryStreamExt as _};
use grassroots_persistence::{
    database::{db::Db, error::StoreResult},
    photo::{
        objects::{ObjectKind, ObjectName, StoredObject},
        orphans, pictures, uploads,
    },
};
use uuid::Uuid;

use crate::app::{
    App,
    error::AppError,
    unused_objects::delete,
    upload_verification::finish,
    uploads::{forget, with_photo},
};

/// Uploads handled in one batch.
const UPLOADS_AT_ONCE: u32 = 200;
/// Objects looked up in one statement.
const OBJECTS_AT_ONCE: usize = 500;
/// Younger objects may not be in the database yet.
const YOUNG: TimeDelta = TimeDelta::hours(24);
/// How long an object stays unused before it is deleted.
const ORPHANED: TimeDelta = TimeDelta::days(7);
/// How long the record of an unused object is kept. The object itself is deleted earlier.
const FORGOTTEN: TimeDelta = TimeDelta::days(30);

/// Verifies complete uploads that the server could not verify before, and deletes expired uploads.
pub async fn uploads(app: &App) -> Result<(), AppError> {
    let now = app.clock.now();
    for id in app.store.read(|db| uploads::unfinished(db, UPLOADS_AT_ONCE)).await? {
        let _lock = app.upload_locks.lock(id).await;
        let found = app.store.read(move |db| with_photo(db, id)).await?;
        if let Some((upload, photo)) = found
            && let Err(error) = finish(app, upload.id, &photo).await
        {
            tracing::warn!(error = %error, upload = %id, "a complete upload was not kept");
        }
    }
    loop {
        let expired = app.store.read(move |db| uploads::expired(db, now, UPLOADS_AT_ONCE)).await?;
        if expired.is_empty() {
            return Ok(());
        }
        for id in expired {
            forget(app, id, move |db, id| uploads::delete_expired(db, id, now)).await?;
        }
    }
}

/// Deletes objects that were unused for a week, and half-written files of a server that was killed.
pub async fn objects(app: &App) -> Result<(), AppError> {
    let now = app.clock.now();
    app.objects.sweep_half_written(now - YOUNG).await?;
    for kind in ObjectKind::ALL {
        let old = app.objects.list(kind).try_filter_map(|kept| {
            let StoredObject { object, written_at } = kept;
            std::future::ready(Ok(object.filter(|_| written_at < now - YOUNG)))
        });
        let mut chunks = old.try_chunks(OBJECTS_AT_ONCE);
        while let Some(objects) = chunks.next().await {
            let objects = objects.map_err(|error| error.1)?;
            let unused = app.store.read(move |db| unused(db, kind, objects)).await?;
            if unused.is_empty() {
                continue;
            }
            // Object names are never reused, so an object that is unused after a day stays unused.
            let orphaned = app.store.write(move |db| orphans::note(db, &unused, now, now - ORPHANED)).await?;
            delete(&app.objects, orphaned.iter().map(|object| ObjectName::of(kind, *object)).collect()).await;
        }
    }
    Ok(app.store.write(move |db| orphans::forget(db, now - FORGOTTEN)).await?)
}

/// Returns the objects that nothing refers to.
fn unused(db: &mut Db, kind: ObjectKind, objects: Vec<Uuid>) -> StoreResult<Vec<Uuid>> {
    let in_use = match kind {
        ObjectKind::UploadPart => uploads::in_use(db, &objects)?,
        ObjectKind::Photo | ObjectKind::Preview => pictures::in_use(db, &objects)?,
    };
    Ok(objects.into_iter().filter(|object| !in_use.contains(object)).collect())
}
