//! Clocks: the deadlines of an incident, the rule behind each, and their states.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::{
    code::codes,
    stored::is_default,
    text::invalid_value::{InvalidValue, invalid},
    time::{
        Instant,
        deadline::{Limit, LimitUnit, Marks, Pause},
    },
};

codes! {
    /// The rule that sets the limit of a deadline.
    LimitRule "rule of a limit" {
        /// The desk must accept or decline. The limit depends on the severity.
        Accept "accept" "受理时限",
        /// The desk must dispatch. The limit depends on the severity.
        Dispatch "dispatch" "派遣时限",
        /// The organisation must sign for the work.
        Receipt "receipt" "签收时限",
        /// The organisation must be on site. The limit depends on the severity.
        Response "response" "首次到场时限",
        /// The desk must verify the result. The limit depends on the severity.
        Verify "verify" "核查时限",
        /// The work must be done. The limit depends on the category.
        Category "category" "类别处置时限",
        /// The minimum time for the work after an escalation.
        Minimum "minimum" "提级后最低处置时限",
        /// The longest time that a level may hold an incident.
        Ceiling "ceiling" "层级时限",
        /// A called-in organisation must answer.
        CallIn "call_in" "应哨时限",
        /// The reporter must give more information.
        Information "information" "补充材料时限",
        /// The longest time that work may be suspended.
        Suspension "suspension" "挂账期限",
        /// A linkage, such as mediation, must end or reach its next step.
        Linkage "linkage" "联动时限",
        /// The grid worker must check the result on site.
        Check "check" "现场核查时限",
        /// The desk above must answer the reporter's objection.
        Objection "objection" "异议答复时限",
    }
}

/// A deadline, with the limit and rule it was computed from. It is stored as a short array of integers, because every
/// report stores several.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(into = "StoredDeadline", try_from = "StoredDeadline")]
pub struct Deadline {
    /// When the clock started.
    pub from: Instant,
    pub limit: Limit,
    /// When three quarters of the limit have passed.
    pub soon: Instant,
    /// When the limit has passed. At exactly this moment, work is still on time.
    pub at: Instant,
    /// When twice the limit has passed.
    pub late: Instant,
    /// Whether the deadline lies after the last announced calendar year. A new announcement may then change it.
    pub provisional: bool,
    pub rule: LimitRule,
    /// The version of the rules, including the calendar, that was used.
    pub rules_version: i64,
}

/// A stored deadline: `from` in milliseconds since 1970, the amount and the unit of the limit, the milliseconds from `from`
/// to `soon`, `at` and `late`, whether it is provisional, the rule, and the version of the rules.
///
/// The rule is its place in `LimitRule::ALL`. New ones are appended there, so that stored deadlines stay readable.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct StoredDeadline(i64, u32, u8, i64, i64, i64, u8, usize, i64);

impl From<Deadline> for StoredDeadline {
    fn from(deadline: Deadline) -> Self {
        let Deadline { from, limit, soon, at, late, provisional, rule, rules_version } = deadline;
        let after = |at: Instant| (at - from).num_milliseconds();
        let unit = limit.unit.stored_number();
        let rule = LimitRule::ALL.iter().position(|other| *other == rule).unwrap_or_default();
        let from = from.timestamp_millis();
        Self(
            from,
            limit.amount,
            unit,
            after(soon),
            after(at),
            after(late),
            provisional.into(),
            rule,
            rules_version,
        )
    }
}

impl TryFrom<StoredDeadline> for Deadline {
    type Error = InvalidValue;

    fn try_from(stored: StoredDeadline) -> Result<Self, Self::Error> {
        let StoredDeadline(from, amount, unit, soon, at, late, provisional, rule, rules_version) = stored;
        let read = || {
            let start = Instant::from_timestamp_millis(from)?;
            let after = |milliseconds| start.checked_add_signed(TimeDelta::try_milliseconds(milliseconds)?);
            Some(Self {
                from: start,
                limit: Limit {
                    amount,
                    unit: LimitUnit::ALL.into_iter().find(|one| one.stored_number() == unit)?,
                },
                soon: after(soon)?,
                at: after(at)?,
                late: after(late)?,
                provisional: provisional != 0,
                rule: *LimitRule::ALL.get(rule)?,
                rules_version,
            })
        };
        read().ok_or_else(|| invalid!("存储的期限无法读取", "the stored deadline cannot be read"))
    }
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

    /// The state of the clock at `now`.
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

    /// The state of the clock after the step was done at `done`. A deadline moves only when a pause ends, so a step that is done during
    /// a pause is in time if the pause began in time.
    #[must_use]
    pub fn state_when_done(&self, done: Instant, pauses: &[Pause]) -> ClockState {
        let stood_still = pauses.iter().any(|pause| {
            let lasts = pause.from <= done && pause.to.is_none_or(|to| done <= to);
            lasts && pause.from <= self.at
        });
        if done > self.at && !stood_still { ClockState::MetLate } else { ClockState::Met }
    }

