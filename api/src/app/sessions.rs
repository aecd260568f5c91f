//! Signing in, staying signed in, signing out.

use std::net::IpAddr;

use chrono::TimeDelta;
use grassroots_domain::{ids::AccountId, time::Instant};
use grassroots_persistence::{
    account::{
        accounts::{self, Account, PasswordHash},
        sessions::{self, EndReason, Rotation, Salt, Session, SessionId, TokenHash},
    },
    database::{
        db::Db,
        error::{StoreError, StoreResult, WriteError},
    },
};

use super::App;
use crate::auth::{
    Secret,
    attempts::{AttemptSource, TooManyAttempts},
    new_id,
    passwords::PasswordError,
    tokens::{ACCESS_TOKEN_LIFE_S, Bearer, RefreshToken, SigningError},
    usernames::is_username,
};
use crate::random::random_bytes;

/// How long the session of a device can be refreshed after it was opened or refreshed last.
const DEVICE_LIFE: TimeDelta = TimeDelta::days(30);
/// The same for a session that is bound to no device, such as that of a browser somebody walked away from.
const IDLE_LIFE: TimeDelta = TimeDelta::minutes(30);
/// How long such a session lasts at most.
const BROWSER_LIFE: TimeDelta = TimeDelta::hours(12);
/// Sessions of one account at once; another sign-in ends the oldest.
const MAX_SESSIONS: usize = 10;
/// How long an exchanged refresh token answers its successor again, for phones that never got the answer.
const GRACE: TimeDelta = TimeDelta::minutes(10);
/// How long the reuse of an exchanged refresh token is noticed. After that it is just not valid.
const REUSE_MEMORY: TimeDelta = TimeDelta::days(7);
/// How long sessions are remembered after they are over: the Cybersecurity Law
/// (网络安全法) has logs of access kept for six months.
const MEMORY: TimeDelta = TimeDelta::days(180);
/// Sessions forgotten in one transaction.
const PRUNED_AT_ONCE: u32 = 200;
/// Characters of a device id at most.
pub const MAX_DEVICE_CHARS: usize = 64;

/// Why signing in or staying signed in was refused.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// No such user, another password, or a disabled account: which one is not told.
    #[error("user name or password is wrong")]
    InvalidCredentials,
    /// Too many failures under this user name or from this address.
    #[error(transparent)]
    TooManyAttempts(#[from] TooManyAttempts),
    /// The device id is empty, too long or unprintable.
    #[error("a device id has 1 to {MAX_DEVICE_CHARS} printable characters")]
    InvalidDevice,
    /// Not a refresh token of ours, or a forgotten one.
    #[error("the refresh token is not valid")]
    RefreshTokenInvalid,
    /// A refresh token came back too late, or from another device; its session has ended.
    #[error("the refresh token was used twice or elsewhere")]
    RefreshTokenReused,
    /// The session is over, or its account disabled.
    #[error("the session has ended")]
    Ended,
    /// Too many passwords wait to be checked.
    #[error("too many are signing in")]
    Busy,
    /// What should not fail did.
    #[error("{0}")]
    Internal(String),
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl WriteError for SessionError {
    fn store_error(&self) -> Option<&StoreError> {
        if let Self::Store(error) = self { Some(error) } else { None }
    }
}

impl From<PasswordError> for SessionError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Busy => Self::Busy,
            PasswordError::Broken(_) => Self::Internal(error.to_string()),
        }
    }
}

impl From<SigningError> for SessionError {
    fn from(error: SigningError) -> Self {
        Self::Internal(error.to_string())
    }
}

/// What somebody signs in with.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The user name.
    pub username: String,
    /// The password.
    pub password: Secret,
    /// The id the device gave itself, if it wants the session bound to it.
    pub device: Option<String>,
    /// Where the request comes from.
    pub address: IpAddr,
}

