//! Accounts: what their owners may do, and what the security administrator may.

use grassroots_domain::{account::Role, geography::unit::UnitCode, ids::AccountId};
use grassroots_persistence::{
    account::accounts::{self, Account, AccountFilter},
    database::{db::Db, error::StoreResult},
};

use crate::{
    app::{
        App,
        actors::SignedIn,
        assignments::Assignment,
        error::{AccountError, AppError},
    },
    auth::usernames::is_username,
};

/// Characters of a display name at most.
pub const MAX_DISPLAY_NAME_CHARS: usize = 50;
/// Accounts in one answer at most.
pub const MAX_PAGE: u32 = 200;

/// The roles that are each kept by somebody at any time.
pub(crate) const ADMINISTRATORS: [Role; 3] = [Role::SystemAdmin, Role::SecurityAdmin, Role::AuditAdmin];

/// The account of whoever asks, as it is now.
///
/// # Errors
/// The errors of the store.
pub async fn me(app: &App, me: &SignedIn) -> Result<Account, AppError> {
    let id = me.account.id;
    let found: StoreResult<_> = app.store.read(move |db| accounts::get(db, id)).await;
    found?.ok_or(AppError::NotFound)
}

/// The account with this id, for a security administrator of its unit.
///
/// # Errors
/// [`AccountError::Forbidden`], [`AppError::NotFound`] and the errors of the store.
pub async fn get(app: &App, admin: &SignedIn, id: AccountId) -> Result<Account, AppError> {
    let unit = administered(admin)?;
    app.store.read(move |db| find(db, id, unit)).await
}

/// Accounts by user name, for a security administrator: those of `within` and the units under it, after the user name
/// `after`, `limit` at most and never more than [`MAX_PAGE`]. Without `within`, those of the administrator's unit.
///
/// # Errors
/// [`AccountError::Forbidden`], also for a unit the administrator does not administer, and the errors of the store.
pub async fn list(
    app: &App,
    admin: &SignedIn,
    within: Option<UnitCode>,
    after: Option<String>,
    limit: u32,
) -> Result<Vec<Account>, AppError> {
    let unit = administered(admin)?;
    let within = within.unwrap_or(unit);
    if !unit.covers(within) {
        return Err(AccountError::Forbidden.into());
    }
    let filter =
        AccountFilter { within, after: after.filter(|name| is_username(name)), limit: limit.min(MAX_PAGE) };
    app.store.read(move |db| Ok(accounts::list(db, &filter)?)).await
}

/// The unit whose accounts `admin` administers.
pub(crate) fn administered(admin: &SignedIn) -> Result<UnitCode, AppError> {
    if admin.account.role == Role::SecurityAdmin {
        Ok(admin.account.organisation.unit)
    } else {
        Err(AccountError::Forbidden.into())
    }
}

/// Refuses posts outside the unit of the administrator.
pub(super) fn check_reach(unit: UnitCode, post: &Assignment) -> Result<(), AppError> {
    if unit.covers(post.organisation.unit) {
        Ok(())
    } else {
        Err(AccountError::ForeignOrganisation(post.organisation).into())
    }
}

pub(crate) fn find(db: &mut Db, id: AccountId, within: UnitCode) -> Result<Account, AppError> {
    accounts::get(db, id)?
        .filter(|account| within.covers(account.organisation.unit))
        .ok_or(AppError::NotFound)
}
