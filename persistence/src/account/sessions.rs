//! Tables `session` and `refresh_token`: a sign-in on one device, and the tokens that keep it alive.

use std::fmt;

use diesel::prelude::*;
use grassroots_domain::{ids::AccountId, time::Instant};
use uuid::Uuid;

use crate::{
    account::accounts::{self, Account},
    database::{
        db::{Db, DbId, DbTime},
        error::{StoreError, StoreResult},
        schema::{account, refresh_token, session},
    },
};

/// Identity of a session.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SessionId(pub Uuid);

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<SessionId> for DbId {
    fn from(id: SessionId) -> Self {
        Self(id.0)
    }
}

/// A sign-in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Session {
    /// Its identity.
    pub id: SessionId,
    /// Who signed in.
    pub account: AccountId,
    /// The id the device gave itself. A session with one can be refreshed on that device only.
    pub device: Option<String>,
    /// When.
    pub created_at: Instant,
    /// Until when it can be refreshed.
    pub expires_at: Instant,
    /// When it ended before that.
    pub ended_at: Option<Instant>,
}

impl Session {
    /// Whether it holds at `at`.
    #[must_use]
    pub fn is_live(&self, at: Instant) -> bool {
        self.ended_at.is_none() && at < self.expires_at
    }
}

/// Why a session ended before its time. Written for those who look into it later.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EndReason {
    /// The user signed out.
    SignedOut,
    /// A refresh token came back after its successor was used, or too late.
    TokenReused,
    /// A refresh token came from another device than the one that signed in.
    OtherDevice,
    /// The owner changed the password on another device.
    PasswordChanged,
    /// An administrator set a new password.
    PasswordReset,
    /// An administrator disabled the account.
    AccountDisabled,
    /// The account signed in once more than it may.
    TooMany,
}

impl EndReason {
    const fn as_str(self) -> &'static str {
        match self {
            Self::SignedOut => "signed_out",
            Self::TokenReused => "token_reused",
            Self::OtherDevice => "other_device",
            Self::PasswordChanged => "password_changed",
            Self::PasswordReset => "password_reset",
            Self::AccountDisabled => "account_disabled",
            Self::TooMany => "too_many",
        }
    }
}

/// SHA-256 of a refresh token; the token itself is not kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TokenHash(pub [u8; 32]);

/// What a refresh token is derived from, together with the token before it.
pub type Salt = [u8; 32];

/// A refresh token as it is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RefreshToken {
    /// The session it belongs to.
    pub session: SessionId,
    /// What it was exchanged for, if it was.
    pub rotation: Option<Rotation>,
}

/// The exchange of a refresh token for the next one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rotation {
    /// When.
    pub at: Instant,
    /// What the successor was derived with.
    pub salt: Salt,
    /// The successor.
    pub successor: TokenHash,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = session, treat_none_as_default_value = false)]
struct Row {
    id: DbId,
    account_id: DbId,
    device: Option<String>,
    created_at: DbTime,
    expires_at: DbTime,
    ended_at: Option<DbTime>,
}

impl From<&Session> for Row {
    fn from(one: &Session) -> Self {
        Self {
            id: one.id.into(),
            account_id: one.account.into(),
            device: one.device.clone(),
            created_at: DbTime(one.created_at),
            expires_at: DbTime(one.expires_at),
            ended_at: one.ended_at.map(DbTime),
        }
    }
}

impl From<Row> for Session {
    fn from(row: Row) -> Self {
        Self {
            id: SessionId(row.id.0),
            account: AccountId(row.account_id.0),
            device: row.device,
            created_at: row.created_at.0,
            expires_at: row.expires_at.0,
            ended_at: row.ended_at.map(|at| at.0),
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = refresh_token)]
struct TokenRow {
    session_id: DbId,
    rotated_at: Option<DbTime>,
    successor_salt: Option<Vec<u8>>,
    successor_hash: Option<Vec<u8>>,
}

impl TryFrom<TokenRow> for RefreshToken {
    type Error = StoreError;

