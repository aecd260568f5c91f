//! Checksums of request bodies, as in the checksum extension of tus. They detect transmission errors, not attacks.

use aws_lc_rs::digest::{Algorithm, Context, SHA1_FOR_LEGACY_USE_ONLY, SHA256};
use base64::{Engine as _, engine::general_purpose::STANDARD};

/// The names of the algorithms in tus.
pub const ALGORITHMS: &str = "sha1,sha256";

/// The checksum that a request announces.
#[derive(Clone, Debug)]
pub struct Checksum {
    algorithm: &'static Algorithm,
    digest: Vec<u8>,
}

/// A checksum that is being computed.
pub struct Sum(Context);

impl Checksum {
    /// Parses `sha256 BASE64` or `sha1 BASE64`. Returns `None` for other texts.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (name, digest) = text.trim().split_once(' ')?;
        let algorithm = match name {
            "sha1" => &SHA1_FOR_LEGACY_USE_ONLY,
            "sha256" => &SHA256,
            _ => return None,
        };
        let digest = STANDARD.decode(digest.trim()).ok()?;
        (digest.len() == algorithm.output_len()).then_some(Self { algorithm, digest })
    }

    /// Starts to compute a checksum with the same algorithm.
    #[must_use]
    pub fn begin(&self) -> Sum {
        Sum(Context::new(self.algorithm))
    }

    /// Whether `sum` is the announced checksum.
    #[must_use]
    pub fn matches(&self, sum: Sum) -> bool {
        sum.0.finish().as_ref() == self.digest
    }
}

impl Sum {
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_parsed_and_compared_as_in_tus() {
        // From the specification of tus 1.0: "hello world".
        let checksum = Checksum::parse("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=").unwrap();
        let sum = |bytes: &[u8]| {
            let mut sum = checksum.begin();
            sum.update(bytes);
            sum
        };
        assert!(checksum.matches(sum(b"hello world")));
        assert!(!checksum.matches(sum(b"hello worle")));
        for wrong in
            ["", "sha1", "md5 XrY7u+Ae7tCTyyK7j1rNww==", "sha1 !!!", "sha256 Kq5sNclPz7QV2+lfQIuc6R7oRu0="]
        {
            assert!(Checksum::parse(wrong).is_none(), "{wrong}");
        }
    }
}