/// What a client gets to stay signed in.
#[derive(Clone, Debug)]
pub struct Tokens {
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

/// Opens a session for whoever knows the password.
///
/// # Errors
/// [`SessionError::InvalidCredentials`] after the same time whatever is wrong, [`SessionError::TooManyAttempts`],
/// [`SessionError::InvalidDevice`], [`SessionError::Busy`] and the errors of the store.
pub async fn sign_in(app: &App, credentials: Credentials) -> Result<Tokens, SessionError> {
    let Credentials { username, password, device, address } = credentials;
    check_device(device.as_deref())?;
    let username = is_username(&username).then_some(username);
    let name = username.clone().map(AttemptSource::Name);
    let sources: Vec<AttemptSource> = name.iter().cloned().chain([AttemptSource::address(address)]).collect();

    app.attempts.check(&sources, app.clock.now())?;
    let turn = app.passwords.turn().await?;
    // Others may have failed while this one waited for its turn.
    app.attempts.check(&sources, app.clock.now())?;

    let known = match username {
        Some(username) => {
            let found: StoreResult<_> =
                app.store.read(move |db| accounts::find_by_username(db, &username)).await;
            found?
        }
        None => None,
    };
    let matches = turn.matches(password, known.as_ref().map(|(_, hash)| hash.clone())).await?;
    let now = app.clock.now();
    let Some((account, hash)) = known.filter(|(account, _)| matches && !account.disabled) else {
        app.attempts.failed(&sources, now);
        return Err(SessionError::InvalidCredentials);
    };
    let tokens = open(app, account.id, hash, device, now).await?;
    if let Some(name) = &name {
        app.attempts.succeeded(name);
    }
    Ok(tokens)
}

/// Exchanges a refresh token for the next pair, and lets the session last from now.
///
/// A token that was exchanged already answers the same successor for ten minutes, unless the successor was used:
/// then, or later, or from another device, somebody else may have it, and the session ends.
///
/// # Errors
/// [`SessionError::RefreshTokenInvalid`], [`SessionError::RefreshTokenReused`], [`SessionError::Ended`],
/// [`SessionError::InvalidDevice`] and the errors of the store.
pub async fn refresh(app: &App, token: &Secret, device: Option<String>) -> Result<Tokens, SessionError> {
    check_device(device.as_deref())?;
    let token = RefreshToken::parse(token).ok_or(SessionError::RefreshTokenInvalid)?;
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
            Err(SessionError::RefreshTokenReused)
        }
    }
}

/// Forgets the sessions that were over long ago. No other write waits for more than a few of them.
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
pub async fn sign_out(app: &App, session: SessionId) -> Result<(), SessionError> {
    let now = app.clock.now();
    app.store
        .write(move |db| -> Result<(), SessionError> {
            Ok(sessions::end(db, session, EndReason::SignedOut, now)?)
        })
        .await?;
    app.actors.forget_session(session);
    Ok(())
}

/// Until when a session that was opened or refreshed `now` can be refreshed.
fn expiry(device: Option<&str>, opened: Instant, now: Instant) -> Instant {
    match device {
        Some(_) => now + DEVICE_LIFE,
        None => (now + IDLE_LIFE).min(opened + BROWSER_LIFE),
    }
}

fn check_device(device: Option<&str>) -> Result<(), SessionError> {
    let good =
        |id: &str| (1..=MAX_DEVICE_CHARS).contains(&id.chars().count()) && !id.chars().any(char::is_control);
    if device.is_none_or(good) { Ok(()) } else { Err(SessionError::InvalidDevice) }
}

/// Opens a session for an account whose password is `proven`.
async fn open(
    app: &App,
    account: AccountId,
    proven: PasswordHash,
    device: Option<String>,
    now: Instant,
) -> Result<Tokens, SessionError> {
    let token = RefreshToken::random();
    let hash = token.hash();
    let id = SessionId(new_id(now));
    let expires_at = expiry(device.as_deref(), now, now);
    let session = Session { id, account, device, created_at: now, expires_at, ended_at: None };
    let opened = session.clone();
    let (account, surplus) = app
        .store
        .write(move |db| {
            // The account may have been disabled, or got another password, while this one was checked.
            let (account, _) = accounts::hold(db, opened.account)?
                .filter(|(account, current)| !account.disabled && *current == proven)
                .ok_or(SessionError::InvalidCredentials)?;
            let surplus = sessions::end_oldest(db, opened.account, MAX_SESSIONS - 1, now)?;
            sessions::open(db, &opened)?;
            sessions::insert_token(db, opened.id, hash, now)?;
            Ok::<_, SessionError>((account, surplus))
        })
        .await?;
    surplus.into_iter().for_each(|session| app.actors.forget_session(session));
    pair(app, &token, &session, account, now)
}

