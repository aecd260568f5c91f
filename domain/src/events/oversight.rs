//! Events of requests, supervision, reminders and hand-over.

use serde::{Deserialize, Serialize};

use crate::{
    events::effect::Effect,
    ids::AccountId,
    incident::{
        case::{Case, Stamp},
        oversight::{Supervision, SupervisionLevel},
        requests::{Request, RequestKind, RequestedChange},
    },
    organisation::OrganisationCode,
    rules::reason::ReasonCode,
    time::{Instant, clock::Deadline, deadline::Limit},
};

/// A change was requested that a second person has to approve.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Requested {
    pub asked: RequestedChange,
    /// The requesting organisation.
    pub organisation: OrganisationCode,
    /// The reason code, for changes that need one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<ReasonCode>,
}

impl Effect for Requested {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        let Self { asked, organisation, .. } = *self;
        case.incident.requests.pending = Some(Request { asked, by: stamp.actor, organisation, at: stamp.at });
    }
}

/// A second person approved the request.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Approved {
    pub request: RequestKind,
}

impl Effect for Approved {
    fn apply(&self, case: &mut Case, _: Stamp) {
        case.incident.requests.pending = None;
    }
}

/// The handling deadline was extended.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Extended {
    /// Additional time in the unit of the handling limit.
    pub units: u32,
    /// The new handling deadline.
    pub handle: Deadline,
    /// Until when the desk may hold the incident now: as much longer.
    pub ceiling: Deadline,
}

impl Effect for Extended {
    fn apply(&self, case: &mut Case, _: Stamp) {
        let extension = Limit { amount: self.units, unit: self.handle.limit.unit };
        if let Some(leg) = case.open_lead_mut() {
            leg.extensions.push(extension);
            leg.clocks.handle = self.handle;
        }
        if let Some(leg) = case.custody.last_mut() {
            leg.extensions.push(extension);
            leg.clocks.ceiling = self.ceiling;
        }
    }
}

/// The supervising desk ended its supervision.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Lifted {}

impl Effect for Lifted {
    fn apply(&self, case: &mut Case, _: Stamp) {
        case.incident.oversight.supervision = None;
    }
}

/// A second person rejected the request.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Rejected {
    pub request: RequestKind,
}

impl Effect for Rejected {
    fn apply(&self, case: &mut Case, _: Stamp) {
        case.incident.requests.pending = None;
    }
}

/// The organisation that has to act was asked to hurry.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reminded {
    pub to: OrganisationCode,
}

impl Effect for Reminded {
    fn apply(&self, _: &mut Case, _: Stamp) {}
}

/// The supervising desk got a reply.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Replied {}

impl Effect for Replied {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        if let Some(supervision) = &mut case.incident.oversight.supervision {
            supervision.replied_at = Some(stamp.at);
        }
    }
}

/// A desk put the incident under supervision.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Supervised {
    pub level: SupervisionLevel,
    /// The supervising desk.
    pub by: OrganisationCode,
    /// When a reply is due.
    #[serde(with = "crate::stored::time")]
    pub reply_due: Instant,
}

impl Effect for Supervised {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        let Self { level, by, reply_due } = *self;
        case.incident.oversight.supervision =
            Some(Supervision { level, by, at: stamp.at, reply_due, replied_at: None });
    }
}

/// A successor took over from a person who left or moved.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HandedOver {
    /// The successor.
    pub to: AccountId,
    /// Whether the successor takes over the report: reads the replies and answers the desk.
    pub report: bool,
    /// Whether the successor takes over the check on site.
    pub check: bool,
}

impl Effect for HandedOver {
    fn apply(&self, case: &mut Case, _: Stamp) {
        let incident = &mut case.incident;
        if self.report {
            incident.caretaker = Some(self.to);
        }
        if let Some(check) = incident.oversight.check.as_mut().filter(|_| self.check) {
            check.worker = self.to;
        }
    }
}