    /// The later of the two deadlines.
    #[must_use]
    pub fn or_later(self, other: Self) -> Self {
        if self.at >= other.at { self } else { other }
    }
}

codes! {
    /// The state of a clock.
    ClockState "state of a clock" {
        /// Less than three quarters of the limit have passed.
        OnTrack "on_track" "正常",
        /// Three quarters of the limit have passed.
        DueSoon "due_soon" "即将到期",
        /// The limit has passed (黄).
        Overdue "overdue" "超时",
        /// Twice the limit has passed (红).
        SeriouslyOverdue "seriously_overdue" "严重超时",
        /// The clock is paused.
        Paused "paused" "暂停计时",
        /// The step was done in time.
        Met "met" "按期完成",
        /// The step was done after the limit.
        MetLate "met_late" "超时完成",
    }
}

/// One clock of an incident.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(tag = "clock", content = "leg", rename_all = "snake_case")]
pub enum Clock {
    /// The desk must accept or decline.
    Accept,
    /// The desk must dispatch.
    Dispatch,
    /// The desk must verify the result.
    Verify,
    /// The longest time that the level may hold the incident.
    Ceiling,
    /// The whole matter, from the report. It never pauses.
    Total,
    /// The organisation of the handling leg with this number must sign for the work.
    Receipt(u32),
    /// The organisation of the handling leg with this number must be on site.
    Response(u32),
    /// The organisation of the handling leg with this number must finish the work.
    Handle(u32),
}

impl Clock {
    /// The name used in the API.
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

/// A clock whose deadline was recomputed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Moved {
    #[serde(flatten)]
    pub clock: Clock,
    #[serde(with = "crate::stored::time")]
    pub old: Instant,
    pub new: Deadline,
}

/// The clocks of a desk.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DeskClocks {
    /// When the desk must accept or decline. `None` if there is nothing to accept: the incident was reopened, taken over, or
    /// settled on the spot.
    #[serde(default, skip_serializing_if = "is_default")]
    pub accept: Option<Deadline>,
    /// When the desk must dispatch. It restarts when work is returned.
    #[serde(default, skip_serializing_if = "is_default")]
    pub dispatch: Option<Deadline>,
    /// When the desk must verify the latest result.
    #[serde(default, skip_serializing_if = "is_default")]
    pub verify: Option<Deadline>,
    /// The longest time that the desk may hold the incident.
    pub ceiling: Deadline,
}

/// The clocks of an organisation that works on an incident.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct WorkClocks {
    /// When the organisation must sign for the work or return it. `None` for a desk's own work.
    #[serde(default, skip_serializing_if = "is_default")]
    pub receipt: Option<Deadline>,
    /// When the organisation must be on site for the first time.
    #[serde(default, skip_serializing_if = "is_default")]
    pub response: Option<Deadline>,
    /// When the work must be done.
    pub handle: Deadline,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    #[test]
    fn a_stored_deadline_is_a_short_array_that_never_changes() {
        let deadline = Deadline {
            from: at("2026-11-23T01:30:00.123Z"),
            limit: Limit { amount: 240, unit: LimitUnit::WorkingHours },
            soon: at("2027-01-05T06:00:00Z"),
            at: at("2027-01-18T01:30:00.123Z"),
            late: at("2027-03-15T01:30:00.123Z"),
            provisional: true,
            rule: LimitRule::Ceiling,
            rules_version: 12,
        };
        let json = serde_json::to_string(&deadline).unwrap();
        assert_eq!(json, "[1795397400123,240,0,3731399877,4838400000,9676800000,1,7,12]");
        assert!(json.len() <= 70);
        assert_eq!(serde_json::from_str::<Deadline>(&json).unwrap(), deadline);
        let units = LimitUnit::ALL.map(|unit| (unit.stored_number(), unit.short()));
        assert_eq!(units, [(0, "wh"), (1, "wd"), (2, "ch"), (3, "cm"), (4, "cd")]);
        // Their places are stored, so new ones are appended.
        let rules: Vec<&str> = LimitRule::ALL.iter().map(|rule| rule.as_str()).collect();
        assert_eq!(
            rules.join(" "),
            "accept dispatch receipt response verify category minimum ceiling call_in information suspension linkage \
             check objection"
        );
        for broken in ["[1795397400123,240,5,0,0,0,0,0,1]", "[1795397400123,240,0,0,0,0,0,99,1]"] {
            assert!(serde_json::from_str::<Deadline>(broken).is_err(), "{broken}");
        }
    }
}
