//! oversight

use serde::{Deserialize, Serialize};

use crate::{
    events::effect::Effect,
    ids::AccountId,
    incident::{
        case::{Case, Stamp},
        proceedings::{Request, RequestKind, RequestedChange, Supervision, SupervisionLevel},
    },
    organisation::OrganisationCode,
    rules::reason::ReasonCode,
    time::{Instant, clock::Deadline},
};

/// A second person agreed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Approved {
    /// To what.
    pub request: RequestKind,
}

impl Effect for Approved {
    fn apply(&self, case: &mut Case, _: Stamp) {
        case.incident.proceedings.request = None;
    }
}

/// Somebody asked for what a second person decides.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Requested {
    /// What.
    pub asked: RequestedChange,
    /// For which organisation.
    pub organisation: OrganisationCode,
    /// The reason of the rules, where they list some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<ReasonCode>,
}

/// There is more time.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Extended {
    /// How many more units of the limit.
    pub units: u32,
    /// When the work is due now.
    pub handle: Deadline,
}

impl Effect for Requested {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        let Self { asked, organisation, .. } = *self;
        case.incident.proceedings.request =
            Some(Request { asked, by: stamp.actor, organisation, at: stamp.at });
    }
}

impl Effect for Extended {
    fn apply(&self, case: &mut Case, _: Stamp) {
        if let Some(leg) = case.open_lead_mut() {
            leg.extended = leg.extended.saturating_add(1);
            leg.granted = leg.granted.saturating_add(self.units);
            leg.clocks.handle = self.handle;
        }
    }
}

/// Nobody watches it any more.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Lifted {}

impl Effect for Lifted {
    fn apply(&self, case: &mut Case, _: Stamp) {
        case.incident.proceedings.supervision = None;
    }
}

/// A second person disagreed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Rejected {
    /// With what.
    pub request: RequestKind,
}

impl Effect for Rejected {
    fn apply(&self, case: &mut Case, _: Stamp) {
        case.incident.proceedings.request = None;
    }
}

/// Who has it was asked to hurry.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reminded {
    /// Who.
    pub to: OrganisationCode,
}

impl Effect for Reminded {
    fn apply(&self, _: &mut Case, _: Stamp) {}
}

/// Who watches got an answer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Replied {}

impl Effect for Replied {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        if let Some(supervision) = &mut case.incident.proceedings.supervision {
            supervision.replied_at = Some(stamp.at);
        }
    }
}

/// Somebody watches it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Supervised {
    /// How closely.
    pub level: SupervisionLevel,
    /// The desk that watches.
    pub by: OrganisationCode,
    /// When an answer is due.
    pub reply_due: Instant,
}

impl Effect for Supervised {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        let Self { level, by, reply_due } = *self;
        case.incident.proceedings.supervision =
            Some(Supervision { level, by, at: stamp.at, reply_due, replied_at: None });
    }
}

/// Somebody else looks after it now.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HandedOver {
    /// Who.
    pub to: AccountId,
    /// As the one who reported it: reads its replies, answers its desk.
    pub report: bool,
    /// As the one who was sent to look.
    pub check: bool,
}

impl Effect for HandedOver {
    fn apply(&self, case: &mut Case, _: Stamp) {
        let proceedings = &mut case.incident.proceedings;
        if self.report {
            proceedings.caretaker = Some(self.to);
        }
        if let Some(check) = proceedings.check.as_mut().filter(|_| self.check) {
            check.worker = self.to;
        }
    }
}
