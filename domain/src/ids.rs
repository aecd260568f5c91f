//! Identities. Each kind of thing has a type of its own.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::hash::Hash;

/// Identity of an incident, made on the phone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IncidentId(pub Uuid);

impl fmt::Display for IncidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Identity of an account.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountId(pub Uuid);

impl AccountId {
    /// Who acts when something happens by itself: nobody can sign in as it.
    pub const SYSTEM: Self = Self(Uuid::nil());
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Identity of a photo: these bytes, of this incident.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PhotoId(pub Uuid);

impl PhotoId {
    /// The photo of `incident` with these bytes.
    #[must_use]
    pub fn of(incident: IncidentId, sha256: Hash) -> Self {
        let Hash(digest) = Hash::of(&[incident.0.as_bytes(), &sha256.0]);
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(digest).for_each(|(byte, from)| *byte = from);
        Self(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_bytes_are_another_photo_in_another_incident() {
        let of = |incident, byte| PhotoId::of(IncidentId(Uuid::from_u128(incident)), Hash([byte; 32]));
        assert_eq!(of(1, 1), of(1, 1));
        assert_ne!(of(1, 1), of(2, 1));
        assert_ne!(of(1, 1), of(1, 2));
    }
}
