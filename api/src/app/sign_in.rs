//! Signs a user in: checks the password and opens a session.

use std::net::IpAddr;

use grassroots_domain::{ids::AccountId, time::Instant};
use grassroots_persistence::{
    account::{
        accounts::{self, PasswordHash},
        sessions::{self, Session, SessionId},
    },
    database::error::StoreResult,
};

use crate::{
    app::{
        App,
        error::{AppError, SessionError},
        sessions::{SessionTokens, check_device, expiry, pair},
    },
    auth::{attempts::AttemptSource, new_id, refresh_secret::RefreshSecret, usernames::is_username},
    secret::Secret,
};

/// Most open sessions of one account. A further sign-in ends the oldest session.
const MAX_SESSIONS: usize = 10;

/// The data of a sign-in.
#[derive(Clone, Debug)]
pub struct Credentials {
    pub username: String,
    pub password: Secret,
    /// The id that the device chose. With it, the session is bound to the device.
    pub device: Option<String>,
    /// The address of the client.
    pub address: IpAddr,
}

/// Checks the password and opens a session.
///
/// # Errors
/// [`SessionError::InvalidDevice`], [`AppError::TooManyAttempts`], [`AppError::Busy`] or
/// [`SessionError::InvalidCredentials`]. The last takes the same time for an unknown name as for a wrong password.
pub async fn sign_in(app: &App, credentials: Credentials) -> Result<SessionTokens, AppError> {
    let Credentials { username, password, device, address } = credentials;
    check_device(device.as_deref())?;
    let username = is_username(&username).then_some(username);
    let name = username.clone().map(AttemptSource::Name);
    let sources: Vec<AttemptSource> = name.iter().cloned().chain([AttemptSource::address(address)]).collect();

    app.attempts.check(&sources, app.clock.now())?;
    let permit = app.passwords.turn().await?;
    // Other attempts may have failed while this one waited for its permit.
    app.attempts.check(&sources, app.clock.now())?;

    let known = match username {
        Some(username) => {
            let found: StoreResult<_> =
                app.store.read(move |db| accounts::find_by_username(db, &username)).await;
            found?
        }
        None => None,
    };
    let matches = permit.matches(password, known.as_ref().map(|(_, hash)| hash.clone())).await?;
    let now = app.clock.now();
    let Some((account, hash)) = known.filter(|(account, _)| matches && !account.disabled) else {
        app.attempts.failed(&sources, now);
        return Err(SessionError::InvalidCredentials.into());
    };
    let tokens = open(app, account.id, hash, device, now).await?;
    if let Some(name) = &name {
        app.attempts.succeeded(name);
    }
    Ok(tokens)
}

/// Opens a session for an account. `proven` is the hash that the password matched.
async fn open(
    app: &App,
    account: AccountId,
    proven: PasswordHash,
    device: Option<String>,
    now: Instant,
) -> Result<SessionTokens, AppError> {
    let token = RefreshSecret::random();
    let hash = token.hash();
    let id = SessionId(new_id(now));
    let expires_at = expiry(device.as_deref(), now, now);
    let session = Session { id, account, device, created_at: now, expires_at, ended_at: None };
    let opened = session.clone();
    let (account, surplus) = app
        .store
        .write(move |db| {
            // The account may have been disabled, or its password changed, during the check.
            let (account, _) = accounts::hold(db, opened.account)?
                .filter(|(account, current)| !account.disabled && *current == proven)
                .ok_or(SessionError::InvalidCredentials)?;
            let surplus = sessions::end_oldest(db, opened.account, MAX_SESSIONS - 1, now)?;
            sessions::open(db, &opened)?;
            sessions::insert_token(db, opened.id, hash, now)?;
            Ok::<_, AppError>((account, surplus))
        })
        .await?;
    surplus.into_iter().for_each(|session| app.actors.forget_session(session));
    pair(app, &token, &session, account, now)
}
