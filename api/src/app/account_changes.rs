//! Changes of an account by the security administrator of its unit.

use grassroots_domain::{geography::unit::UnitCode, ids::AccountId, reference_data::ReferenceData};
use grassroots_persistence::{
    account::{
        accounts::{self, Account},
        sessions::{self, EndReason},
    },
    database::{db::Db, error::StoreError},
};

use crate::{
    app::{
        App,
        accounts::{ADMINISTRATORS, administered, check_reach, find, get},
        actors::SignedIn,
        assignments::Assignment,
        error::{AccountError, AppError},
        open_work::{OpenWork, left_behind},
    },
    auth::{attempts::AttemptSource, policy},
    secret::Secret,
};

/// Disables an account and ends its sessions. Returns its open work.
///
/// # Errors
/// [`AccountError::Forbidden`], [`AppError::NotFound`], [`AccountError::OwnAccount`],
/// [`AccountError::LastAdministrator`] and the errors of the store.
pub async fn disable(app: &App, admin: &SignedIn, id: AccountId) -> Result<(Account, OpenWork), AppError> {
    let now = app.clock.now();
    change(app, admin, id, move |db, held| {
        held.can_go()?;
        accounts::set_disabled(db, id, true, now)?;
        sessions::end_all_of_account(db, id, None, EndReason::AccountDisabled, now)?;
        Ok(left_behind(db, id, held.account.organisation)?)
    })
    .await
}

/// Lets a disabled account sign in again.
///
/// # Errors
/// [`AccountError::Forbidden`], [`AppError::NotFound`], [`AccountError::OwnAccount`] and the errors of the store.
pub async fn enable(app: &App, admin: &SignedIn, id: AccountId) -> Result<Account, AppError> {
    let now = app.clock.now();
    let enabled = change(app, admin, id, move |db, _| Ok(accounts::set_disabled(db, id, false, now)?));
    enabled.await.map(|(account, ())| account)
}

/// Gives an account another post. It stays signed in and has the new role at once. Returns its open work.
///
/// # Errors
/// What is wrong with `post`, [`AccountError::Forbidden`], [`AppError::NotFound`], [`AccountError::OwnAccount`],
/// [`AccountError::ForeignOrganisation`], [`AccountError::LastAdministrator`] and the errors of the store.
pub async fn move_to(
    app: &App,
    admin: &SignedIn,
    ground: &ReferenceData,
    id: AccountId,
    post: Assignment,
) -> Result<(Account, OpenWork), AppError> {
    check_reach(administered(admin)?, &post)?;
    post.check(ground)?;
    let now = app.clock.now();
    change(app, admin, id, move |db, held| {
        held.can_go()?;
        accounts::move_to(db, id, post.role, post.organisation, &post.grids, now)?;
        Ok(left_behind(db, id, held.account.organisation)?)
    })
    .await
}

/// Sets a one-time password, ends the sessions of the account, and returns the password. It cannot be read again.
///
/// # Errors
/// [`AccountError::Forbidden`], [`AppError::NotFound`], [`AccountError::OwnAccount`], [`AppError::Busy`] and
/// the errors of the store.
pub async fn reset_password(app: &App, admin: &SignedIn, id: AccountId) -> Result<Secret, AppError> {
    // Before the work of hashing.
    get(app, admin, id).await?;
    let password = policy::one_time_password();
    let hash = app.passwords.turn().await?.hash(password.clone()).await?;
    let now = app.clock.now();
    let changed = change(app, admin, id, move |db, _| {
        accounts::set_password(db, id, &hash, true, now)?;
        Ok(sessions::end_all_of_account(db, id, None, EndReason::PasswordReset, now)?)
    });
    // The owner was locked out, or somebody guessed: both are over.
    let (account, ()) = changed.await?;
    app.attempts.succeeded(&AttemptSource::Name(account.username));
    Ok(password)
}

/// An account that is locked until this transaction ends.
pub(crate) struct HeldAccount {
    account: Account,
    /// How many of its kind can sign in, itself included; counted for administrators only.
    active_of_its_kind: Option<usize>,
}

impl HeldAccount {
    pub(crate) fn new(db: &mut Db, id: AccountId, within: UnitCode) -> Result<Self, AppError> {
        let seen = find(db, id, within)?;
        // The kind is held before the account, so that two who do this do not wait for each other.
        let active_of_its_kind = if ADMINISTRATORS.contains(&seen.role) {
            Some(accounts::count_active(db, seen.role)?)
        } else {
            None
        };
        match accounts::hold(db, id)? {
            Some((account, _)) if account == seen => Ok(Self { account, active_of_its_kind }),
            Some(_) | None => Err(StoreError::Conflict.into()),
        }
    }

    /// Refuses if it is the last active administrator of its role.
    pub(crate) fn can_go(&self) -> Result<(), AppError> {
        match self.active_of_its_kind {
            Some(0..=1) if !self.account.disabled => {
                Err(AccountError::LastAdministrator(self.account.role).into())
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// Changes an account in the unit of a security administrator, other than the administrator's own. Returns the changed
/// account, and what the change returns.
async fn change<T: Send + 'static>(
    app: &App,
    admin: &SignedIn,
    id: AccountId,
    what: impl Fn(&mut Db, &HeldAccount) -> Result<T, AppError> + Send + 'static,
) -> Result<(Account, T), AppError> {
    let unit = administered(admin)?;
    if admin.account.id == id {
        return Err(AccountError::OwnAccount.into());
    }
    let changed = app
        .store
        .write(move |db| {
            let held = HeldAccount::new(db, id, unit)?;
            let said = what(db, &held)?;
            let account = accounts::get(db, id)?.ok_or(AppError::NotFound)?;
            Ok::<_, AppError>((account, said))
        })
        .await?;
    app.actors.forget_account(id);
    Ok(changed)
}
