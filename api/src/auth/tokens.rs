//! Access tokens: signed, valid for a short time. They identify the account and session of a caller.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use grassroots_domain::{ids::AccountId, time::Instant};
use grassroots_persistence::account::sessions::SessionId;
use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::{
    auth::{CryptoError, keys::SigningKeys},
    secret::Secret,
};

/// The issuer of the tokens.
const ISSUER: &str = "grassroots";
/// The audience of the tokens.
const AUDIENCE: &str = "grassroots-api";
/// How long an access token is valid, in seconds.
pub const ACCESS_TOKEN_LIFE_S: u32 = 15 * 60;
/// Allowed difference between the clocks of two nodes, in seconds.
const LEEWAY_S: i64 = 5;
/// Longest access token, in bytes. Our tokens have about 400.
const MAX_TOKEN_BYTES: usize = 2_048;
/// Most tokens in the cache of verified signatures. The cache exists because a check takes longer than most requests.
const MAX_VERIFIED: usize = 16_384;

/// Why an access token was refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TokenError {
    /// The token has a valid signature and has expired.
    Expired,
    /// The token is malformed, or this server did not issue it.
    Invalid,
}

/// The account and session in a valid access token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bearer {
    pub account: AccountId,
    pub session: SessionId,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    sid: Uuid,
    iat: i64,
    exp: i64,
}

/// The content of a token whose signature is valid.
#[derive(Clone, Copy)]
struct Verified {
    bearer: Bearer,
    expires_s: i64,
}

/// Issues and verifies access tokens. Cheap to clone.
#[derive(Clone)]
pub struct AccessTokens(Arc<Inner>);

struct Inner {
    keys: SigningKeys,
    validation: Validation,
    /// The key is the SHA-256 of the token, so that the cache holds no usable tokens.
    verified: RwLock<HashMap<[u8; 32], Verified>>,
}

impl AccessTokens {
    /// Signs tokens with the newest of `keys`.
    #[must_use]
    pub fn new(keys: SigningKeys) -> Self {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
        // `verify` checks the expiry, because the crate would read the clock of the machine.
        validation.validate_exp = false;
        Self(Arc::new(Inner { keys, validation, verified: RwLock::default() }))
    }

    /// The public keys, for other services that verify our tokens.
    #[must_use]
    pub fn jwks(&self) -> serde_json::Value {
        self.0.keys.jwks()
    }

