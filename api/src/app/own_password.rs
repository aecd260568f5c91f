//! Changes the password of the caller's own account.

use grassroots_persistence::{
    account::{
        accounts,
        sessions::{self, EndReason},
    },
    database::error::StoreResult,
};

use crate::{
    app::{
        App,
        actors::SignedIn,
        error::{AccountError, AppError},
    },
    auth::{attempts::AttemptSource, policy},
    secret::Secret,
};

/// Checks the current password, sets the new one, and ends the other sessions of the account.
///
/// # Errors
/// [`AccountError::WeakPassword`], [`AccountError::SamePassword`], [`AccountError::WrongPassword`],
/// [`AppError::TooManyAttempts`] or [`AppError::Busy`].
pub async fn change_own_password(
    app: &App,
    me: &SignedIn,
    current: Secret,
    new: Secret,
) -> Result<(), AppError> {
    policy::check(&new, &me.account.username).map_err(AccountError::from)?;
    let source = AttemptSource::Name(me.account.username.clone());
    app.attempts.check(std::slice::from_ref(&source), app.clock.now())?;
    let permit = app.passwords.turn().await?;
    app.attempts.check(std::slice::from_ref(&source), app.clock.now())?;

    let id = me.account.id;
    let username = me.account.username.clone();
    let found: StoreResult<_> = app.store.read(move |db| accounts::find_by_username(db, &username)).await;
    let proven = found?.map(|(_, hash)| hash);
    let is_same = current == new;
    if !permit.matches(current, proven.clone()).await? {
        app.attempts.failed(&[source], app.clock.now());
        return Err(AccountError::WrongPassword.into());
    }
    if is_same {
        return Err(AccountError::SamePassword.into());
    }
    let hash = permit.hash(new).await?;
    drop(permit);

    let now = app.clock.now();
    let session = me.session;
    app.store
        .write(move |db| -> Result<(), AppError> {
            // An administrator may have reset the password or disabled the account during the check.
            accounts::hold(db, id)?
                .filter(|(account, current)| !account.disabled && proven.as_ref() == Some(current))
                .ok_or(AccountError::WrongPassword)?;
            accounts::set_password(db, id, &hash, false, now)?;
            Ok(sessions::end_all_of_account(db, id, Some(session), EndReason::PasswordChanged, now)?)
        })
        .await?;
    app.attempts.succeeded(&source);
    app.actors.forget_account(id);
    Ok(())
}