fn pair(
    app: &App,
    token: &RefreshToken,
    session: &Session,
    account: Account,
    now: Instant,
) -> Result<Tokens, SessionError> {
    let bearer = Bearer { account: account.id, session: session.id };
    // A token is good for as long as its session, if that ends sooner.
    let left_s = u32::try_from((session.expires_at - now).num_seconds()).unwrap_or(0);
    Ok(Tokens {
        access_token: app.tokens.issue(bearer, now)?,
        expires_in_s: ACCESS_TOKEN_LIFE_S.min(left_s),
        refresh_token: token.to_secret(),
        refresh_expires_at: session.expires_at,
        session: session.id,
        account,
    })
}

/// What became of a refresh token.
enum Exchange {
    /// Its successor follows from this salt.
    Done { salt: Salt, session: Session, account: Box<Account> },
    /// It should not have come; the session has ended, which has to be written.
    Refused(SessionId),
}

fn exchange(
    db: &mut Db,
    hash: TokenHash,
    device: Option<&str>,
    rotation: &Rotation,
) -> Result<Exchange, SessionError> {
    let now = rotation.at;
    let token = sessions::find_token(db, hash)?.ok_or(SessionError::RefreshTokenInvalid)?;
    let (mut session, account) =
        sessions::get_with_account(db, token.session)?.ok_or(SessionError::RefreshTokenInvalid)?;
    if !session.is_live(now) || account.disabled {
        return Err(SessionError::Ended);
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

    use grassroots_domain::{account::Role, geography::unit::Unit, organisation::OrganisationCode};
    use grassroots_persistence::{
        database::{
            migrations,
            store::{Store, StoreConfig},
        },
        reference::{organisations, units},
    };
    use uuid::Uuid;

    use super::*;

    fn minute(minute: i64) -> Instant {
        Instant::UNIX_EPOCH + TimeDelta::minutes(minute)
    }

    /// A database with one session, and the token that it started with.
    struct Family {
        _folder: tempfile::TempDir,
        store: Store,
        session: SessionId,
        first: RefreshToken,
    }

    /// What an exchange answered: the successor.
    type Answer = Result<RefreshToken, SessionError>;

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
            let first = RefreshToken::random();
            let (id, hash) = (session.id, first.hash());
            store.write(move |db| prepare(db, &session, hash)).await.unwrap();
            Self { _folder: folder, store, session: id, first }
        }

        /// What [`refresh`] does with the database.
        async fn exchange(&self, token: &RefreshToken, device: Option<&str>, now: Instant) -> Answer {
            let salt: Salt = random_bytes();
            let hash = token.hash();
            let rotation = Rotation { at: now, salt, successor: token.successor(&salt).hash() };
            let device = device.map(str::to_owned);
            match self.store.write(move |db| exchange(db, hash, device.as_deref(), &rotation)).await? {
                Exchange::Done { salt, .. } => Ok(token.successor(&salt)),
                Exchange::Refused(session) => {
                    assert_eq!(session, self.session);
                    Err(SessionError::RefreshTokenReused)
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
        matches!(answer, Err(SessionError::RefreshTokenReused))
    }

    fn is_ended(answer: &Answer) -> bool {
        matches!(answer, Err(SessionError::Ended))
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
        // The reuse of a token that was forgotten does no harm, and no good.
        let forgotten = family.exchange(&family.first, phone, day(59)).await;
        assert!(matches!(forgotten, Err(SessionError::RefreshTokenInvalid)));
        let strange = family.exchange(&RefreshToken::random(), phone, day(59)).await;
        assert!(matches!(strange, Err(SessionError::RefreshTokenInvalid)));
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

    #[test]
    fn device_ids_are_short_and_printable() {
        for good in [None, Some("x"), Some("手机 1")] {
            assert!(check_device(good).is_ok());
        }
        for bad in ["", "a\n", &"x".repeat(MAX_DEVICE_CHARS + 1)] {
            assert!(matches!(check_device(Some(bad)), Err(SessionError::InvalidDevice)), "{bad:?}");
        }
    }
}
