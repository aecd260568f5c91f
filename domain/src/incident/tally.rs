//! How often commands with a maximum count were used.

use serde::{Deserialize, Serialize};

use crate::stored::is_default;

/// How often commands with a maximum count were used.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tally {
    /// Transfers to another desk of the same level.
    #[serde(skip_serializing_if = "is_default")]
    pub transferred: u32,
    /// Hand-downs to a lower level.
    #[serde(skip_serializing_if = "is_default")]
    pub handed_down: u32,
    /// Requests for information from the reporter.
    #[serde(skip_serializing_if = "is_default")]
    pub asked: u32,
    /// Suspensions.
    #[serde(skip_serializing_if = "is_default")]
    pub suspended: u32,
}
