//! Sessions: how long they last, what holds them up, and how they end.

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

/// How long the session of a device can be refreshed after it was opened or refreshed last.
pub(super) const DEVICE_LIFE: TimeDelta = TimeDelta::days(30);
/// The same for a session that is bound to no device, such as that of a browser somebody walked away from.
const IDLE_LIFE: TimeDelta = TimeDelta::minutes(30);
/// How long such a session lasts at most.
const BROWSER_LIFE: TimeDelta = TimeDelta::hours(12);
/// How long sessions are remembered after they are over: the Cybersecurity Law
/// (网络安全法) has logs of access kept for six months.
const MEMORY: TimeDelta = TimeDelta::days(180);
/// Sessions deleted in one transaction.
const PRUNED_AT_ONCE: u32 = 200;
/// Characters of a device id at most.
pub const MAX_DEVICE_CHARS: usize = 64;

/// What a client gets to stay signed in.
#[derive(Clone, Debug)]
pub struct SessionTokens {
    /// To be sent with every request.
    pub access_token: Secret,
    /// How long it is good.
    pub expires_in_s: u32,
    /// To be exchanged for the next pair.
    pub refresh_token: Secret,
    /// Until when it can be.
    pub refresh_expires_at: Instant,
    /// The session.
    pub session: SessionId,
    /// Who signed in.
    pub account: Account,
}

/// Deletes sessions that ended long ago, a few in each transaction so that other writes need not wait.
///
/// # Errors
/// The errors of the store.
pub async fn prune(app: &App) -> StoreResult<()> {
    let over_before = app.clock.now() - MEMORY;
    while app.store.write(move |db| sessions::prune(db, over_before, PRUNED_AT_ONCE)).await? > 0 {}
    Ok(())
}

/// Ends a session. Its tokens are refused from now on.
///
/// # Errors
/// The errors of the store.
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

/// Until when a session that was opened or refreshed `now` can be refreshed.
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

/// The tokens of a session at `now`.
pub(super) fn pair(
    app: &App,
    token: &RefreshSecret,
    session: &Session,
    account: Account,
    now: Instant,
) -> Result<SessionTokens, AppError> {
    let bearer = Bearer { account: account.id, session: session.id };
    // A token is good for as long as its session, if that ends sooner.
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

/// Who calls with an access token of `bearer`, as of `now`.
///
/// # Errors
/// [`SessionError::Ended`] if the session is over or the account disabled, and the errors of the store.
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
