//! Authentication: passwords, signing keys, tokens, and limits for password guessing.

pub mod attempts;
pub mod keys;
pub mod passwords;
pub mod policy;
pub mod refresh_secret;
pub mod tokens;
pub mod usernames;

use grassroots_domain::time::Instant;
use uuid::{NoContext, Timestamp, Uuid};

/// Why a password could not be hashed or checked, or an access token could not be signed.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CryptoError {
    /// Too many passwords wait to be hashed.
    #[error("too many passwords are waiting to be hashed")]
    Busy,
    /// Hashing or signing failed, or a stored hash is malformed.
    #[error("{0}")]
    Failed(String),
}

/// Makes an id. Ids made by this function sort by their time `now`.
pub(crate) fn new_id(now: Instant) -> Uuid {
    let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
    Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, now.timestamp_subsec_nanos()))
}
