//! Hand-over: what hangs on a person who leaves or moves, and who looks after it from now on.

use std::sync::Arc;

use grassroots_domain::{
    account::Actor, geography::unit::UnitCode, hand_over, ids::AccountId, organisation::OrganisationCode,
    time::Instant,
};
use grassroots_persistence::{
    account::accounts,
    database::{db::Db, error::StoreResult},
    incident::{incidents, responsibility},
};

use super::{
    App,
    accounts::{AccountError, administered, find},
    actors::SignedIn,
    commands::save,
};

/// Incidents in one transaction.
const AT_ONCE: u32 = 25;

/// What would be left behind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OpenWork {
    /// Open reports that the person looks after.
    pub reports: i64,
    /// Results that the person was sent to look at.
    pub checks: i64,
    /// The organisation the person works for.
    pub organisation: OrganisationCode,
    /// How many others there can act for it.
    pub colleagues: i64,
    /// How many incidents it has to act on.
    pub holds: i64,
    /// For how many it answers as a desk.
    pub answers_for: i64,
}

/// What was handed over.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct HandOverResult {
    /// Reports that the successor looks after now.
    pub reports: u64,
    /// Results that the successor is to look at now.
    pub checks: u64,
    /// Open incidents that still hang on the person, elsewhere. Protected reporters are in no number.
    pub left: u64,
}

/// What would be left behind if the account `id` went.
///
/// # Errors
/// [`AccountError::Forbidden`], [`AccountError::NotFound`] and the errors of the store.
pub async fn open_work(app: &App, admin: &SignedIn, id: AccountId) -> Result<OpenWork, AccountError> {
    let unit = administered(admin)?;
    app.store
        .read(move |db| {
            let account = find(db, id, unit)?;
            Ok(left_behind(db, id, account.organisation)?)
        })
        .await
}

/// What hangs on the account `id`, which works, or worked, for `organisation`.
pub(crate) fn left_behind(
    db: &mut Db,
    id: AccountId,
    organisation: OrganisationCode,
) -> StoreResult<OpenWork> {
    let (reports, checks) = responsibility::count_of_account(db, id)?;
    let (holds, answers_for) = responsibility::count_of_organisation(db, organisation)?;
    let colleagues = accounts::count_colleagues(db, organisation, id)?;
    Ok(OpenWork { reports, checks, organisation, colleagues, holds, answers_for })
}

/// Gives what hangs on the account `from` to the account `to`. May be repeated.
///
/// # Errors
/// [`AccountError::Forbidden`], [`AccountError::NotFound`], [`AccountError::NoSuccessor`] and the errors of the store;
/// what was handed over until then stays so.
pub async fn hand_over(
    app: &App,
    admin: &SignedIn,
    from: AccountId,
    to: AccountId,
) -> Result<HandOverResult, AccountError> {
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
                Ok::<_, AccountError>((some, keys.last().copied()))
            })
            .await?;
        let (some, last) = some;
        done.add(some);
        let Some(last) = last else { return Ok(done) };
        after = last;
    }
}

/// Somebody else of the unit who reports and can sign in.
fn successor(
    db: &mut Db,
    from: AccountId,
    to: AccountId,
    unit: UnitCode,
) -> Result<Arc<Actor>, AccountError> {
    let account = accounts::get(db, to)?.filter(|account| unit.covers(account.organisation.unit));
    let able = account.filter(|account| !account.disabled && account.id != from);
    let actor = able.map(|account| account.actor()).filter(Actor::may_report);
    actor.map(Arc::new).ok_or(AccountError::NoSuccessor(to))
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
    let (before, after) = (&stored.case.incident, &decision.case.incident);
    let worker = |incident: &grassroots_domain::incident::Incident| {
        incident.proceedings.check.map(|check| check.worker)
    };
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
