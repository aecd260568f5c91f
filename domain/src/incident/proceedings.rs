//! Proceedings: the state of an incident apart from its legs, such as pauses, requests, supervision and linkages.

use serde::{Deserialize, Serialize};

use crate::{
    code::codes,
    geography::place::Place,
    ids::{AccountId, IncidentId},
    incident::{
        linkage::{Linkage, Participant},
        photo::Photo,
    },
    organisation::OrganisationCode,
    rules::category::{CategoryCode, Severity},
    time::{
        Instant,
        clock::{Clock, Deadline},
        deadline::Pause,
    },
};

/// The state of an incident apart from its legs. Most fields are empty for most incidents.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Proceedings {
    /// The times in which the clocks were paused. The last may still be open.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pauses: Vec<Pause>,
    /// The end of the current pause at the latest: when the reporter must answer, or when suspended work continues.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waits_until: Option<Deadline>,
    /// The request that a second person has to decide.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<Request>,
    /// The supervision that a desk started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supervision: Option<Supervision>,
    /// The alarm that was raised automatically because a clock ran out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alarm: Option<Alarm>,
    /// The check on site by a grid worker.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check: Option<Check>,
    /// The account that replaces the reporter, who left or moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caretaker: Option<AccountId>,
    /// The incident that this one was merged into.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged: Option<MergedInto>,
    /// The first reported place, if it was corrected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_place: Option<Place>,
    /// The satisfaction of residents with the outcome, from 1 (very dissatisfied) to 5 (very satisfied).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub satisfaction: Option<u8>,
    /// The linkages, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub linkages: Vec<Linkage>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub participants: Vec<Participant>,
    /// The announced photos, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub photos: Vec<Photo>,
    #[serde(skip_serializing_if = "Tally::is_empty")]
    pub tally: Tally,
    /// Since when the department disputes its duty. The desk above must decide.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disputed: Option<Instant>,
    /// Whether the desk above decided whose duty the work is. After that, the work cannot be returned.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub arbitrated: bool,
}

/// How often commands with a maximum count were used.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub struct Tally {
    /// Transfers to another desk of the same level.
    pub transferred: u32,
    /// Hand-downs to a lower level.
    pub handed_down: u32,
    /// Requests for information from the reporter.
    pub asked: u32,
    /// Suspensions.
    pub suspended: u32,
    /// The number of other incidents that are currently merged into this one.
    pub absorbed: u32,
}

impl Tally {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
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
    pub at: Instant,
}

codes! {
    /// The level of a supervision or alarm.
    SupervisionLevel "supervision level" {
    /// A notice.
    Notice "notice" "提醒督办",
    /// A yellow card: the incident is overdue.
    Yellow "yellow" "黄牌督办",
    /// A red card: the incident is seriously overdue.
    Red "red" "红牌督办",
    }
}

/// The supervision (督办) of an incident by a desk.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Supervision {
    pub level: SupervisionLevel,
    /// The supervising desk.
    pub by: OrganisationCode,
    /// When the supervision started.
    pub at: Instant,
    /// When the holder must reply.
    pub reply_due: Instant,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replied_at: Option<Instant>,
}

/// An alarm to the desk above, because a clock ran out. It ends automatically when the step of that clock is done.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Alarm {
    pub level: SupervisionLevel,
    /// The desk that is notified.
    pub by: OrganisationCode,
    /// When the alarm was raised.
    pub at: Instant,
    /// The clock that ran out.
    pub over: Clock,
}

/// A check of a result on site by a grid worker.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Check {
    /// The grid worker.
    pub worker: AccountId,
    pub due: Deadline,
    /// Whether the grid worker found the matter settled. `None` until the grid worker reports.
    pub settled: Option<bool>,
}

/// A merge into another incident.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MergedInto {
    /// The incident that this one was merged into.
    pub into: IncidentId,
    pub at: Instant,
}

impl Proceedings {
    /// Whether the clocks are paused.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.pauses.last().is_some_and(|pause| pause.to.is_none())
    }

    /// Pauses the clocks from `at`, until `until` at the latest.
    pub(crate) fn pause(&mut self, at: Instant, until: Deadline) {
        self.pauses.push(Pause { from: at, to: None });
        self.waits_until = Some(until);
    }

    /// Ends the pause. If it ends automatically (`by_itself`), it ends at the planned time, even if the server notices that
    /// only at `at`. Otherwise it ends at `at`.
    pub(crate) fn end_pause_by(&mut self, at: Instant, by_itself: bool) {
        let planned = self.waits_until.filter(|_| by_itself);
        self.end_pause(planned.map_or(at, |until| until.at.min(at)));
    }

    /// Ends the pause at `at`, if there is one.
    pub(crate) fn end_pause(&mut self, at: Instant) {
        self.waits_until = None;
        if let Some(pause) = self.pauses.last_mut().filter(|pause| pause.to.is_none()) {
            pause.to = Some(at);
        }
    }

    /// The pauses. An open pause is treated as ended at `at`.
    #[must_use]
    pub fn pauses_until(&self, at: Instant) -> Vec<Pause> {
        self.pauses.iter().map(|pause| Pause { to: pause.to.or(Some(at)), ..*pause }).collect()
    }
}
