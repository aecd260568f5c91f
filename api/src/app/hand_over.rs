//! Hand-over: gives the open work of a person who leaves or moves to another person.

use std::sync::Arc;

use grassroots_domain::{
    account::Actor, geography::unit::UnitCode, hand_over, ids::AccountId, time::Instant,
};
use grassroots_persistence::{
    account::accounts,
    database::{db::Db, error::StoreResult},
    incident::{incidents, responsibility},
};

use crate::app::{
    App,
    accounts::{administered, find},
    actors::SignedIn,
    commands::save,
    error::{AccountError, AppError},
    open_work::{OpenWork, left_behind},
};

/// Most incidents in one transaction.
const AT_ONCE: u32 = 25;

/// The result of a hand-over.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct HandOverResult {
    /// Number of reports that the successor now looks after.
    pub reports: u64,
    /// Number of results that the successor now has to check.
    pub checks: u64,
    /// Number of open incidents that the successor cannot take over. Reports of protected reporters are not counted.
    pub left: u64,
}

/// Counts the open work of the account `id`.
///
/// # Errors
/// [`AccountError::Forbidden`] or [`AppError::NotFound`].
pub async fn open_work(app: &App, admin: &SignedIn, id: AccountId) -> Result<OpenWork, AppError> {
    let unit = administered(admin)?;
    app.store
        .read(move |db| {
            let account = find(db, id, unit)?;
            Ok(left_behind(db, id, account.organisation)?)
        })
        .await
}

/// Gives the open work of the account `from` to the account `to`. Can be repeated.
///
/// # Errors
/// [`AccountError::Forbidden`], [`AppError::NotFound`] or [`AccountError::NoSuccessor`]. Work that was handed over before
/// the error stays with the successor.
pub async fn hand_over(
    app: &App,
    admin: &SignedIn,
    from: AccountId,
    to: AccountId,
) -> Result<HandOverResult, AppError> {
    let (unit, by, now) = (administered(admin)?, admin.account.id, app.clock.now());
    let mut done = HandOverResult::default();
    let mut after = 0;
    loop {
        let some = app
            .store
            .write(move |db| {
                find(db, from, unit)?;
                let successor = successor(db, from, to, unit)?;
                let keys = responsibility::open_incidents_of(db, from, after, AT_ONCE)?;
                let mut some = HandOverResult::default();
                for key in &keys {
                    some.add(give(db, *key, from, &successor, by, now)?);
                }
                Ok::<_, AppError>((some, keys.last().copied()))
            })
            .await?;
        let (some, last) = some;
        done.add(some);
        let Some(last) = last else { return Ok(done) };
        after = last;
    }
}

/// Returns the successor `to`. It must be another active account of the unit that may report.
fn successor(db: &mut Db, from: AccountId, to: AccountId, unit: UnitCode) -> Result<Arc<Actor>, AppError> {
    let account = accounts::get(db, to)?.filter(|account| unit.covers(account.organisation.unit));
    let able = account.filter(|account| !account.disabled && account.id != from);
    let actor = able.map(|account| account.actor()).filter(Actor::may_report);
    Ok(actor.map(Arc::new).ok_or(AccountError::NoSuccessor(to))?)
}

fn give(
    db: &mut Db,
    key: i64,
    from: AccountId,
    to: &Actor,
    by: AccountId,
    now: Instant,
) -> StoreResult<HandOverResult> {
    let Some(stored) = incidents::get(db, key)? else { return Ok(HandOverResult::default()) };
    let Some(decision) = hand_over::hand_over(&stored.case, from, to, by, now) else {
        return Ok(HandOverResult { left: 1, ..HandOverResult::default() });
    };
    save(db, &stored, &decision)?;
    let (before, after) = (stored.case.incident(), decision.case.incident());
    let worker =
        |incident: &grassroots_domain::incident::Incident| incident.oversight.check.map(|check| check.worker);
    Ok(HandOverResult {
        reports: u64::from(before.looked_after_by() != after.looked_after_by()),
        checks: u64::from(worker(before) != worker(after)),
        left: 0,
    })
}

impl HandOverResult {
    fn add(&mut self, other: Self) {
        self.reports += other.reports;
        self.checks += other.checks;
        self.left += other.left;
    }
}
