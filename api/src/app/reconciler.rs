//! The reconciler: makes the automatic changes of incidents that are due. It runs periodically, on one node at a time.
//! If it is interrupted, the next run continues.

use std::sync::Arc;

use grassroots_domain::{ids::AccountId, reconcile, time::Instant};
use grassroots_persistence::{
    database::{db::Db, error::StoreResult, leader_lock::is_mine},
    incident::incidents,
};

use crate::app::{App, commands::save, snapshot::Snapshot};

/// Most incidents in one transaction. They are few, so that commands do not wait long.
pub const AT_ONCE: u32 = 25;
/// Most changes of one incident in one run. The next run makes the rest.
const IN_A_ROW: u32 = 8;

/// Most transactions of a recomputation in one request.
const BATCHES_AN_ANSWER: u32 = 20;

/// The result of a run.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Done {
    /// Number of incidents that changed.
    pub changed: u64,
    /// Number of incidents that could not be read or written. The log has the reasons.
    pub failed: u64,
}

impl Done {
    fn add(&mut self, other: Self) {
        self.changed += other.changed;
        self.failed += other.failed;
    }
}

/// What to do with each incident.
#[derive(Clone, Copy)]
enum Task {
    /// Make the automatic changes that are due. Only one node does this at a time.
    MoveOn,
    /// Compute the clocks again for the administrator `by`.
    Recompute { by: AccountId },
}

/// Makes all automatic changes that are due at `now`. The incident that has waited longest comes first.
///
/// Stops if another node is doing this. An incident that fails is skipped.
pub async fn run_once(app: &App, now: Instant) -> StoreResult<Done> {
    let mut done = Done::default();
    let mut after = None;
    loop {
        let snapshot = app.snapshots.current();
        let waiting = app
            .store
            .read(move |db| -> StoreResult<_> { incidents::waking(db, now, after, AT_ONCE) })
            .await?;
        let Some(last) = waiting.last() else { return Ok(done) };
        after = Some(*last);
        let keys: Arc<[i64]> = waiting.iter().map(|(_, key)| *key).collect();
        match together(app, Task::MoveOn, keys, now, &snapshot).await? {
            None => return Ok(done),
            Some(more) => done.add(more),
        }
    }
}

/// Does the task for some incidents in one transaction. If that fails, uses one transaction for each incident. Returns
/// `None` if another node is doing this.
async fn together(
    app: &App,
    task: Task,
    keys: Arc<[i64]>,
    now: Instant,
    snapshot: &Arc<Snapshot>,
) -> StoreResult<Option<Done>> {
    match batch(app, task, Arc::clone(&keys), now, Arc::clone(snapshot)).await {
        Ok(changed) => Ok(changed.map(|changed| Done { changed, failed: 0 })),
        Err(error) if error.is_unavailable() => Err(error),
        Err(_) => one_by_one(app, task, &keys, now, snapshot).await.map(Some),
    }
}

async fn one_by_one(
    app: &App,
    task: Task,
    keys: &[i64],
    now: Instant,
    snapshot: &Arc<Snapshot>,
) -> StoreResult<Done> {
    let mut done = Done::default();
    for key in keys {
        match batch(app, task, Arc::new([*key]), now, Arc::clone(snapshot)).await {
            Ok(changed) => done.changed += changed.unwrap_or(0),
            Err(error) if error.is_unavailable() => return Err(error),
            Err(error) => {
                tracing::error!(incident.key = key, error = %error, "an incident cannot be moved on; it waits");
                done.failed += 1;
            }
        }
    }
    Ok(done)
}

/// Does the task for some incidents in one transaction, and returns how many changed. Returns `None` if another node is
/// doing this.
async fn batch(
    app: &App,
    task: Task,
    keys: Arc<[i64]>,
    now: Instant,
    snapshot: Arc<Snapshot>,
) -> StoreResult<Option<u64>> {
    app.store
        .write(move |db| {
            if matches!(task, Task::MoveOn) && !is_mine(db)? {
                return Ok(None);
            }
            let mut changed = 0;
            for key in keys.iter() {
                changed += u64::from(match task {
                    Task::MoveOn => move_on(db, *key, now, &snapshot)?,
                    Task::Recompute { by } => recompute_one(db, *key, by, now, &snapshot)?,
                });
            }
            Ok(Some(changed))
        })
        .await
}

/// Makes the automatic changes of one incident that are due. Returns false if there are none.
fn move_on(db: &mut Db, key: i64, now: Instant, snapshot: &Snapshot) -> StoreResult<bool> {
    let (Some(rules), Some(mut stored)) = (&snapshot.rules, incidents::get(db, key)?) else {
        return Ok(false);
    };
    let mut changed = false;
    for _ in 0..IN_A_ROW {
        let Some(decision) = reconcile::reconcile(&stored.case, now, rules, &snapshot.reference_data) else {
            break;
        };
        save(db, &stored, &decision)?;
        stored.case = decision.case;
        changed = true;
    }
    Ok(changed)
}

/// The progress of a recomputation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Recomputed {
    /// Number of incidents examined.
    pub examined: u64,
    /// How many changed and how many failed.
    pub done: Done,
    /// The version of the rules that was used.
    pub rules_version: i64,
    /// The value of `after` for the next call. `None` at the end.
    pub next: Option<i64>,
}

/// Computes the clocks of the open incidents after `after` again, by the rules of `snapshot`, for the administrator `by`.
/// Stops after a few hundred incidents, so that the answer comes soon. An incident that fails is skipped.
///
/// # Errors
/// When the database does not answer. Clocks that were computed before are kept.
pub async fn recompute(
    app: &App,
    by: AccountId,
    mut after: i64,
    (snapshot, rules_version): (&Arc<Snapshot>, i64),
    now: Instant,
) -> StoreResult<Recomputed> {
    let (mut examined, mut done) = (0, Done::default());
    for _ in 0..BATCHES_AN_ANSWER {
        let keys: StoreResult<_> = app.store.read(move |db| incidents::open_behind(db, after, AT_ONCE)).await;
        let keys: Arc<[i64]> = keys?.into();
        let Some(last) = keys.last() else {
            return Ok(Recomputed { examined, done, rules_version, next: None });
        };
        after = *last;
        examined += u64::try_from(keys.len()).unwrap_or_default();
        let more = together(app, Task::Recompute { by }, keys, now, snapshot).await?;
        done.add(more.unwrap_or_default());
    }
    Ok(Recomputed { examined, done, rules_version, next: Some(after) })
}

fn recompute_one(
    db: &mut Db,
    key: i64,
    by: AccountId,
    now: Instant,
    snapshot: &Snapshot,
) -> StoreResult<bool> {
    let (Some(rules), Some(stored)) = (&snapshot.rules, incidents::get(db, key)?) else { return Ok(false) };
    let decision = reconcile::reschedule(&stored.case, by, now, rules);
    decision.map_or(Ok(false), |decision| save(db, &stored, &decision).map(|()| true))
}
