//! Clocks: what has to be done by when, by which rule, and how a clock stands.

use serde::{Deserialize, Serialize};

use crate::{
    code::codes,
    time::{
        Instant,
        deadline::{Limit, Marks},
    },
};

codes! {
    /// Which limit a deadline comes from.
    LimitRule "rule of a limit" {
        /// The desk says yes or no; by severity.
        Accept "accept" "受理时限",
        /// The desk sends it on; by severity.
        Dispatch "dispatch" "派遣时限",
        /// The organisation takes the work on.
        Receipt "receipt" "签收时限",
        /// Somebody is on site; by severity.
        Response "response" "首次到场时限",
        /// The desk looks at the result; by severity.
        Verify "verify" "核查时限",
        /// The work itself; by category.
        Category "category" "类别办理时限",
        /// The least that work gets after an escalation.
        Minimum "minimum" "升级后最低办理时限",
        /// How long a level may keep an incident.
        Ceiling "ceiling" "层级时限",
        /// An organisation that was called in answers.
        CallIn "call_in" "应哨时限",
        /// The reporter gives more information.
        Information "information" "补充材料时限",
        /// How long work may stand still.
        Suspension "suspension" "挂账期限",
        /// Mediation, police and hotline have their times.
        Linkage "linkage" "联动时限",
        /// A grid worker looks at the result on site.
        Check "check" "现场核查时限",
    }
}

/// When something is due, and why then.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Deadline {
    /// When the clock began.
    pub from: Instant,
    /// How long it runs.
    pub limit: Limit,
    /// Three quarters have run.
    pub soon: Instant,
    /// The moment. At this moment it is still in time.
    pub at: Instant,
    /// Twice the limit has run.
    pub late: Instant,
    /// Whether days after the last announced calendar year were counted, so that a new announcement may move it.
    pub provisional: bool,
    /// Where the limit comes from.
    pub rule: LimitRule,
    /// Version of the rules, calendar included, that set it.
    pub rules_version: i64,
}

impl Deadline {
    pub(crate) const fn new(
        from: Instant,
        limit: Limit,
        marks: Marks,
        rule: LimitRule,
        rules_version: i64,
    ) -> Self {
        let Marks { soon, at, late, provisional } = marks;
        Self { from, limit, soon, at, late, provisional, rule, rules_version }
    }

    /// How the clock stands at `now`.
    #[must_use]
    pub fn state(&self, now: Instant) -> ClockState {
        if now > self.late {
            ClockState::SeriouslyOverdue
        } else if now > self.at {
            ClockState::Overdue
        } else if now >= self.soon {
            ClockState::DueSoon
        } else {
            ClockState::OnTrack
        }
    }

    /// The later of two.
    #[must_use]
    pub fn or_later(self, other: Self) -> Self {
        if self.at >= other.at { self } else { other }
    }
}

codes! {
    /// How a clock stands (DOMAIN 2.4).
    ClockState "state of a clock" {
        /// Less than three quarters of the limit are used.
        OnTrack "on_track" "正常",
        /// Three quarters are used.
        DueSoon "due_soon" "即将到期",
        /// The limit has passed (黄).
        Overdue "overdue" "超期",
        /// Twice the limit has passed (红).
        SeriouslyOverdue "seriously_overdue" "严重超期",
        /// It stands still.
        Paused "paused" "暂停计时",
    }
}

/// One clock of an incident.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(tag = "clock", content = "leg", rename_all = "snake_case")]
pub enum Clock {
    /// The desk accepts or declines.
    Accept,
    /// The desk dispatches.
    Dispatch,
    /// The desk verifies the result.
    Verify,
    /// The level may keep it at all.
    Ceiling,
    /// The whole matter, from the report. Never pauses.
    Total,
    /// The organisation of that handling leg takes the work on.
    Receipt(u32),
    /// It is on site.
    Response(u32),
    /// Its work is done.
    Handle(u32),
}

impl Clock {
    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Dispatch => "dispatch",
            Self::Verify => "verify",
            Self::Ceiling => "ceiling",
            Self::Total => "total",
            Self::Receipt(_) => "receipt",
            Self::Response(_) => "response",
            Self::Handle(_) => "handle",
        }
    }
}

/// A clock that was set anew.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Moved {
    /// Which.
    #[serde(flatten)]
    pub clock: Clock,
    /// When it was due before.
    pub old: Instant,
    /// What it says now.
    pub new: Deadline,
}

/// The clocks of a desk.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DeskClocks {
    /// When it must have accepted or declined. `None` where nothing is left to accept: reopened, taken over, or
    /// settled on the spot.
    pub accept: Option<Deadline>,
    /// When it must have dispatched; starts anew when work is returned.
    pub dispatch: Option<Deadline>,
    /// When it must have verified the latest result.
    pub verify: Option<Deadline>,
    /// How long it may keep the incident at all.
    pub ceiling: Deadline,
}

/// The clocks of an organisation that works on an incident.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct WorkClocks {
    /// When it must have taken the work on, or sent it back. Nothing to take on in a desk's own work.
    pub receipt: Option<Deadline>,
    /// When it must be on site for the first time.
    pub response: Option<Deadline>,
    /// When its work is due.
    pub handle: Deadline,
}
