//! Sweeping: what uploads left undone is ended, and objects that nothing names are deleted.

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
    upload_verification::finish,
    uploads::{delete, forget, with_photo},
};

/// Uploads looked at in one go.
const UPLOADS_AT_ONCE: u32 = 200;
/// Objects looked up in one statement.
const OBJECTS_AT_ONCE: usize = 500;
/// Objects are on their way to the database until then.
const YOUNG: TimeDelta = TimeDelta::hours(24);
/// For how long nothing may have named an object before it is deleted.
const ORPHANED: TimeDelta = TimeDelta::days(7);
/// When an object that was nobody's is forgotten: it was deleted long before.
const FORGOTTEN: TimeDelta = TimeDelta::days(30);

/// Judges uploads that are whole and were not judged, and forgets those that waited too long.
///
/// # Errors
/// When the database or the store of objects fails.
pub async fn uploads(app: &App) -> Result<(), AppError> {
    let now = app.clock.now();
    for id in app.store.read(|db| uploads::unfinished(db, UPLOADS_AT_ONCE)).await? {
        let _turn = app.lines.turn(id).await;
        let found = app.store.read(move |db| with_photo(db, id)).await?;
        if let Some((upload, photo)) = found
            && let Err(error) = finish(app, upload.id, &photo).await
        {
            tracing::warn!(error = %error, upload = %id, "an upload that is whole was not kept");
        }
    }
    loop {
        let over = app.store.read(move |db| uploads::expired(db, now, UPLOADS_AT_ONCE)).await?;
        if over.is_empty() {
            return Ok(());
        }
        for id in over {
            forget(app, id, move |db, id| uploads::delete_expired(db, id, now)).await?;
        }
    }
}

/// Deletes objects that nothing has named for a week, and files that were being written when a server was killed.
///
/// # Errors
/// When the database or the store of objects fails.
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
            // Names are never used again: what nothing names after a day, nothing will.
            let orphaned = app.store.write(move |db| orphans::note(db, &unused, now, now - ORPHANED)).await?;
            delete(&app.objects, orphaned.iter().map(|object| ObjectName::of(kind, *object)).collect()).await;
        }
    }
    Ok(app.store.write(move |db| orphans::forget(db, now - FORGOTTEN)).await?)
}

/// Which of `objects` nothing names.
fn unused(db: &mut Db, kind: ObjectKind, objects: Vec<Uuid>) -> StoreResult<Vec<Uuid>> {
    let in_use = match kind {
        ObjectKind::UploadPart => uploads::in_use(db, &objects)?,
        ObjectKind::Photo | ObjectKind::Preview => pictures::in_use(db, &objects)?,
    };
    Ok(objects.into_iter().filter(|object| !in_use.contains(object)).collect())
}
