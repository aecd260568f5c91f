//! Merging: several incidents about the same matter become one.

use serde::{Deserialize, Serialize};

use crate::{ids::IncidentId, stored::is_default, time::Instant};

/// The incident that this one was merged into, and those that were merged into this one.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Merging {
    /// The incident that this one was merged into.
    #[serde(skip_serializing_if = "is_default")]
    pub merged: Option<MergedInto>,
    /// The number of other incidents that are currently merged into this one.
    #[serde(skip_serializing_if = "is_default")]
    pub absorbed: u32,
}

/// A merge into another incident.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MergedInto {
    /// The incident that this one was merged into.
    pub into: IncidentId,
    #[serde(with = "crate::stored::time")]
    pub at: Instant,
}
