//! Reads accounts, for their owners and for security administrators.

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

/// Longest display name, in characters.
pub const MAX_DISPLAY_NAME_CHARS: usize = 50;
/// Most accounts in one answer.
pub const MAX_PAGE: u32 = 200;

/// The administrator roles. Each must always have at least one active account.
pub(crate) const ADMINISTRATORS: [Role; 3] = [Role::SystemAdmin, Role::SecurityAdmin, Role::AuditAdmin];

/// Reads the caller's account from the database, not from the cache.
pub async fn me(app: &App, me: &SignedIn) -> Result<Account, AppError> {
    let id = me.account.id;
    let found: StoreResult<_> = app.store.read(move |db| accounts::get(db, id)).await;
    found?.ok_or(AppError::NotFound)
}

/// Reads the account with this id, for a security administrator of its unit.
///
/// # Errors
/// [`AccountError::Forbidden`] or [`AppError::NotFound`].
pub async fn get(app: &App, admin: &SignedIn, id: AccountId) -> Result<Account, AppError> {
    let unit = administered(admin)?;
    app.store.read(move |db| find(db, id, unit)).await
}

/// Lists the accounts of `within` and the units below it, for a security administrator. The default for `within` is the
/// administrator's unit. The list is sorted by user name, starts after the name `after`, and has at most `limit`
/// accounts, but never more than [`MAX_PAGE`].
///
/// # Errors
/// [`AccountError::Forbidden`], also if `within` is outside the administrator's unit.
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

/// The unit whose accounts `admin` administers. Refuses other roles than security administrators.
pub(crate) fn administered(admin: &SignedIn) -> Result<UnitCode, AppError> {
    if admin.account.role == Role::SecurityAdmin {
        Ok(admin.account.organisation.unit)
    } else {
        Err(AccountError::Forbidden.into())
    }
}

/// Refuses assignments outside the unit of the administrator.
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
