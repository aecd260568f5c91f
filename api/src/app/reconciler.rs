//! What happens by itself, for all incidents: run periodically, by one node at a time. It may stop anywhere and begins
//! again where it was.

use std::sync::Arc;

use grassroots_domain::{account::AccountId, reconcile, time::Instant};
use grassroots_persistence::{
    db::Db,
    error::{StoreError, StoreResult},
    incidents,
    turns::is_mine,
};

use crate::app::{App, commands::save, snapshot::Snapshot};

/// Incidents in one transaction: few enough that nobody who commands one of them waits.
const AT_ONCE: u32 = 25;
/// Things that happen to one incident one after the other, at most; the rest is for the next run.
const IN_A_ROW: u32 = 8;

/// Transactions of a recomputation before it tells how far it is.
const BATCHES_AN_ANSWER: u32 = 20;

/// What one run did.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Done {
    /// Incidents to which something happened.
    pub changed: u64,
    /// Incidents that could not be read or written; the log says why.
    pub failed: u64,
}

impl Done {
    fn add(&mut self, other: Self) {
        self.changed += other.changed;
        self.failed += other.failed;
    }
}

/// Lets everything happen that should have happened by itself before `now`, the longest waiting first.
///
/// Returns at once when another node is at it. An incident that cannot be moved on is left out, and nobody else waits for
/// it.
///
/// # Errors
/// When the database does not answer.
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
        match batch(app, Arc::clone(&keys), now, Arc::clone(&snapshot)).await {
            Ok(None) => return Ok(done),
            Ok(Some(changed)) => done.changed += changed,
            Err(error) if error.is_unavailable() => return Err(error),
            // One of them stands in the way of the others.
            Err(_) => done.add(one_by_one(app, &keys, now, &snapshot).await?),
        }
    }
}

/// Moves each on by itself.
async fn one_by_one(app: &App, keys: &[i64], now: Instant, snapshot: &Arc<Snapshot>) -> StoreResult<Done> {
    let mut done = Done::default();
    for key in keys {
        match batch(app, Arc::new([*key]), now, Arc::clone(snapshot)).await {
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

/// Moves some on in one transaction, and says how many; `None` when another node is at it.
async fn batch(
    app: &App,
    keys: Arc<[i64]>,
    now: Instant,
    snapshot: Arc<Snapshot>,
) -> StoreResult<Option<u64>> {
    app.store
        .write(move |db| {
            if !is_mine(db)? {
                return Ok(None);
            }
            let mut changed = 0;
            for key in keys.iter() {
                changed += u64::from(move_on(db, *key, now, &snapshot)?);
            }
            Ok(Some(changed))
        })
        .await
}

/// Lets happen to one incident what should have; whether anything did.
fn move_on(db: &mut Db, key: i64, now: Instant, snapshot: &Snapshot) -> StoreResult<bool> {
    let (Some(rules), Some(mut stored)) = (&snapshot.rules, incidents::get(db, key)?) else {
        return Ok(false);
    };
    let mut changed = false;
    for _ in 0..IN_A_ROW {
        let Some(decision) = reconcile::reconcile(&stored.case, now, rules, &snapshot.ground) else { break };
        save(db, &stored, &decision)?;
        stored.case = decision.case;
        changed = true;
    }
    Ok(changed)
}

/// How far a recomputation has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Recomputed {
    /// Incidents looked at.
    pub examined: u64,
    /// Incidents with a clock that was set anew.
    pub changed: u64,
    /// Where to go on; none at the end.
    pub next: Option<i64>,
}

/// Sets the clocks of the open incidents behind `after` anew, by the rules in force, for the administrator `by`: so many
/// that the answer comes soon.
///
/// # Errors
/// When the database does not answer; what was set anew until then stays so.
pub async fn recompute(app: &App, by: AccountId, mut after: i64, now: Instant) -> StoreResult<Recomputed> {
    app.snapshots.refresh(&app.store).await?;
    let snapshot = app.snapshots.current();
    let (mut examined, mut changed) = (0, 0);
    for _ in 0..BATCHES_AN_ANSWER {
        let shared = Arc::clone(&snapshot);
        let keys = app
            .store
            .write(move |db| -> Result<_, StoreError> {
                let mut some = Vec::new();
                for key in incidents::open_behind(db, after, AT_ONCE)? {
                    some.push((key, set_anew(db, key, by, now, &shared)?));
                }
                Ok(some)
            })
            .await?;
        let Some((last, _)) = keys.last() else { return Ok(Recomputed { examined, changed, next: None }) };
        after = *last;
        for (_, moved) in keys {
            examined += 1;
            changed += u64::from(moved);
        }
    }
    Ok(Recomputed { examined, changed, next: Some(after) })
}

fn set_anew(db: &mut Db, key: i64, by: AccountId, now: Instant, snapshot: &Snapshot) -> StoreResult<bool> {
    let (Some(rules), Some(stored)) = (&snapshot.rules, incidents::get(db, key)?) else { return Ok(false) };
    let decision = reconcile::reschedule(&stored.case, by, now, rules);
    decision.map_or(Ok(false), |decision| save(db, &stored, &decision).map(|()| true))
}
