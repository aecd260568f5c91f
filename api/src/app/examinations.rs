//! Examinations: photos that arrived are looked at, one after the other. It may stop anywhere; what was begun is taken up
//! again, here or on another node.

use bytes::Bytes;
use chrono::TimeDelta;
use grassroots_domain::{
    evidence::{Evidence, Traces, whereabouts},
    photo::MAX_BYTES,
};
use grassroots_persistence::{
    error::StoreError,
    objects::{Kind, ObjectError, ObjectName},
    photos::{self, Due},
    pictures::{self, Shown},
    reports,
};
use grassroots_pictures::Picture;
use uuid::Uuid;

use crate::{
    app::{App, uploads::delete},
    examiner::ExaminerError,
};

/// For how long whoever looks at a photo has it to itself.
const TURN: TimeDelta = TimeDelta::minutes(10);

/// Why a photo could not be looked at. It stays due.
#[derive(Debug, thiserror::Error)]
pub enum ExaminationError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The bytes cannot be read or kept.
    #[error(transparent)]
    Objects(#[from] ObjectError),
    /// Nobody could look.
    #[error(transparent)]
    Examiner(#[from] ExaminerError<ObjectError>),
}

/// Looks at every photo that is due, and says at how many. One that cannot be looked at waits; nobody else waits for it.
///
/// # Errors
/// When the database fails.
pub async fn run_due(app: &App) -> Result<u32, StoreError> {
    let mut done = 0;
    loop {
        let now = app.clock.now();
        let due = app.store.write(move |db| photos::take_due(db, now, now + TURN)).await?;
        let Some(due) = due else { return Ok(done) };
        match look_at(app, &due).await {
            Ok(()) => done += 1,
            Err(error) => {
                let photo = due.photo.id.0;
                tracing::error!(error = %error, %photo, "a photo cannot be looked at; it waits");
            }
        }
    }
}

async fn look_at(app: &App, due: &Due) -> Result<(), ExaminationError> {
    let &Due { photo, incident, picture } = due;
    let whole = (0, MAX_BYTES.min(photo.photo.size_bytes).into());
    let content = app.objects.read(&ObjectName::of(Kind::Photo, picture.object), whole).await?;
    let examination = app.examiner.examine(picture.media_type, content).await?;
    let shown = match (picture.shown, examination.picture) {
        // Of equal bytes somebody made previews before.
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
        let ours = [shown.thumb, shown.large].map(|object| ObjectName::of(Kind::Preview, object));
        delete(&app.objects, ours.into()).await;
    }
    Ok(())
}

/// Keeps the previews of a picture.
async fn keep(app: &App, made: Picture) -> Result<Shown, ObjectError> {
    let (thumb, large) = (Uuid::new_v4(), Uuid::new_v4());
    let Picture { width, height, fingerprint, preview } = made;
    for (object, bytes) in [(thumb, preview.thumb), (large, preview.large)] {
        app.objects.put(&ObjectName::of(Kind::Preview, object), Bytes::from(bytes)).await?;
    }
    Ok(Shown { width, height, thumb, large, fingerprint })
}

/// What the traces come to, beside the report. The position ends here.
fn held_against(traces: Traces, report: Option<&reports::ReportContent>) -> Evidence {
    let reported = report.and_then(|report| report.position.as_ref());
    let whereabouts = traces.fix.zip(reported).map(|(fix, reported)| whereabouts(fix, reported));
    Evidence { taken_at: traces.taken_at, whereabouts }
}
