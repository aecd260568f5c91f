//! Sessions: how long they last, which tokens they get, and how they end.

use std::sync::Arc;

use chrono::TimeDelta;
use grassroots_domain::time::Instant;
use grassroots_persistence::{
    account::{
        accounts::Account,
        sessions::{self, EndReason, Session, SessionId},
    },
    database::error::StoreResult,
};

use crate::{
    app::{
        App,
        actors::SignedIn,
        error::{AppError, SessionError},
    },
    auth::{
        refresh_secret::RefreshSecret,
        tokens::{ACCESS_TOKEN_LIFE_S, Bearer},
    },
    secret::Secret,
};

/// How long a session of a device lasts after it was opened or last refreshed.
pub(super) const DEVICE_LIFE: TimeDelta = TimeDelta::days(30);
/// The same for a session without a device, such as in a browser. It is short because people leave browsers open.
const IDLE_LIFE: TimeDelta = TimeDelta::minutes(30);
/// The longest life of a session without a device.
const BROWSER_LIFE: TimeDelta = TimeDelta::hours(12);
/// How long sessions stay stored after they have ended. The Cybersecurity Law (网络安全法) requires access logs of six
/// months.
const MEMORY: TimeDelta = TimeDelta::days(180);
/// Sessions deleted in one transaction.
const PRUNED_AT_ONCE: u32 = 200;
/// Longest device id, in characters.
pub const MAX_DEVICE_CHARS: usize = 64;

/// The tokens that a client gets, with their session.
#[derive(Clone, Debug)]
pub struct SessionTokens {
    /// The client sends it with every request.
    pub access_token: Secret,
    /// How long the access token is valid.
    pub expires_in_s: u32,
    /// The client exchanges it for the next pair of tokens.
    pub refresh_token: Secret,
    /// Until when the refresh token can be exchanged.
    pub refresh_expires_at: Instant,
    pub session: SessionId,
    /// The account that signed in.
    pub account: Account,
}

/// Deletes sessions that ended long ago. Each transaction deletes only a few, so that other writes do not wait long.
pub async fn prune(app: &App) -> StoreResult<()> {
    let over_before = app.clock.now() - MEMORY;
    while app.store.write(move |db| sessions::prune(db, over_before, PRUNED_AT_ONCE)).await? > 0 {}
    Ok(())
}

/// Ends a session. Its tokens are refused from now on.
pub async fn sign_out(app: &App, session: SessionId) -> Result<(), AppError> {
    let now = app.clock.now();
    app.store
        .write(move |db| -> Result<(), AppError> {
            Ok(sessions::end(db, session, EndReason::SignedOut, now)?)
        })
        .await?;
    app.actors.forget_session(session);
    Ok(())
}

/// When a session expires that is opened or refreshed at `now`.
pub(super) fn expiry(device: Option<&str>, opened: Instant, now: Instant) -> Instant {
    match device {
        Some(_) => now + DEVICE_LIFE,
        None => (now + IDLE_LIFE).min(opened + BROWSER_LIFE),
    }
}

/// Refuses device ids that are empty, too long or unprintable.
pub(super) fn check_device(device: Option<&str>) -> Result<(), AppError> {
    let good =
        |id: &str| (1..=MAX_DEVICE_CHARS).contains(&id.chars().count()) && !id.chars().any(char::is_control);
    if device.is_none_or(good) { Ok(()) } else { Err(SessionError::InvalidDevice.into()) }
}

/// Issues the tokens of a session at `now`.
pub(super) fn pair(
    app: &App,
    token: &RefreshSecret,
    session: &Session,
    account: Account,
    now: Instant,
) -> Result<SessionTokens, AppError> {
    let bearer = Bearer { account: account.id, session: session.id };
    // The access token ends with its session, if the session ends first.
    let left_s = u32::try_from((session.expires_at - now).num_seconds()).unwrap_or(0);
    Ok(SessionTokens {
        access_token: app.tokens.issue(bearer, now)?,
        expires_in_s: ACCESS_TOKEN_LIFE_S.min(left_s),
        refresh_token: token.to_secret(),
        refresh_expires_at: session.expires_at,
        session: session.id,
        account,
    })
}

/// Reads the account and session of an access token at `now`.
///
/// # Errors
/// [`SessionError::Ended`] if the session has ended or the account is disabled.
pub async fn signed_in(app: &App, bearer: Bearer, now: Instant) -> Result<Arc<SignedIn>, AppError> {
    Ok(app.actors.get(&app.store, bearer, now).await?.ok_or(SessionError::Ended)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn device_ids_are_short_and_printable() {
        for good in [None, Some("x"), Some("手机 1")] {
            assert!(check_device(good).is_ok());
        }
        for bad in ["", "a\n", &"x".repeat(MAX_DEVICE_CHARS + 1)] {
            assert!(
                matches!(check_device(Some(bad)), Err(AppError::Session(SessionError::InvalidDevice))),
                "{bad:?}"
            );
        }
    }
}
