//! Exchanges a refresh token for the next pair of tokens.

use chrono::TimeDelta;
use grassroots_domain::time::Instant;
use grassroots_persistence::{
    account::{
        accounts::Account,
        sessions::{self, EndReason, Rotation, Salt, Session, SessionId, TokenHash},
    },
    database::{db::Db, error::StoreResult},
};

use crate::{
    app::{
        App,
        error::{AppError, SessionError},
        sessions::{SessionTokens, check_device, expiry, pair},
    },
    auth::refresh_secret::RefreshSecret,
    random::random_bytes,
    secret::Secret,
};

/// How long an exchanged refresh token returns its successor again, for phones that did not receive the answer.
const GRACE: TimeDelta = TimeDelta::minutes(10);

/// How long exchanged refresh tokens are remembered. The reuse of a remembered token ends the session. A forgotten token is
/// just invalid.
const REUSE_MEMORY: TimeDelta = TimeDelta::days(7);

/// Exchanges a refresh token for the next pair of tokens, and extends the session.
///
/// A token that was exchanged before returns the same successor for ten minutes, until the successor is used. The session
/// ends if the token comes later, after its successor was used, or from another device, because the token may be stolen.
///
/// # Errors
/// [`SessionError::RefreshTokenInvalid`], [`SessionError::RefreshTokenReused`], [`SessionError::Ended`]
/// or [`SessionError::InvalidDevice`].
pub async fn refresh(app: &App, token: &Secret, device: Option<String>) -> Result<SessionTokens, AppError> {
    check_device(device.as_deref())?;
    let token = RefreshSecret::parse(token).ok_or(SessionError::RefreshTokenInvalid)?;
    let now = app.clock.now();
    let salt: Salt = random_bytes();
    let hash = token.hash();
    let rotation = Rotation { at: now, salt, successor: token.successor(&salt).hash() };
    match app.store.write(move |db| exchange(db, hash, device.as_deref(), &rotation)).await? {
        Exchange::Done { salt, session, account } => {
            pair(app, &token.successor(&salt), &session, *account, now)
        }
        Exchange::Refused(session) => {
            app.actors.forget_session(session);
            Err(SessionError::RefreshTokenReused.into())
        }
    }
}

/// The result of an exchange.
enum Exchange {
    /// The salt gives the successor of the token.
    Done { salt: Salt, session: Session, account: Box<Account> },
    /// The token must not be used again, and the session has ended. This is no error, because the end must be committed.
    Refused(SessionId),
}

fn exchange(
    db: &mut Db,
    hash: TokenHash,
    device: Option<&str>,
    rotation: &Rotation,
) -> Result<Exchange, AppError> {
    let now = rotation.at;
    let token = sessions::find_token(db, hash)?.ok_or(SessionError::RefreshTokenInvalid)?;
    let (mut session, account) =
        sessions::get_with_account(db, token.session)?.ok_or(SessionError::RefreshTokenInvalid)?;
    if !session.is_live(now) || account.disabled {
        return Err(SessionError::Ended.into());
    }
    if session.device.is_some() && session.device.as_deref() != device {
        sessions::end(db, session.id, EndReason::OtherDevice, now)?;
        return Ok(Exchange::Refused(session.id));
    }
    match token.rotation {
        None => {
            sessions::mark_rotated(db, hash, rotation)?;
            sessions::insert_token(db, session.id, rotation.successor, now)?;
            session.expires_at = expiry(session.device.as_deref(), session.created_at, now);
            sessions::extend(db, session.id, session.expires_at)?;
            sessions::forget_tokens(db, session.id, now - REUSE_MEMORY)?;
            Ok(Exchange::Done { salt: rotation.salt, session, account: Box::new(account) })
        }
        Some(earlier) if is_in_grace(db, &earlier, now)? => {
            Ok(Exchange::Done { salt: earlier.salt, session, account: Box::new(account) })
        }
        Some(_) => {
            sessions::end(db, session.id, EndReason::TokenReused, now)?;
            Ok(Exchange::Refused(session.id))
        }
    }
}

