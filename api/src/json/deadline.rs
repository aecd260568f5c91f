//! A deadline as JSON.

use chrono::{DateTime, FixedOffset};
use grassroots_domain::time::{
    Instant,
    clock::{ClockState, Deadline, LimitRule},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::json::{schema::codes, time::local};

/// A deadline, where it comes from, and how its clock stands.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct DeadlineView {
    /// When it is due, in China's zone.
    pub at: DateTime<FixedOffset>,
    /// How its clock stands now.
    #[schema(schema_with = codes::<ClockState>)]
    pub state: &'static str,
    /// When its clock began.
    pub from: DateTime<FixedOffset>,
    /// How long it runs: so many of `unit`.
    #[schema(example = 8)]
    pub amount: u32,
    /// What is counted: `wh` and `wd` are working hours and days, `ch` and `cm` hours and minutes by day and night, `cd` days.
    #[schema(example = "wh")]
    pub unit: &'static str,
    /// Which limit that is.
    #[schema(schema_with = codes::<LimitRule>)]
    pub rule: &'static str,
    /// Version of the rules, calendar included, that set it.
    pub rules_version: i64,
    /// It reaches beyond the last announced year of the work calendar and may still move.
    pub provisional: bool,
}

impl DeadlineView {
    /// A deadline as it stands at `now`.
    #[must_use]
    pub fn new(deadline: Deadline, now: Instant) -> Self {
        Self {
            at: local(deadline.at),
            state: deadline.state(now).as_str(),
            from: local(deadline.from),
            amount: deadline.limit.amount,
            unit: deadline.limit.unit.short(),
            rule: deadline.rule.as_str(),
            rules_version: deadline.rules_version,
            provisional: deadline.provisional,
        }
    }

    /// The same, while its clock stands still.
    #[must_use]
    pub const fn paused(self) -> Self {
        Self { state: ClockState::Paused.as_str(), ..self }
    }
}
