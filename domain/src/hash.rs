//! SHA-256 digests.

use std::{fmt, str::FromStr};

use sha2::{Digest, Sha256};

use crate::{
    code::serde_as_text,
    text::invalid_value::{InvalidValue, invalid},
};

/// A SHA-256 digest.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// The "previous hash" of the first event of an incident: all zeros.
    pub const GENESIS: Self = Self([0; 32]);

    /// The digest of `parts`. Each part is preceded by its length in bytes (8 bytes, big endian), so that two different lists
    /// of parts never give the same input.
    #[must_use]
    pub fn of(parts: &[&[u8]]) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hasher.update(part);
        }
        Self(hasher.finalize().into())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Hash {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let malformed = || {
            invalid!(
                "“{text}”不是 SHA-256 摘要；应为 64 位十六进制数字",
                "{text:?} is no SHA-256 digest; 64 hexadecimal digits are"
            )
        };
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(malformed());
        }
        let mut digest = [0; 32];
        for (byte, digits) in digest.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            let digits = std::str::from_utf8(digits).map_err(|_| malformed())?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| malformed())?;
        }
        Ok(Self(digest))
    }
}

serde_as_text!(Hash);

/// The salted hash of a text that can be erased later. The salt is erased together with the text. After that, nobody can
/// use the hash to find out what the text was.
#[must_use]
pub fn words_hash(salt: &[u8], words: &str) -> Hash {
    Hash::of(&[salt, words.as_bytes()])
}
