//! Proceedings: what goes on with an incident beside its legs.

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

/// What goes on with an incident beside its legs. Empty for most.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Proceedings {
    /// Times in which its clocks stood still; the last may be open.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pauses: Vec<Pause>,
    /// Until when it stands still: the reporter answers, or suspended work goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waits_until: Option<Deadline>,
    /// What somebody asked and a second person has to decide.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<Request>,
    /// The desk that watches it, because somebody there wants to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supervision: Option<Supervision>,
    /// The desk that is told of it, because a clock ran out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alarm: Option<Alarm>,
    /// The grid worker who was sent to look at the result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check: Option<Check>,
    /// Who looks after it for its reporter, who left or moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caretaker: Option<AccountId>,
    /// Which incident stands for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged: Option<MergedInto>,
    /// Where it was said to have happened, before that was corrected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_place: Option<Place>,
    /// What residents think of the outcome, 1 (very dissatisfied) to 5 (very satisfied).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub satisfaction: Option<u8>,
    /// What is attached to it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub linkages: Vec<Linkage>,
    /// Who takes part.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub participants: Vec<Participant>,
    /// The photos named so far, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub photos: Vec<Photo>,
    /// How often things were done that can only be done so often.
    #[serde(skip_serializing_if = "Tally::is_empty")]
    pub tally: Tally,
    /// Since when a department disputes its duty once too often; the desk above decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disputed: Option<Instant>,
    /// The desk above decided: the work is not sent back any more.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub arbitrated: bool,
}

/// How often things were done that can only be done so often.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub struct Tally {
    /// It went to another desk of the same level.
    pub transferred: u32,
    /// It came down a level.
    pub handed_down: u32,
    /// The desk asked its reporter.
    pub asked: u32,
    /// Work was suspended.
    pub suspended: u32,
    /// Other incidents for which it stands now.
    pub absorbed: u32,
}

impl Tally {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

codes! {
    /// What needs a second person.
    RequestKind "request" {
        /// More time.
        Extend "extend" "延期",
        /// Work stands still.
        Suspend "suspend" "挂账",
        /// A correction that lengthens deadlines.
        Correct "correct" "更正",
        /// Closing without a result.
        ForceClose "force_close" "强制结案",
    }
}

/// What is asked, with its facts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RequestedChange {
    /// So many more units of the limit.
    Extend {
        /// How many.
        units: u32,
    },
    /// Standing still for so many days.
    Suspend {
        /// How many.
        days: u32,
    },
    /// Another category, severity or place.
    Correct(Correction),
    /// Closing without a result.
    ForceClose,
}

impl RequestedChange {
    /// What it is.
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

/// What an incident is said to be after all.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Correction {
    /// What it is about.
    pub category: CategoryCode,
    /// How bad it is.
    pub severity: Severity,
    /// Where it happened.
    pub place: Place,
}

/// Something that a second person has to decide.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Request {
    /// What is asked.
    pub asked: RequestedChange,
    /// Who asks; somebody else decides.
    pub by: AccountId,
    /// For which organisation.
    pub organisation: OrganisationCode,
    /// When.
    pub at: Instant,
}

codes! {
    /// How closely an incident is watched.
    SupervisionLevel "supervision level" {
        /// It was noticed.
        Notice "notice" "提醒督办",
        /// It is late.
        Yellow "yellow" "黄牌督办",
        /// It is very late.
        Red "red" "红牌督办",
    }
}

/// A desk watches an incident.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Supervision {
    /// How closely.
    pub level: SupervisionLevel,
    /// The desk that watches.
    pub by: OrganisationCode,
    /// Since when.
    pub at: Instant,
    /// When an answer is due.
    pub reply_due: Instant,
    /// When it was answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replied_at: Option<Instant>,
}

/// A clock ran out, and the desk above is told. It ends by itself when that clock is done.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Alarm {
    /// How loudly.
    pub level: SupervisionLevel,
    /// The desk that is told.
    pub by: OrganisationCode,
    /// Since when.
    pub at: Instant,
    /// The clock.
    pub over: Clock,
}

/// A grid worker is sent to look at a result.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Check {
    /// Who.
    pub worker: AccountId,
    /// Until when.
    pub due: Deadline,
    /// What was found: whether the matter is settled.
    pub settled: Option<bool>,
}

/// Another incident stands for this one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MergedInto {
    /// Which.
    pub into: IncidentId,
    /// When.
    pub at: Instant,
}

impl Proceedings {
    /// Whether its clocks stand still.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.pauses.last().is_some_and(|pause| pause.to.is_none())
    }

    /// Stops the clocks at `at`, until `until` at the latest.
    pub(crate) fn pause(&mut self, at: Instant, until: Deadline) {
        self.pauses.push(Pause { from: at, to: None });
        self.waits_until = Some(until);
    }

    /// Lets the clocks go on at `at`; by itself on the day that was set, however late that is found out.
    pub(crate) fn go_on_by(&mut self, at: Instant, by_itself: bool) {
        let day = self.waits_until.filter(|_| by_itself);
        self.go_on(day.map_or(at, |until| until.at.min(at)));
    }

    /// Lets the clocks go on at `at`, if they stand still.
    pub(crate) fn go_on(&mut self, at: Instant) {
        self.waits_until = None;
        if let Some(pause) = self.pauses.last_mut().filter(|pause| pause.to.is_none()) {
            pause.to = Some(at);
        }
    }

    /// The pauses, the open one closed at `at`.
    #[must_use]
    pub fn pauses_until(&self, at: Instant) -> Vec<Pause> {
        self.pauses.iter().map(|pause| Pause { to: pause.to.or(Some(at)), ..*pause }).collect()
    }
}
