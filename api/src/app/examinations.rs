//! Examines photos that have arrived, one after another. If an examination is interrupted, this or another node repeats
//! it.

use chrono::TimeDelta;
use grassroots_domain::incident::{
    evidence::{Evidence, Traces, whereabouts},
    photo::NoPreview,
};
use grassroots_persistence::{
    database::error::StoreError,
    incident::reports,
    photo::{
        objects::{ObjectError, ObjectKind, ObjectName},
        photos::{self, Due},
        pictures::{self, Shown, StoredPreview},
    },
};
use grassroots_pictures::{Examination, Picture};
use uuid::Uuid;

use crate::{
    app::{App, error::AppError, unused_objects::delete},
    examiner::ExaminerError,
};

/// How long a photo is reserved for one worker.
const TURN: TimeDelta = TimeDelta::minutes(10);
/// The server gives up a photo whose examination still fails this long after its arrival.
const TRIED_FOR: TimeDelta = TimeDelta::hours(24);

/// Examines every photo that is due, and returns how many were examined. If one fails, it is tried again later, and the
/// others are still examined.
pub async fn run_due(app: &App) -> Result<u32, StoreError> {
    let mut done = 0;
    loop {
        let now = app.clock.now();
        let due = app.store.write(move |db| photos::take_due(db, now, TURN)).await?;
        let Some(due) = due else { return Ok(done) };
        match examine(app, &due).await {
            Ok(()) => done += 1,
            Err(error) => {
                let photo = due.photo.id.0;
                tracing::error!(error = %error, %photo, "a photo cannot be examined; it waits");
            }
        }
    }
}

async fn examine(app: &App, due: &Due) -> Result<(), AppError> {
    let &Due { photo, incident, picture } = due;
    let whole = (0, photo.photo.size_bytes.into());
    let content = app.objects.read(&ObjectName::of(ObjectKind::Photo, picture.object), whole).await?;
    let is_old = photo.arrived_at.is_some_and(|at| app.clock.now() - at > TRIED_FOR);
    let examination = match app.examiner.examine(picture.media_type, content).await {
        Err(ExaminerError::Stopped(_) | ExaminerError::Late) if is_old => {
            Examination::nothing(NoPreview::Failed)
        }
        examined => examined?,
    };
    let shown = match (picture.shown, examination.picture) {
        // A photo with the same bytes already has previews.
        (Some(_), _) => None,
        (None, Ok(made)) => Some(Ok(keep(app, made).await?)),
        (None, Err(why)) => Some(Err(why)),
    };
    let is_new = app
        .store
        .write::<_, StoreError>(move |db| {
            let evidence = held_against(examination.traces, reports::get(db, incident)?.as_ref());
            photos::examined(db, photo.id, &evidence)?;
            shown.map_or(Ok(true), |shown| pictures::shows(db, picture.sha256, shown))
        })
        .await?;
    if let (false, Some(Ok(shown))) = (is_new, shown) {
        let ours =
            [shown.thumb, shown.large].map(|preview| ObjectName::of(ObjectKind::Preview, preview.object));
        delete(&app.objects, ours.into()).await;
    }
    Ok(())
}

/// Stores the previews of a picture.
async fn keep(app: &App, made: Picture) -> Result<Shown, ObjectError> {
    let Picture { width, height, fingerprint, preview } = made;
    let (thumb, large) = (put(app, preview.thumb).await?, put(app, preview.large).await?);
    Ok(Shown { width, height, thumb, large, fingerprint })
}

async fn put(app: &App, bytes: Vec<u8>) -> Result<StoredPreview, ObjectError> {
    let (object, size_bytes) = (Uuid::new_v4(), u32::try_from(bytes.len()).unwrap_or(u32::MAX));
    app.objects.put(&ObjectName::of(ObjectKind::Preview, object), bytes.into()).await?;
    Ok(StoredPreview { object, size_bytes })
}

/// Compares time and position in the photo with the report. The position itself is not stored.
fn held_against(traces: Traces, report: Option<&reports::ReportContent>) -> Evidence {
    let reported = report.and_then(|report| report.position.as_ref());
    let whereabouts = traces.fix.zip(reported).map(|(fix, reported)| whereabouts(fix, reported));
    Evidence { taken_at: traces.taken_at, whereabouts }
}
