//! Changes an account, for the security administrator of its unit.

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
/// [`AccountError::Forbidden`], [`AppError::NotFound`], [`AccountError::OwnAccount`]
/// or [`AccountError::LastAdministrator`].
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
/// [`AccountError::Forbidden`], [`AppError::NotFound`] or [`AccountError::OwnAccount`].
pub async fn enable(app: &App, admin: &SignedIn, id: AccountId) -> Result<Account, AppError> {
    let now = app.clock.now();
    let enabled = change(app, admin, id, move |db, _| Ok(accounts::set_disabled(db, id, false, now)?));
    enabled.await.map(|(account, ())| account)
}

/// Changes the assignment of an account. It stays signed in and has the new role at once. Returns its open work.
///
/// # Errors
/// The [`AccountError`] of an invalid assignment, [`AccountError::Forbidden`], [`AppError::NotFound`],
/// [`AccountError::OwnAccount`], [`AccountError::ForeignOrganisation`] or [`AccountError::LastAdministrator`].
pub async fn move_to(
    app: &App,
    admin: &SignedIn,
    reference_data: &ReferenceData,
    id: AccountId,
    post: Assignment,
) -> Result<(Account, OpenWork), AppError> {
    check_reach(administered(admin)?, &post)?;
    post.check(reference_data)?;
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
/// [`AccountError::Forbidden`], [`AppError::NotFound`], [`AccountError::OwnAccount`] or [`AppError::Busy`].
pub async fn reset_password(app: &App, admin: &SignedIn, id: AccountId) -> Result<Secret, AppError> {
    // Checks the rights first, because hashing is slow.
    get(app, admin, id).await?;
    let password = policy::one_time_password();
    let hash = app.passwords.turn().await?.hash(password.clone()).await?;
    let now = app.clock.now();
    let changed = change(app, admin, id, move |db, _| {
        accounts::set_password(db, id, &hash, true, now)?;
        Ok(sessions::end_all_of_account(db, id, None, EndReason::PasswordReset, now)?)
    });
    // Failed sign-ins with the old password no longer count.
    let (account, ()) = changed.await?;
    app.attempts.succeeded(&AttemptSource::Name(account.username));
    Ok(password)
}

/// An account whose row is locked until the transaction ends.
pub(crate) struct HeldAccount {
    account: Account,
    /// For administrators: the number of active accounts with the same role, including this one.
    active_of_its_kind: Option<usize>,
}

impl HeldAccount {
    pub(crate) fn new(db: &mut Db, id: AccountId, within: UnitCode) -> Result<Self, AppError> {
        let seen = find(db, id, within)?;
        // The accounts of the role are locked before the account. This order prevents deadlocks.
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

/// Applies the change `what` to an account in the unit of a security administrator. Administrators cannot change their own
/// account. Returns the changed account and the result of `what`.
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
            let result = what(db, &held)?;
            let account = accounts::get(db, id)?.ok_or(AppError::NotFound)?;
            Ok::<_, AppError>((account, result))
        })
        .await?;
    app.actors.forget_account(id);
    Ok(changed)
}
