//! What waits for the decision of a second person or of the desk above: requests and disputes.

use serde::{Deserialize, Serialize};

use crate::{
    code::codes,
    geography::place::Place,
    ids::AccountId,
    organisation::OrganisationCode,
    rules::category::{CategoryCode, Severity},
    stored::is_default,
    time::{Instant, clock::Deadline},
};

/// The request and the dispute of an incident.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Requests {
    /// The request that a second person has to decide.
    #[serde(skip_serializing_if = "is_default")]
    pub pending: Option<Request>,
    /// Since when the department disputes its duty. The desk above must decide.
    #[serde(skip_serializing_if = "is_default", with = "crate::stored::optional_time")]
    pub disputed: Option<Instant>,
    /// The objection of the reporter to the closure.
    #[serde(skip_serializing_if = "is_default")]
    pub objection: Option<Objection>,
}

/// The reporter's objection to a closure.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Objection {
    #[serde(with = "crate::stored::time")]
    pub at: Instant,
    /// When it must be answered.
    pub due: Deadline,
    /// When a follow-up answered it. The reopening removes it.
    #[serde(default, skip_serializing_if = "is_default", with = "crate::stored::optional_time")]
    pub answered_at: Option<Instant>,
}

codes! {
    /// The kind of a request that a second person has to decide.
    RequestKind "request" {
    /// More time for the work.
    Extend "extend" "延期",
    /// A suspension of the work.
    Suspend "suspend" "挂账",
    /// A correction that makes deadlines later.
    Correct "correct" "更正",
    /// Closing without a result.
    ForceClose "force_close" "强制结案",
    }
}

/// The requested change.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RequestedChange {
    /// More time: this number of units of the limit.
    Extend { units: u32 },
    /// A suspension for this number of days.
    Suspend { days: u32 },
    /// Another category, severity or place.
    Correct(Correction),
    /// Closing without a result.
    ForceClose,
}

impl RequestedChange {
    #[must_use]
    pub const fn kind(&self) -> RequestKind {
        match self {
            Self::Extend { .. } => RequestKind::Extend,
            Self::Suspend { .. } => RequestKind::Suspend,
            Self::Correct(_) => RequestKind::Correct,
            Self::ForceClose => RequestKind::ForceClose,
        }
    }
}

/// The corrected facts of an incident.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Correction {
    pub category: CategoryCode,
    pub severity: Severity,
    pub place: Place,
}

/// A request that a second person has to decide.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Request {
    pub asked: RequestedChange,
    /// The person who asks. Another person must decide.
    pub by: AccountId,
    /// The organisation of the person who asks.
    pub organisation: OrganisationCode,
    #[serde(with = "crate::stored::time")]
    pub at: Instant,
}
