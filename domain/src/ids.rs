//! Identifiers. Each kind of object has its own type.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::hash::Hash;

/// Identifies an incident. The phone creates it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IncidentId(pub Uuid);

impl fmt::Display for IncidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Identifies an account.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountId(pub Uuid);

impl AccountId {
    /// The account of automatic events. Nobody can sign in with it.
    pub const SYSTEM: Self = Self(Uuid::nil());
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Identifies a photo by its incident and its bytes: the same bytes in two incidents are two photos.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PhotoId(pub Uuid);

impl PhotoId {
    /// The id of the photo of `incident` whose bytes have the digest `sha256`.
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
    fn the_photo_id_depends_on_the_incident_and_the_bytes() {
        let of = |incident, byte| PhotoId::of(IncidentId(Uuid::from_u128(incident)), Hash([byte; 32]));
        assert_eq!(of(1, 1), of(1, 1));
        assert_ne!(of(1, 1), of(2, 1));
        assert_ne!(of(1, 1), of(1, 2));
    }
}
