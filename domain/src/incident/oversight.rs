//! How others watch an incident: supervision by a desk, alarms, checks on site.

use serde::{Deserialize, Serialize};

use crate::{
    code::codes,
    ids::AccountId,
    organisation::OrganisationCode,
    stored::is_default,
    time::{
        Instant,
        clock::{Clock, Deadline},
    },
};

/// The supervision, the alarm and the check of an incident.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Oversight {
    /// The supervision that a desk started.
    #[serde(skip_serializing_if = "is_default")]
    pub supervision: Option<Supervision>,
    /// The alarm that was raised automatically because a clock ran out.
    #[serde(skip_serializing_if = "is_default")]
    pub alarm: Option<Alarm>,
    /// The check on site by a grid worker.
    #[serde(skip_serializing_if = "is_default")]
    pub check: Option<Check>,
    /// The grid workers who checked a result, the first one first.
    #[serde(skip_serializing_if = "is_default")]
    pub checked_by: Vec<AccountId>,
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
    #[serde(with = "crate::stored::time")]
    pub at: Instant,
    /// When the holder must reply.
    #[serde(with = "crate::stored::time")]
    pub reply_due: Instant,
    #[serde(default, skip_serializing_if = "is_default", with = "crate::stored::optional_time")]
    pub replied_at: Option<Instant>,
}

/// An alarm to the desk above, because a clock ran out. It ends automatically when the step of that clock is done.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Alarm {
    pub level: SupervisionLevel,
    /// The desk that is notified.
    pub by: OrganisationCode,
    /// When the alarm was raised.
    #[serde(with = "crate::stored::time")]
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