fn is_in_grace(db: &mut Db, earlier: &Rotation, now: Instant) -> StoreResult<bool> {
    let successor = sessions::find_token(db, earlier.successor)?;
    let is_unused = successor.is_some_and(|successor| successor.rotation.is_none());
    Ok(is_unused && now - earlier.at <= GRACE)
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use grassroots_domain::{
        account::Role, geography::unit::Unit, ids::AccountId, organisation::OrganisationCode, time::Instant,
    };
    use grassroots_persistence::{
        account::accounts::{self, PasswordHash},
        database::{
            migrations,
            store::{Store, StoreConfig},
        },
        reference::{organisations, units},
    };
    use uuid::Uuid;

    use super::*;
    use crate::app::sessions::DEVICE_LIFE;

    fn minute(minute: i64) -> Instant {
        Instant::UNIX_EPOCH + TimeDelta::minutes(minute)
    }

    /// A database with one session and its first token.
    struct Family {
        _folder: tempfile::TempDir,
        store: Store,
        session: SessionId,
        first: RefreshSecret,
    }

    /// The successor, or why there is none.
    type Answer = Result<RefreshSecret, AppError>;

    impl Family {
        async fn new(device: Option<&str>) -> Self {
            let folder = tempfile::tempdir().unwrap();
            let url = format!("sqlite://{}", folder.path().join("test.db").display());
            migrations::migrate(&url).unwrap();
            let config = StoreConfig { url, connections: 4, patience: Duration::from_secs(5) };
            let store = Store::open(&config).unwrap();
            let session = Session {
                id: SessionId(Uuid::new_v4()),
                account: AccountId(Uuid::new_v4()),
                device: device.map(str::to_owned),
                created_at: minute(0),
                expires_at: expiry(device, minute(0), minute(0)),
                ended_at: None,
            };
            let first = RefreshSecret::random();
            let (id, hash) = (session.id, first.hash());
            store.write(move |db| prepare(db, &session, hash)).await.unwrap();
            Self { _folder: folder, store, session: id, first }
        }

        /// Does the database part of [`refresh`].
        async fn exchange(&self, token: &RefreshSecret, device: Option<&str>, now: Instant) -> Answer {
            let salt: Salt = random_bytes();
            let hash = token.hash();
            let rotation = Rotation { at: now, salt, successor: token.successor(&salt).hash() };
            let device = device.map(str::to_owned);
            match self.store.write(move |db| exchange(db, hash, device.as_deref(), &rotation)).await? {
                Exchange::Done { salt, .. } => Ok(token.successor(&salt)),
                Exchange::Refused(session) => {
                    assert_eq!(session, self.session);
                    Err(SessionError::RefreshTokenReused.into())
                }
            }
        }

        async fn session(&self) -> Session {
            let id = self.session;
            let found: StoreResult<_> = self.store.read(move |db| sessions::get(db, id)).await;
            found.unwrap().unwrap()
        }
    }

    fn prepare(db: &mut Db, session: &Session, token: TokenHash) -> StoreResult<()> {
        let code = "4112".parse().unwrap();
        let name = || "三门峡市".to_owned();
        units::save(db, &Unit { code, name: name(), short_name: name(), kind: "city".to_owned() })?;
        let organisation = OrganisationCode::desk(code);
        organisations::save(db, organisation, "desk")?;
        let owner = Account {
            id: session.account,
            username: "zhang".to_owned(),
            display_name: "张".to_owned(),
            role: Role::CityOverseer,
            organisation,
            grids: Vec::new(),
            must_change_password: false,
            disabled: false,
            created_at: minute(0),
            updated_at: minute(0),
        };
        assert!(accounts::insert(db, &owner, &PasswordHash("x".to_owned()))?);
        sessions::open(db, session)?;
        sessions::insert_token(db, session.id, token, minute(0))
    }

    fn is_reused(answer: &Answer) -> bool {
        matches!(answer, Err(AppError::Session(SessionError::RefreshTokenReused)))
    }

    fn is_ended(answer: &Answer) -> bool {
        matches!(answer, Err(AppError::Session(SessionError::Ended)))
    }

    #[tokio::test]
    async fn a_lost_answer_is_given_again_until_its_token_is_used() {
        let family = Family::new(Some("phone")).await;
        let phone = Some("phone");
        let second = family.exchange(&family.first, phone, minute(1)).await.unwrap();
        assert_eq!(family.exchange(&family.first, phone, minute(11)).await.unwrap(), second);
        assert_eq!(family.session().await.expires_at, minute(1) + DEVICE_LIFE);
        let third = family.exchange(&second, phone, minute(11)).await.unwrap();
        assert_ne!(second, third);
        assert_eq!(family.exchange(&second, phone, minute(11)).await.unwrap(), third);

        assert!(is_reused(&family.exchange(&family.first, phone, minute(11)).await));
        assert_eq!(family.session().await.ended_at, Some(minute(11)));
        for token in [&family.first, &second, &third] {
            assert!(is_ended(&family.exchange(token, phone, minute(11)).await));
        }
    }

    #[tokio::test]
    async fn a_lost_answer_is_not_given_after_ten_minutes() {
        let family = Family::new(None).await;
        let second = family.exchange(&family.first, None, minute(0)).await.unwrap();
        let late = minute(10) + TimeDelta::microseconds(1);
        assert!(is_reused(&family.exchange(&family.first, None, late).await));
        assert!(is_ended(&family.exchange(&second, None, late).await));
    }

    #[tokio::test]
    async fn another_device_ends_the_session() {
        for other in [Some("laptop"), None] {
            let family = Family::new(Some("phone")).await;
            assert!(is_reused(&family.exchange(&family.first, other, minute(1)).await));
            assert!(is_ended(&family.exchange(&family.first, Some("phone"), minute(1)).await));
        }
        let unbound = Family::new(None).await;
        assert!(unbound.exchange(&unbound.first, Some("laptop"), minute(1)).await.is_ok());
    }

    #[tokio::test]
    async fn the_session_of_a_device_lasts_thirty_days_from_its_last_refresh() {
        let (family, phone) = (Family::new(Some("phone")).await, Some("phone"));
        let day = |days: i64| minute(days * 24 * 60);
        let second = family.exchange(&family.first, phone, day(29)).await.unwrap();
        let third = family.exchange(&second, phone, day(58)).await.unwrap();
        assert!(is_ended(&family.exchange(&third, phone, day(88)).await));
        // The reuse of a forgotten token is refused, but does not end the session.
        let forgotten = family.exchange(&family.first, phone, day(59)).await;
        assert!(matches!(forgotten, Err(AppError::Session(SessionError::RefreshTokenInvalid))));
        let strange = family.exchange(&RefreshSecret::random(), phone, day(59)).await;
        assert!(matches!(strange, Err(AppError::Session(SessionError::RefreshTokenInvalid))));
        assert!(family.exchange(&third, phone, day(59)).await.is_ok());
    }

    #[tokio::test]
    async fn the_session_of_a_browser_ends_after_half_an_hour_of_silence() {
        let family = Family::new(None).await;
        let second = family.exchange(&family.first, None, minute(29)).await.unwrap();
        assert!(is_ended(&family.exchange(&second, None, minute(59)).await));
        assert!(family.exchange(&second, None, minute(58)).await.is_ok());
    }

    #[tokio::test]
    async fn the_session_of_a_browser_ends_after_twelve_hours_whatever_happens() {
        let family = Family::new(None).await;
        let mut token = family.first.clone();
        for refreshed in (20..12 * 60).step_by(20) {
            token = family.exchange(&token, None, minute(refreshed)).await.unwrap();
        }
        assert_eq!(family.session().await.expires_at, minute(12 * 60));
        assert!(is_ended(&family.exchange(&token, None, minute(12 * 60)).await));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn one_token_sent_many_times_at_once_has_one_successor() {
        let family = Arc::new(Family::new(None).await);
        let calls: Vec<_> = (0..64)
            .map(|_| {
                let family = Arc::clone(&family);
                tokio::spawn(async move { family.exchange(&family.first, None, minute(1)).await.unwrap() })
            })
            .collect();
        let mut answers = Vec::new();
        for call in calls {
            answers.push(call.await.unwrap());
        }
        assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
        assert!(family.exchange(&answers[0], None, minute(1)).await.is_ok());
    }
}