    fn try_from(row: TokenRow) -> StoreResult<Self> {
        let rotation = match (row.rotated_at, row.successor_salt, row.successor_hash) {
            (None, None, None) => None,
            (at, salt, successor) => Some(Rotation {
                at: at
                    .ok_or_else(|| {
                        StoreError::decode("refresh_token.rotated_at", "nothing", "a time is needed")
                    })?
                    .0,
                salt: bytes("refresh_token.successor_salt", salt)?,
                successor: TokenHash(bytes("refresh_token.successor_hash", successor)?),
            }),
        };
        Ok(Self { session: SessionId(row.session_id.0), rotation })
    }
}

fn bytes(column: &'static str, value: Option<Vec<u8>>) -> StoreResult<[u8; 32]> {
    value.unwrap_or_default().try_into().map_err(|wrong: Vec<u8>| {
        StoreError::decode(column, format!("{} bytes", wrong.len()), "32 are needed")
    })
}

/// Opens a session.
///
/// # Errors
/// When the query fails.
pub fn open(db: &mut Db, one: &Session) -> StoreResult<()> {
    diesel::insert_into(session::table).values(Row::from(one)).execute(db)?;
    Ok(())
}

/// The session with this id.
///
/// # Errors
/// When the query fails.
pub fn get(db: &mut Db, id: SessionId) -> StoreResult<Option<Session>> {
    let row: Option<Row> =
        session::table.find(DbId::from(id)).select(Row::as_select()).first(db).optional()?;
    Ok(row.map(Session::from))
}

/// The session with this id, and whose it is.
///
/// # Errors
/// When the query fails or the row does not decode.
pub fn get_with_account(db: &mut Db, id: SessionId) -> StoreResult<Option<(Session, Account)>> {
    let row: Option<(Row, accounts::Row)> = session::table
        .inner_join(account::table)
        .filter(session::id.eq(DbId::from(id)))
        .select((Row::as_select(), accounts::Row::as_select()))
        .first(db)
        .optional()?;
    row.map(|(row, owner)| Ok((row.into(), owner.complete(db)?.0))).transpose()
}

/// Lets a session last until `expires_at`.
///
/// # Errors
/// [`StoreError::Conflict`] if it ended in the meantime; otherwise when the query fails.
pub fn extend(db: &mut Db, id: SessionId, expires_at: Instant) -> StoreResult<()> {
    let open = session::table.find(DbId::from(id)).filter(session::ended_at.is_null());
    let changed = diesel::update(open).set(session::expires_at.eq(DbTime(expires_at))).execute(db)?;
    if changed == 0 { Err(StoreError::Conflict) } else { Ok(()) }
}

/// Ends a session, unless it has ended.
///
/// # Errors
/// When the query fails.
pub fn end(db: &mut Db, id: SessionId, reason: EndReason, at: Instant) -> StoreResult<()> {
    let open = session::table.find(DbId::from(id)).filter(session::ended_at.is_null());
    let change = (session::ended_at.eq(DbTime(at)), session::end_reason.eq(reason.as_str()));
    diesel::update(open).set(change).execute(db)?;
    Ok(())
}

/// Ends every session of an account, but for `except`.
///
/// # Errors
/// When the query fails.
pub fn end_all_of_account(
    db: &mut Db,
    of: AccountId,
    except: Option<SessionId>,
    reason: EndReason,
    at: Instant,
) -> StoreResult<()> {
    // No session has the nil id.
    let except = DbId(except.map_or_else(Uuid::nil, |id| id.0));
    let open = session::table
        .filter(session::account_id.eq(DbId::from(of)))
        .filter(session::ended_at.is_null())
        .filter(session::id.ne(except));
    let change = (session::ended_at.eq(DbTime(at)), session::end_reason.eq(reason.as_str()));
    diesel::update(open).set(change).execute(db)?;
    Ok(())
}

/// Ends the oldest sessions of an account, so that `keep` at most go on, and says which.
///
/// # Errors
/// When a query fails.
pub fn end_oldest(db: &mut Db, of: AccountId, keep: usize, at: Instant) -> StoreResult<Vec<SessionId>> {
    let live: Vec<DbId> = session::table
        .filter(session::account_id.eq(DbId::from(of)))
        .filter(session::ended_at.is_null())
        .filter(session::expires_at.gt(DbTime(at)))
        .order((session::created_at.desc(), session::id.desc()))
        .select(session::id)
        .load(db)?;
    let surplus: Vec<_> = live.into_iter().skip(keep).map(|id| SessionId(id.0)).collect();
    surplus.iter().try_for_each(|id| end(db, *id, EndReason::TooMany, at))?;
    Ok(surplus)
}

/// Adds a refresh token to a session.
///
/// # Errors
/// When the query fails.
pub fn insert_token(db: &mut Db, of: SessionId, hash: TokenHash, issued_at: Instant) -> StoreResult<()> {
    diesel::insert_into(refresh_token::table)
        .values((
            refresh_token::hash.eq(hash.0.as_slice()),
            refresh_token::session_id.eq(DbId::from(of)),
            refresh_token::issued_at.eq(DbTime(issued_at)),
        ))
        .execute(db)?;
    Ok(())
}

/// The refresh token with this hash.
///
/// # Errors
/// When the query fails or the row does not decode.
pub fn find_token(db: &mut Db, hash: TokenHash) -> StoreResult<Option<RefreshToken>> {
    let row: Option<TokenRow> =
        refresh_token::table.find(hash.0.as_slice()).select(TokenRow::as_select()).first(db).optional()?;
    row.map(RefreshToken::try_from).transpose()
}

/// Notes what a token was exchanged for. Each is exchanged once.
///
/// # Errors
/// [`StoreError::Conflict`] if it was exchanged in the meantime; otherwise when the query fails.
pub fn mark_rotated(db: &mut Db, hash: TokenHash, rotation: &Rotation) -> StoreResult<()> {
    let unused = refresh_token::table.find(hash.0.as_slice()).filter(refresh_token::rotated_at.is_null());
    let change = (
        refresh_token::rotated_at.eq(DbTime(rotation.at)),
        refresh_token::successor_salt.eq(rotation.salt.as_slice()),
        refresh_token::successor_hash.eq(rotation.successor.0.as_slice()),
    );
    let changed = diesel::update(unused).set(change).execute(db)?;
    if changed == 0 { Err(StoreError::Conflict) } else { Ok(()) }
}

/// Forgets the tokens of a session that were exchanged before `rotated_before`; their reuse is no longer noticed.
///
/// # Errors
/// When the query fails.
pub fn forget_tokens(db: &mut Db, of: SessionId, rotated_before: Instant) -> StoreResult<()> {
    let old = refresh_token::table
        .filter(refresh_token::session_id.eq(DbId::from(of)))
        .filter(refresh_token::rotated_at.lt(DbTime(rotated_before)));
    diesel::delete(old).execute(db)?;
    Ok(())
}

/// Forgets up to `limit` sessions that could no longer be refreshed before `over_before`, with their tokens, and says
/// how many.
///
/// # Errors
/// When the query fails.
pub fn prune(db: &mut Db, over_before: Instant, limit: u32) -> StoreResult<usize> {
    let ids: Vec<DbId> = session::table
        .filter(session::expires_at.lt(DbTime(over_before)))
        .order(session::expires_at)
        .limit(i64::from(limit))
        .select(session::id)
        .load(db)?;
    for &id in &ids {
        diesel::delete(refresh_token::table.filter(refresh_token::session_id.eq(id))).execute(db)?;
        diesel::delete(session::table.find(id)).execute(db)?;
    }
    Ok(ids.len())
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use grassroots_domain::account::Role;

    use super::*;
    use crate::{
        account::accounts::tests::{VILLAGE, account, at, password, store},
        database::store::Store,
    };

    /// Adds an account with `number` sessions that last until second 1,000.
    async fn signed_in(store: &Store, username: &str, number: usize) -> (Account, Vec<Session>) {
        let owner = account(username, Role::GridWorker, VILLAGE, &["001"]);
        let some: Vec<Session> = (0..number)
            .map(|_| Session {
                id: SessionId(Uuid::new_v4()),
                account: owner.id,
                device: Some("phone".to_owned()),
                created_at: at(0),
                expires_at: at(1_000),
                ended_at: None,
            })
            .collect();
        let (one, all) = (owner.clone(), some.clone());
        store
            .write(move |db| {
                accounts::insert(db, &one, &password("x"))?;
                all.iter().try_for_each(|session| open(db, session))
            })
            .await
            .unwrap();
        (owner, some)
    }

    async fn known(store: &Store, id: SessionId) -> Session {
        store.read(move |db| get(db, id)).await.unwrap().unwrap()
    }

    fn hash(byte: u8) -> TokenHash {
        TokenHash([byte; 32])
    }

    fn rotation(byte: u8, successor: u8) -> Rotation {
        Rotation { at: at(5), salt: [byte; 32], successor: hash(successor) }
    }

    #[tokio::test]
    async fn a_session_comes_back_as_it_was_and_with_its_owner() {
        let (_folder, store) = store().await;
        let (owner, some) = signed_in(&store, "zhang", 1).await;
        let session = some[0].clone();
        let id = session.id;
        assert_eq!(known(&store, id).await, session);
        let both = store.read(move |db| get_with_account(db, id)).await.unwrap();
        assert_eq!(both, Some((session.clone(), owner)));
        let nobody = SessionId(Uuid::nil());
        assert_eq!(store.read(move |db| get_with_account(db, nobody)).await.unwrap(), None);
        assert!(session.is_live(at(999)) && !session.is_live(at(1_000)));
    }

    #[tokio::test]
    async fn a_session_ends_once_and_is_not_extended_after() {
        let (_folder, store) = store().await;
        let (_, some) = signed_in(&store, "zhang", 1).await;
        let id = some[0].id;
        store.write(move |db| extend(db, id, at(2_000))).await.unwrap();
        store.write(move |db| end(db, id, EndReason::SignedOut, at(7))).await.unwrap();
        store.write(move |db| end(db, id, EndReason::TokenReused, at(8))).await.unwrap();
        let session = known(&store, id).await;
        assert_eq!((session.ended_at, session.expires_at), (Some(at(7)), at(2_000)));
        assert!(!session.is_live(at(9)));
        let refused = store.write(move |db| extend(db, id, at(3_000))).await;
        assert!(matches!(refused, Err(StoreError::Conflict)));
    }

    #[tokio::test]
    async fn all_of_an_account_end_but_for_one() {
        let (_folder, store) = store().await;
        let (zhang, of_zhang) = signed_in(&store, "zhang", 3).await;
        let (_, of_li) = signed_in(&store, "li", 1).await;
        let except = Some(of_zhang[1].id);
        let reason = EndReason::PasswordChanged;
        store.write(move |db| end_all_of_account(db, zhang.id, except, reason, at(1))).await.unwrap();
        let mut live = Vec::new();
        for session in of_zhang.iter().chain(&of_li) {
            live.push(known(&store, session.id).await.is_live(at(2)));
        }
        assert_eq!(live, [false, true, false, true]);
        store.write(move |db| end_all_of_account(db, zhang.id, None, reason, at(3))).await.unwrap();
        assert_eq!(known(&store, of_zhang[1].id).await.ended_at, Some(at(3)));
        assert_eq!(known(&store, of_zhang[0].id).await.ended_at, Some(at(1)));
    }

    #[tokio::test]
    async fn a_token_is_exchanged_once() {
        let (_folder, store) = store().await;
        let (_, some) = signed_in(&store, "zhang", 1).await;
        let session = some[0].id;
        store.write(move |db| insert_token(db, session, hash(1), at(0))).await.unwrap();
        let fresh = store.read(|db| find_token(db, hash(1))).await.unwrap();
        assert_eq!(fresh, Some(RefreshToken { session, rotation: None }));
        store.write(|db| mark_rotated(db, hash(1), &rotation(7, 2))).await.unwrap();
        let again = store.write(|db| mark_rotated(db, hash(1), &rotation(8, 3))).await;
        assert!(matches!(again, Err(StoreError::Conflict)));
        let used = store.read(|db| find_token(db, hash(1))).await.unwrap().unwrap();
        assert_eq!(used.rotation, Some(rotation(7, 2)));
        assert_eq!(store.read(|db| find_token(db, hash(9))).await.unwrap(), None);
    }

    #[tokio::test]
    async fn old_tokens_and_old_sessions_are_forgotten() {
        let (_folder, store) = store().await;
        let (_, some) = signed_in(&store, "zhang", 2).await;
        let (old, young) = (some[0].id, some[1].id);
        store
            .write(move |db| {
                insert_token(db, old, hash(1), at(0))?;
                mark_rotated(db, hash(1), &rotation(7, 2))?;
                insert_token(db, old, hash(2), at(5))?;
                insert_token(db, young, hash(3), at(5))?;
                extend(db, young, at(2_000))
            })
            .await
            .unwrap();
        let tokens = async || {
            let mut some = Vec::new();
            for byte in 1..=3 {
                some.push(store.read(move |db| find_token(db, hash(byte))).await.unwrap().is_some());
            }
            some
        };
        store.write(move |db| forget_tokens(db, old, at(5))).await.unwrap();
        assert_eq!(tokens().await, [true, true, true]);
        store.write(move |db| forget_tokens(db, old, at(5) + TimeDelta::microseconds(1))).await.unwrap();
        assert_eq!(tokens().await, [false, true, true]);
        assert_eq!(store.write(|db| prune(db, at(1_500), 10)).await.unwrap(), 1);
        assert_eq!(tokens().await, [false, false, true]);
        assert_eq!(store.write(|db| prune(db, at(5_000), 0)).await.unwrap(), 0);
        assert_eq!(store.read(move |db| get(db, old)).await.unwrap(), None);
    }
}
