//! Events: what happened to an incident, appended and never changed.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    account::AccountId,
    category::{CategoryCode, Severity},
    code::codes,
    command::{Audience, DeclineReason, EscalateReason, Method, ReturnReason},
    deadline::Deadline,
    incident::IncidentId,
    leg::Outcome,
    organisation::OrganisationCode,
    place::Place,
    routing::Routing,
    text::Text,
    time::Instant,
    unit::Level,
};

/// Version of the body format, stored with each event.
pub const SCHEMA_VERSION: i32 = 1;

codes! {
    /// The types of event.
    EventType "event type" {
        /// A report reached the server.
        Reported "reported" "上报",
        /// The reporter settled it on the spot.
        ResolvedOnSpot "resolved_on_spot" "现场办结",
        /// The desk took it on.
        Accepted "accepted" "受理",
        /// The desk said no.
        Declined "declined" "不予受理",
        /// Sent to an organisation.
        Dispatched "dispatched" "派遣",
        /// The organisation took it on.
        Acknowledged "acknowledged" "签收",
        /// The organisation sent it back.
        Returned "returned" "退回",
        /// The organisation handed in its result.
        ResultSubmitted "result_submitted" "提交结果",
        /// The desk wants more work done.
        Reworked "reworked" "返工",
        /// The desk closed it.
        Closed "closed" "结案",
        /// It went one level up.
        Escalated "escalated" "升级",
        /// It was taken up again.
        Reopened "reopened" "重新办理",
        /// It was reported by mistake.
        Voided "voided" "作废",
        /// Somebody remarked.
        Commented "commented" "备注",
    }
}

/// What happened, in codes, ids and times. Words stand in rows of their own that can be erased.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are those of the legs and the incident they set")]
pub enum EventBody {
    Reported {
        category: CategoryCode,
        severity: Severity,
        place: Place,
        restricted: bool,
        reporter_hidden: bool,
        county_first: bool,
        routing: Box<Routing>,
        accept_due: Deadline,
        ceiling_due: Deadline,
    },
    ResolvedOnSpot,
    Accepted {
        dispatch_due: Deadline,
    },
    Declined {
        reason: DeclineReason,
    },
    Dispatched {
        to: OrganisationCode,
        handle_due: Deadline,
    },
    Acknowledged,
    Returned {
        reason: ReturnReason,
        dispatch_due: Deadline,
    },
    ResultSubmitted {
        outcome: Outcome,
        method: Method,
        verify_due: Deadline,
    },
    Reworked {
        handle_due: Deadline,
    },
    Closed {
        outcome: Outcome,
        resolved_level: Level,
        self_verified: bool,
    },
    Escalated {
        reason: EscalateReason,
        to: OrganisationCode,
        accept_due: Deadline,
        ceiling_due: Deadline,
    },
    Reopened {
        dispatch_due: Deadline,
        ceiling_due: Deadline,
    },
    Voided,
    Commented {
        audience: Audience,
    },
}

impl EventBody {
    /// Its type.
    #[must_use]
    pub const fn event_type(&self) -> EventType {
        match self {
            Self::Reported { .. } => EventType::Reported,
            Self::ResolvedOnSpot => EventType::ResolvedOnSpot,
            Self::Accepted { .. } => EventType::Accepted,
            Self::Declined { .. } => EventType::Declined,
            Self::Dispatched { .. } => EventType::Dispatched,
            Self::Acknowledged => EventType::Acknowledged,
            Self::Returned { .. } => EventType::Returned,
            Self::ResultSubmitted { .. } => EventType::ResultSubmitted,
            Self::Reworked { .. } => EventType::Reworked,
            Self::Closed { .. } => EventType::Closed,
            Self::Escalated { .. } => EventType::Escalated,
            Self::Reopened { .. } => EventType::Reopened,
            Self::Voided => EventType::Voided,
            Self::Commented { .. } => EventType::Commented,
        }
    }
}

/// Words that go with an event, and who may read them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Remark {
    /// Who may read them.
    pub audience: Audience,
    /// The words.
    pub text: Text,
}

/// One thing that happened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Event {
    /// The incident.
    pub incident: IncidentId,
    /// 1 for the first event of the incident, without gaps.
    pub seq: u32,
    /// When; never earlier than the event before.
    pub at: Instant,
    /// Who did it.
    pub actor: AccountId,
    /// What.
    pub body: EventBody,
}

/// A SHA-256 digest.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// What the first event of an incident points back to.
    pub const GENESIS: Self = Self([0; 32]);

    /// The digest of `parts`, each preceded by its length so that no two lists of parts look alike.
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

/// The hash of an event: it covers the whole event, the salted hash of its words, and through `previous` all events
/// of the incident before it. `body` is the canonical text that is stored, in
/// the form of `schema_version`.
#[must_use]
pub fn event_hash(
    event: &Event,
    schema_version: i32,
    body: &str,
    words: Option<Hash>,
    previous: Hash,
) -> Hash {
    Hash::of(&[
        &previous.0,
        event.incident.0.as_bytes(),
        &event.seq.to_be_bytes(),
        &event.at.timestamp_micros().to_be_bytes(),
        event.actor.0.as_bytes(),
        &schema_version.to_be_bytes(),
        body.as_bytes(),
        words.as_ref().map_or(&[], |hash| hash.0.as_slice()),
    ])
}

/// The hash of words that can be erased: the salt is erased with them, and what is left proves nothing about them.
#[must_use]
pub fn words_hash(salt: &[u8], words: &str) -> Hash {
    Hash::of(&[salt, words.as_bytes()])
}
