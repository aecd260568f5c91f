//! Tables `session` and `refresh_token`: sign-ins, and the tokens that extend them.

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

/// A sign-in on one device or in one browser.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Session {
    pub id: SessionId,
    pub account: AccountId,
    /// The id that the device gave itself. Only this device can refresh the session.
    pub device: Option<String>,
    pub created_at: Instant,
    /// Until when the session can be refreshed.
    pub expires_at: Instant,
    /// Set if the session ended before `expires_at`.
    pub ended_at: Option<Instant>,
}

impl Session {
    /// Returns whether the session is valid at `at`.
    #[must_use]
    pub fn is_live(&self, at: Instant) -> bool {
        self.ended_at.is_none() && at < self.expires_at
    }
}

/// Why a session ended early. Stored for investigations.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EndReason {
    /// The user signed out.
    SignedOut,
    /// A refresh token was used again after its successor was used, or too late.
    TokenReused,
    /// A refresh token was used by another device than the one that signed in.
    OtherDevice,
    /// The owner changed the password on another device.
    PasswordChanged,
    /// An administrator set a new password.
    PasswordReset,
    /// An administrator disabled the account.
    AccountDisabled,
    /// The account signed in on more devices than it may.
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

/// SHA-256 of a refresh token. The token itself is not stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TokenHash(pub [u8; 32]);

/// Random bytes. A refresh token is derived from the token before it and a salt.
pub type Salt = [u8; 32];

/// A stored refresh token.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredRefreshToken {
    /// The session of the token.
    pub session: SessionId,
    /// Set if the token was exchanged.
    pub rotation: Option<Rotation>,
}

/// The exchange of a refresh token for its successor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rotation {
    pub at: Instant,
    /// The salt that the successor was derived with.
    pub salt: Salt,
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

impl TryFrom<TokenRow> for StoredRefreshToken {
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

/// Inserts a session.
pub fn open(db: &mut Db, one: &Session) -> StoreResult<()> {
    diesel::insert_into(session::table).values(Row::from(one)).execute(db)?;
    Ok(())
}

/// The session with this id.
pub fn get(db: &mut Db, id: SessionId) -> StoreResult<Option<Session>> {
    let row: Option<Row> =
        session::table.find(DbId::from(id)).select(Row::as_select()).first(db).optional()?;
    Ok(row.map(Session::from))
}

/// The session with this id, and its account.
pub fn get_with_account(db: &mut Db, id: SessionId) -> StoreResult<Option<(Session, Account)>> {
    let row: Option<(Row, accounts::Row)> = session::table
        .inner_join(account::table)
        .filter(session::id.eq(DbId::from(id)))
        .select((Row::as_select(), accounts::Row::as_select()))
        .first(db)
        .optional()?;
    row.map(|(row, owner)| Ok((row.into(), owner.complete(db)?.0))).transpose()
}

/// Extends a session until `expires_at`.
///
/// # Errors
/// [`StoreError::Conflict`] if the session ended meanwhile.
pub fn extend(db: &mut Db, id: SessionId, expires_at: Instant) -> StoreResult<()> {
    let open = session::table.find(DbId::from(id)).filter(session::ended_at.is_null());
    let changed = diesel::update(open).set(session::expires_at.eq(DbTime(expires_at))).execute(db)?;
    if changed == 0 { Err(StoreError::Conflict) } else { Ok(()) }
}

/// Ends a session if it has not ended yet.
pub fn end(db: &mut Db, id: SessionId, reason: EndReason, at: Instant) -> StoreResult<()> {
    let open = session::table.find(DbId::from(id)).filter(session::ended_at.is_null());
    let change = (session::ended_at.eq(DbTime(at)), session::end_reason.eq(reason.as_str()));
    diesel::update(open).set(change).execute(db)?;
    Ok(())
}

/// Ends all sessions of an account except `except`.
pub fn end_all_of_account(
    db: &mut Db,
    of: AccountId,
    except: Option<SessionId>,
    reason: EndReason,
    at: Instant,
) -> StoreResult<()> {
    // No session has the nil id, so this excludes none.
    let except = DbId(except.map_or_else(Uuid::nil, |id| id.0));
    let open = session::table
        .filter(session::account_id.eq(DbId::from(of)))
        .filter(session::ended_at.is_null())
        .filter(session::id.ne(except));
    let change = (session::ended_at.eq(DbTime(at)), session::end_reason.eq(reason.as_str()));
    diesel::update(open).set(change).execute(db)?;
    Ok(())
}

/// Ends the oldest sessions of an account, so that at most `keep` remain. Returns the sessions that ended.
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

/// Inserts a refresh token of a session.
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
pub fn find_token(db: &mut Db, hash: TokenHash) -> StoreResult<Option<StoredRefreshToken>> {
    let row: Option<TokenRow> =
        refresh_token::table.find(hash.0.as_slice()).select(TokenRow::as_select()).first(db).optional()?;
    row.map(StoredRefreshToken::try_from).transpose()
}

/// Records the exchange of a token. A token can be exchanged only once.
///
/// # Errors
/// [`StoreError::Conflict`] if the token was exchanged meanwhile.
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

/// Deletes the tokens of a session that were exchanged before `rotated_before`. Their reuse is not detected any more.
pub fn forget_tokens(db: &mut Db, of: SessionId, rotated_before: Instant) -> StoreResult<()> {
    let old = refresh_token::table
        .filter(refresh_token::session_id.eq(DbId::from(of)))
        .filter(refresh_token::rotated_at.lt(DbTime(rotated_before)));
    diesel::delete(old).execute(db)?;
    Ok(())
}

/// Deletes at most `limit` sessions that expired before `expired_before`, with their tokens, and returns their number.
pub fn prune(db: &mut Db, expired_before: Instant, limit: u32) -> StoreResult<usize> {
    let ids: Vec<DbId> = session::table
        .filter(session::expires_at.lt(DbTime(expired_before)))
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
