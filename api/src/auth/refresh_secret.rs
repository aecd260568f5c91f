//! The secret of a refresh token. A client exchanges it for the next pair of tokens.

use std::fmt;

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use grassroots_persistence::account::sessions::{Salt, TokenHash};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::{random::random_bytes, secret::Secret};

/// A refresh token: 32 unguessable bytes. Only its hash is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct RefreshSecret(Zeroizing<[u8; 32]>);

impl RefreshSecret {
    /// Makes the first token of a session.
    #[must_use]
    pub fn random() -> Self {
        Self(Zeroizing::new(random_bytes()))
    }

    /// Reads a token in the format of [`Self::to_secret`].
    #[must_use]
    pub fn parse(text: &Secret) -> Option<Self> {
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text.expose()).ok()?);
        Some(Self(Zeroizing::new(bytes.as_slice().try_into().ok()?)))
    }

    /// The token as base64url, for the client.
    #[must_use]
    pub fn to_secret(&self) -> Secret {
        URL_SAFE_NO_PAD.encode(*self.0).into()
    }

    /// The hash that is stored in the database.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(*self.0).into())
    }

    /// The token that replaces this one. It is computed from this token and `salt`. So a client that lost the answer gets
    /// the same token again, and the database stores only the salt, which is useless without this token.
    #[must_use]
    pub fn successor(&self, salt: &Salt) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.0.as_slice());
        let mut bytes = Zeroizing::new([0; 32]);
        // Both have 32 bytes.
        for (byte, tag) in bytes.iter_mut().zip(hmac::sign(&key, salt).as_ref()) {
            *byte = *tag;
        }
        Self(bytes)
    }
}

impl fmt::Debug for RefreshSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefreshSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refresh_token_has_one_successor_for_each_salt() {
        let token = RefreshSecret::random();
        assert_eq!(RefreshSecret::parse(&token.to_secret()), Some(token.clone()));
        assert_eq!(token.to_secret().expose().len(), 43);
        assert_eq!(token.successor(&[1; 32]), token.successor(&[1; 32]));
        assert_ne!(token.successor(&[1; 32]), token.successor(&[2; 32]));
        assert_ne!(RefreshSecret::random().successor(&[1; 32]), token.successor(&[1; 32]));
        assert_eq!(format!("{token:?} {:?}", token.to_secret()), "RefreshSecret(…) …");
        for wrong in ["", "abc", "=", &"A".repeat(42), &"A".repeat(44)] {
            assert_eq!(RefreshSecret::parse(&wrong.to_owned().into()), None, "{wrong}");
        }
    }
}