    /// Signs an access token that is valid for [`ACCESS_TOKEN_LIFE_S`] from `now`.
    pub fn issue(&self, bearer: Bearer, now: Instant) -> Result<Secret, CryptoError> {
        let iat = now.timestamp();
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: bearer.account.0,
            sid: bearer.session.0,
            iat,
            exp: iat + i64::from(ACCESS_TOKEN_LIFE_S),
        };
        let (id, key) = self.0.keys.signing();
        let header = Header { kid: Some(id.to_owned()), ..Header::new(Algorithm::EdDSA) };
        let token = encode(&header, &claims, key);
        let failed = |error| CryptoError::Failed(format!("an access token could not be signed: {error}"));
        token.map(Secret::from).map_err(failed)
    }

    /// Verifies `token` at `now`, and returns its account and session.
    pub fn verify(&self, token: &str, now: Instant) -> Result<Bearer, TokenError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::Invalid);
        }
        let digest: [u8; 32] = Sha256::digest(token).into();
        let known = self.0.verified.read().unwrap_or_else(PoisonError::into_inner).get(&digest).copied();
        let verified = match known {
            Some(verified) => verified,
            None => self.check_signature(token).ok_or(TokenError::Invalid)?,
        };
        if now.timestamp() >= verified.expires_s.saturating_add(LEEWAY_S) {
            return Err(TokenError::Expired);
        }
        if known.is_none() {
            self.remember(digest, verified, now);
        }
        Ok(verified.bearer)
    }

    fn check_signature(&self, token: &str) -> Option<Verified> {
        let key = self.0.keys.verifying(&decode_header(token).ok()?.kid?)?;
        // This refuses every algorithm but EdDSA before it checks the signature.
        let claims: Claims = decode(token, key, &self.0.validation).ok()?.claims;
        Some(Verified {
            bearer: Bearer { account: AccountId(claims.sub), session: SessionId(claims.sid) },
            expires_s: claims.exp,
        })
    }

    fn remember(&self, digest: [u8; 32], one: Verified, now: Instant) {
        let mut verified = self.0.verified.write().unwrap_or_else(PoisonError::into_inner);
        if verified.len() >= MAX_VERIFIED {
            verified.retain(|_, other| now.timestamp() < other.expires_s);
        }
        if verified.len() >= MAX_VERIFIED {
            verified.clear();
        }
        verified.insert(digest, one);
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use jsonwebtoken::EncodingKey;
    use serde_json::{Value, json};

    use super::*;
    use crate::auth::keys;
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

    fn now() -> Instant {
        Instant::UNIX_EPOCH + TimeDelta::days(20_000)
    }

    fn after(seconds: i64) -> Instant {
        now() + TimeDelta::seconds(seconds)
    }

    fn bearer() -> Bearer {
        Bearer { account: AccountId(Uuid::from_u128(1)), session: SessionId(Uuid::from_u128(2)) }
    }

    fn tokens(folder: &tempfile::TempDir) -> AccessTokens {
        AccessTokens::new(SigningKeys::open(folder.path(), now()).unwrap())
    }

    fn claims() -> Value {
        json!({
            "iss": ISSUER, "aud": AUDIENCE, "sub": bearer().account.0, "sid": bearer().session.0,
            "iat": now().timestamp(), "exp": after(900).timestamp(),
        })
    }

    /// A token with any header and claims, signed with the right key.
    fn forged(tokens: &AccessTokens, header: &Header, claims: &Value) -> String {
        encode(header, claims, tokens.0.keys.signing().1).unwrap()
    }

    fn header(tokens: &AccessTokens) -> Header {
        Header { kid: Some(tokens.0.keys.signing().0.to_owned()), ..Header::new(Algorithm::EdDSA) }
    }

    #[test]
    fn a_token_is_good_for_fifteen_minutes() {
        let folder = tempfile::tempdir().unwrap();
        let tokens = tokens(&folder);
        let token = tokens.issue(bearer(), now()).unwrap();
        for seconds in [0, -60, 899, 904] {
            assert_eq!(tokens.verify(token.expose(), after(seconds)), Ok(bearer()));
        }
        assert_eq!(tokens.verify(token.expose(), after(905)), Err(TokenError::Expired));
        let other_node = self::tokens(&folder);
        assert_eq!(other_node.verify(token.expose(), after(905)), Err(TokenError::Expired));
        assert_eq!(other_node.verify(token.expose(), after(1)), Ok(bearer()));
    }

    #[test]
    fn a_rotated_key_still_verifies() {
        let folder = tempfile::tempdir().unwrap();
        let old = tokens(&folder).issue(bearer(), now()).unwrap();
        keys::create(folder.path(), after(1)).unwrap();
        let tokens = tokens(&folder);
        assert_eq!(tokens.verify(old.expose(), now()), Ok(bearer()));
        assert_ne!(
            decode_header(tokens.issue(bearer(), now()).unwrap().expose()).unwrap().kid,
            decode_header(old.expose()).unwrap().kid
        );
    }

    #[test]
    fn the_helper_forges_well() {
        let folder = tempfile::tempdir().unwrap();
        let tokens = tokens(&folder);
        assert_eq!(tokens.verify(&forged(&tokens, &header(&tokens), &claims()), now()), Ok(bearer()));
    }

    #[test]
    fn wrong_claims_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let tokens = tokens(&folder);
        for (claim, value) in [
            ("iss", json!("elsewhere")),
            ("aud", json!("other-api")),
            ("aud", json!([AUDIENCE])),
            ("sub", json!("zhang")),
            ("exp", json!("soon")),
            ("iss", Value::Null),
            ("aud", Value::Null),
            ("sub", Value::Null),
            ("sid", Value::Null),
            ("exp", Value::Null),
        ] {
            let mut claims = claims();
            if value.is_null() {
                claims.as_object_mut().unwrap().remove(claim);
            } else {
                claims[claim] = value.clone();
            }
            let token = forged(&tokens, &header(&tokens), &claims);
            assert_eq!(tokens.verify(&token, now()), Err(TokenError::Invalid), "{claim}: {value}");
        }
    }

    #[test]
    fn other_algorithms_and_keys_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let tokens = tokens(&folder);
        let jwks = tokens.jwks();
        let public = URL_SAFE_NO_PAD.decode(jwks["keys"][0]["x"].as_str().unwrap()).unwrap();
        let kid = tokens.0.keys.signing().0.to_owned();
        let refused =
            |token: &str| assert_eq!(tokens.verify(token, now()), Err(TokenError::Invalid), "{token}");

        // HMAC signatures with the public key as the secret.
        for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
            let header = Header { kid: Some(kid.clone()), ..Header::new(algorithm) };
            refused(&encode(&header, &claims(), &EncodingKey::from_secret(&public)).unwrap());
        }
        // Tokens without a signature.
        let body = URL_SAFE_NO_PAD.encode(claims().to_string());
        for algorithm in ["none", "None", "EdDSA", "HS256"] {
            let header = json!({ "alg": algorithm, "typ": "JWT", "kid": kid }).to_string();
            refused(&format!("{}.{body}.", URL_SAFE_NO_PAD.encode(header)));
        }
        // A foreign key with our key id and with its own; our key with an unknown id and without an id.
        let elsewhere = tempfile::tempdir().unwrap();
        let foreign = self::tokens(&elsewhere);
        refused(&forged(&foreign, &header(&tokens), &claims()));
        refused(&forged(&foreign, &header(&foreign), &claims()));
        refused(&forged(&tokens, &Header { kid: Some("other".to_owned()), ..header(&tokens) }, &claims()));
        refused(&forged(&tokens, &Header { kid: None, ..header(&tokens) }, &claims()));
    }

    #[test]
    fn a_changed_token_is_refused_even_after_the_good_one_was_seen() {
        let folder = tempfile::tempdir().unwrap();
        let tokens = tokens(&folder);
        let token = tokens.issue(bearer(), now()).unwrap();
        assert_eq!(tokens.verify(token.expose(), now()), Ok(bearer()));
        let parts: Vec<&str> = token.expose().split('.').collect();
        let mut changed = claims();
        changed["sub"] = json!(Uuid::from_u128(9));
        let body = URL_SAFE_NO_PAD.encode(changed.to_string());
        for wrong in [
            format!("{}.{body}.{}", parts[0], parts[2]),
            format!("{}.{}", parts[0], parts[1]),
            format!("{}.{}.", parts[0], parts[1]),
            String::new(),
            "a.b.c".to_owned(),
            "x".repeat(MAX_TOKEN_BYTES + 1),
        ] {
            assert_eq!(tokens.verify(&wrong, now()), Err(TokenError::Invalid), "{wrong}");
        }
    }

    #[test]
    fn verified_tokens_are_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let tokens = tokens(&folder);
        let one = Verified { bearer: bearer(), expires_s: after(900).timestamp() };
        for number in 0..MAX_VERIFIED {
            let mut digest = [0; 32];
            digest[..8].copy_from_slice(&number.to_le_bytes());
            tokens.remember(digest, one, now());
        }
        assert_eq!(tokens.0.verified.read().unwrap().len(), MAX_VERIFIED);
        tokens.remember([9; 32], one, now());
        assert_eq!(tokens.0.verified.read().unwrap().len(), 1);
    }
}
