//! Accounts: what their owners may do, and what the security administrator may.

use grassroots_domain::{
    account::Role, geography::unit::UnitCode, ids::AccountId, organisation::OrganisationCode,
};
use grassroots_persistence::{
    account::accounts::{self, Account, AccountFilter},
    database::{
        db::Db,
        error::{StoreError, StoreResult},
        store::Retry,
    },
};

use crate::{
    app::{
        App,
        actors::SignedIn,
        assignments::{Assignment, PostError},
    },
    auth::{
        attempts::TooManyAttempts, passwords::PasswordError, policy::WeakPassword, usernames::is_username,
    },
};

/// Characters of a display name at most.
pub const MAX_DISPLAY_NAME_CHARS: usize = 50;
/// Accounts in one answer at most.
pub const MAX_PAGE: u32 = 200;

/// The roles that are each kept by somebody at any time.
pub(crate) const ADMINISTRATORS: [Role; 3] = [Role::SystemAdmin, Role::SecurityAdmin, Role::AuditAdmin];

/// Why something about an account was refused.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// Only the security administrator may.
    #[error("only a security administrator may do this")]
    Forbidden,
    /// There is no such account, or it belongs to a unit the caller does not administer.
    #[error("there is no such account")]
    NotFound,
    /// Administrators do not disable, move or reset themselves.
    #[error("administrators do not do this to themselves")]
    OwnAccount,
    /// Nobody of this kind would be left.
    #[error("this is the last active {0}")]
    LastAdministrator(Role),
    /// Nobody who could look after anything.
    #[error("{0} is no other active account of the unit that reports")]
    NoSuccessor(AccountId),
    /// Not a user name.
    #[error("{0:?} is no user name")]
    InvalidUsername(String),
    /// Somebody has it.
    #[error("the user name {0:?} is taken")]
    UsernameTaken(String),
    /// Not a display name.
    #[error("{0:?} is no display name")]
    InvalidDisplayName(String),
    /// The caller does not administer the unit of the organisation.
    #[error("{0} is outside the unit of the administrator")]
    ForeignOrganisation(OrganisationCode),
    /// There can be no such post.
    #[error(transparent)]
    Assignment(#[from] PostError),
    /// The new password breaks a rule.
    #[error(transparent)]
    WeakPassword(#[from] WeakPassword),
    /// The new password is the old one.
    #[error("the new password is the old one")]
    SamePassword,
    /// The current password is another.
    #[error("the current password is wrong")]
    WrongPassword,
    /// The password was guessed too often.
    #[error(transparent)]
    TooManyAttempts(#[from] TooManyAttempts),
    /// Several fields are wrong.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Several(Vec<Self>),
    /// Too many passwords wait to be hashed.
    #[error("too many passwords are being hashed")]
    Busy,
    /// What should not fail did.
    #[error("{0}")]
    Internal(String),
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Retry for AccountError {
    fn store_error(&self) -> Option<&StoreError> {
        if let Self::Store(error) = self { Some(error) } else { None }
    }
}

impl AccountError {
    /// One error as itself, more as [`Self::Several`].
    pub(super) fn several(mut errors: Vec<Self>) -> Self {
        match (errors.len(), errors.pop()) {
            (1, Some(only)) => only,
            (_, last) => Self::Several(errors.into_iter().chain(last).collect()),
        }
    }
}

impl From<PasswordError> for AccountError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Busy => Self::Busy,
            PasswordError::Broken(_) => Self::Internal(error.to_string()),
        }
    }
}

/// The account of whoever asks, as it is now.
///
/// # Errors
/// The errors of the store.
pub async fn me(app: &App, me: &SignedIn) -> Result<Account, AccountError> {
    let id = me.account.id;
    let found: StoreResult<_> = app.store.read(move |db| accounts::get(db, id)).await;
    found?.ok_or(AccountError::NotFound)
}

/// The account with this id, for a security administrator of its unit.
///
/// # Errors
/// [`AccountError::Forbidden`], [`AccountError::NotFound`] and the errors of the store.
pub async fn get(app: &App, admin: &SignedIn, id: AccountId) -> Result<Account, AccountError> {
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
) -> Result<Vec<Account>, AccountError> {
    let unit = administered(admin)?;
    let within = within.unwrap_or(unit);
    if !unit.covers(within) {
        return Err(AccountError::Forbidden);
    }
    let filter =
        AccountFilter { within, after: after.filter(|name| is_username(name)), limit: limit.min(MAX_PAGE) };
    app.store.read(move |db| Ok(accounts::list(db, &filter)?)).await
}

/// The unit whose accounts `admin` administers.
pub(crate) fn administered(admin: &SignedIn) -> Result<UnitCode, AccountError> {
    if admin.account.role == Role::SecurityAdmin {
        Ok(admin.account.organisation.unit)
    } else {
        Err(AccountError::Forbidden)
    }
}

/// Refuses posts outside the unit of the administrator.
pub(super) fn check_reach(unit: UnitCode, post: &Assignment) -> Result<(), AccountError> {
    if unit.covers(post.organisation.unit) {
        Ok(())
    } else {
        Err(AccountError::ForeignOrganisation(post.organisation))
    }
}

pub(crate) fn find(db: &mut Db, id: AccountId, within: UnitCode) -> Result<Account, AccountError> {
    accounts::get(db, id)?
        .filter(|account| within.covers(account.organisation.unit))
        .ok_or(AccountError::NotFound)
}
