//! The password of the caller's own account.

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

/// Sets a new password for whoever knows the current one, and ends the other sessions of the account.
///
/// # Errors
/// [`AccountError::WeakPassword`], [`AccountError::SamePassword`], [`AccountError::WrongPassword`],
/// [`AppError::TooManyAttempts`], [`AppError::Busy`] and the errors of the store.
pub async fn change_own_password(
    app: &App,
    me: &SignedIn,
    current: Secret,
    new: Secret,
) -> Result<(), AppError> {
    policy::check(&new, &me.account.username).map_err(AccountError::from)?;
    let source = AttemptSource::Name(me.account.username.clone());
    app.attempts.check(std::slice::from_ref(&source), app.clock.now())?;
    let turn = app.passwords.turn().await?;
    app.attempts.check(std::slice::from_ref(&source), app.clock.now())?;

    let id = me.account.id;
    let username = me.account.username.clone();
    let found: StoreResult<_> = app.store.read(move |db| accounts::find_by_username(db, &username)).await;
    let proven = found?.map(|(_, hash)| hash);
    let is_same = current == new;
    if !turn.matches(current, proven.clone()).await? {
        app.attempts.failed(&[source], app.clock.now());
        return Err(AccountError::WrongPassword.into());
    }
    if is_same {
        return Err(AccountError::SamePassword.into());
    }
    let hash = turn.hash(new).await?;
    drop(turn);

    let now = app.clock.now();
    let session = me.session;
    app.store
        .write(move |db| -> Result<(), AppError> {
            // An administrator may have set another password while this one was checked.
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
