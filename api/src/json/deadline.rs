//! A deadline as JSON.

use chrono::{DateTime, FixedOffset, TimeDelta};
use grassroots_domain::time::{
    Instant,
    clock::{ClockState, Deadline, LimitRule},
    deadline::Pause,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::json::{schema::codes, time::local};

/// A deadline, with the limit that set it and the state of its clock.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct DeadlineView {
    /// When the step is due (China time).
    pub at: DateTime<FixedOffset>,
    /// The state of the clock now. `met` and `met_late`: the step is done.
    #[schema(schema_with = codes::<ClockState>)]
    pub state: &'static str,
    /// When the step was done; absent if it is not done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub met_at: Option<DateTime<FixedOffset>>,
    /// By how many minutes the step was late, nights and holidays included; absent unless `state` is `met_late`. At least 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub late_by_minutes: Option<i64>,
    /// When the clock started.
    pub from: DateTime<FixedOffset>,
    /// The length of the limit, counted in `unit`.
    #[schema(example = 8)]
    pub amount: u32,
    /// The unit of `amount`: `wh` working hours, `wd` working days, `ch` continuous hours, `cm` continuous minutes,
    /// `cd` calendar days. Continuous units include nights and holidays.
    #[schema(example = "wh")]
    pub unit: &'static str,
    /// The kind of limit.
    #[schema(schema_with = codes::<LimitRule>)]
    pub rule: &'static str,
    /// The version of the rules, including the calendar, with which the deadline was computed.
    pub rules_version: i64,
    /// Whether the deadline may still change, because it lies after the last announced year of the work calendar.
    pub provisional: bool,
}

impl DeadlineView {
    /// The deadline, with the state of its clock at `now`.
    #[must_use]
    pub fn new(deadline: Deadline, now: Instant) -> Self {
        Self {
            at: local(deadline.at),
            state: deadline.state(now).as_str(),
            met_at: None,
            late_by_minutes: None,
            from: local(deadline.from),
            amount: deadline.limit.amount,
            unit: deadline.limit.unit.short(),
            rule: deadline.rule.as_str(),
            rules_version: deadline.rules_version,
            provisional: deadline.provisional,
        }
    }

    /// The deadline of a step: with the time when it was `done`, or with the state of its clock at `now`. `pauses` are those of its
    /// clock.
    #[must_use]
    pub fn of_step(deadline: Deadline, done: Option<Instant>, now: Instant, pauses: &[Pause]) -> Self {
        let Some(done) = done else { return Self::new(deadline, now) };
        let state = deadline.state_when_done(done, pauses);
        // A started minute counts.
        let late_by = (done - deadline.at + TimeDelta::milliseconds(59_999)).num_minutes();
        Self {
            state: state.as_str(),
            met_at: Some(local(done)),
            late_by_minutes: (state == ClockState::MetLate).then_some(late_by),
            ..Self::new(deadline, now)
        }
    }

    /// The same deadline with a paused clock.
    #[must_use]
    pub const fn paused(self) -> Self {
        Self { state: ClockState::Paused.as_str(), ..self }
    }
}
