//! Time limits, and the computation of deadlines from start, limit, pauses and calendar.

use std::fmt;

use chrono::{Days, NaiveDateTime, TimeDelta};
use serde::{Deserialize, Serialize};

use crate::{
    text::invalid_value::{InvalidValue, invalid},
    time::{
        Instant,
        calendar::WorkCalendar,
        from_wall_clock,
        span::{Span, without, working_time},
        wall_clock,
    },
};

/// The latest possible deadline, in days after the start: a hundred years. It bounds the computation for huge limits.
const HORIZON_DAYS: u32 = 36_525;

/// The longest limit that a rule may set, in years.
pub const MAX_YEARS: u32 = 10;

const MINUTES_PER_HOUR: u64 = 60;
const MINUTES_PER_CALENDAR_DAY: u64 = 24 * MINUTES_PER_HOUR;

/// The unit of a limit.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitUnit {
    /// Hours of working time (工作时).
    WorkingHours,
    /// The hours of one working day (工作日). A count may start in the middle of a day.
    WorkingDays,
    /// Continuous hours (紧急工作时): nights and holidays count.
    ContinuousHours,
    /// Continuous minutes: nights and holidays count.
    ContinuousMinutes,
    /// Calendar days (自然日) of 24 hours.
    CalendarDays,
}

impl LimitUnit {
    pub const ALL: [Self; 5] = [
        Self::WorkingHours,
        Self::WorkingDays,
        Self::ContinuousHours,
        Self::ContinuousMinutes,
        Self::CalendarDays,
    ];

    /// The short form used in the category table: `wh`, `wd`, `ch`, `cm`, `cd`.
    #[must_use]
    pub const fn short(self) -> &'static str {
        match self {
            Self::WorkingHours => "wh",
            Self::WorkingDays => "wd",
            Self::ContinuousHours => "ch",
            Self::ContinuousMinutes => "cm",
            Self::CalendarDays => "cd",
        }
    }

    /// The number of the unit in stored deadlines. It never changes.
    pub(super) const fn stored_number(self) -> u8 {
        match self {
            Self::WorkingHours => 0,
            Self::WorkingDays => 1,
            Self::ContinuousHours => 2,
            Self::ContinuousMinutes => 3,
            Self::CalendarDays => 4,
        }
    }

    /// Reads the short form. `None` for any other text.
    #[must_use]
    pub fn parse_short(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.short() == text)
    }

    /// Whether the unit counts working time only, without nights, weekends and holidays.
    #[must_use]
    pub const fn is_working_time(self) -> bool {
        match self {
            Self::WorkingHours | Self::WorkingDays => true,
            Self::ContinuousHours | Self::ContinuousMinutes | Self::CalendarDays => false,
        }
    }

    /// The largest amount of this unit: [`MAX_YEARS`] years. A year has 250 working days of 8 hours.
    #[must_use]
    pub const fn most(self) -> u32 {
        match self {
            Self::WorkingHours => MAX_YEARS * 250 * 8,
            Self::WorkingDays => MAX_YEARS * 250,
            Self::ContinuousHours => MAX_YEARS * 365 * 24,
            Self::ContinuousMinutes => MAX_YEARS * 365 * 24 * 60,
            Self::CalendarDays => MAX_YEARS * 365,
        }
    }

    /// The unit in Chinese, after a number.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::WorkingHours => "个工作时",
            Self::WorkingDays => "个工作日",
            Self::ContinuousHours => "个紧急工作时",
            Self::ContinuousMinutes => "分钟",
            Self::CalendarDays => "个自然日",
        }
    }

    const fn en(self) -> &'static str {
        match self {
            Self::WorkingHours => "working hour",
            Self::WorkingDays => "working day",
            Self::ContinuousHours => "continuous hour",
            Self::ContinuousMinutes => "continuous minute",
            Self::CalendarDays => "calendar day",
        }
    }
}

/// A time limit.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Limit {
    pub amount: u32,
    pub unit: LimitUnit,
}

impl Limit {
    /// Checks that the limit is at least one unit and at most [`MAX_YEARS`] years.
    ///
    /// # Errors
    /// [`InvalidValue`] if it is not.
    pub fn check(self) -> Result<(), InvalidValue> {
        if self.amount == 0 {
            return Err(invalid!("时限为零；请写大于零的整数", "zero is no time; give at least one unit"));
        }
        let most = Self { amount: self.unit.most(), unit: self.unit };
        if self.amount <= most.amount {
            return Ok(());
        }
        Err(invalid!(
            "时限 {given} 超过 {MAX_YEARS} 年；最多 {longest}",
            "{self} are more than {MAX_YEARS} years; give at most {most}",
            given = self.zh(),
            longest = most.zh()
        ))
    }

    /// The limit in Chinese, such as `8 个工作时`.
    #[must_use]
    pub fn zh(self) -> String {
        format!("{} {}", self.amount, self.unit.zh())
    }

    /// The length of the limit, counted in the time of its unit (working time or continuous time).
    #[must_use]
    pub fn length(self, calendar: &WorkCalendar) -> TimeDelta {
        let minutes_per_unit = match self.unit {
            LimitUnit::ContinuousMinutes => 1,
            LimitUnit::WorkingHours | LimitUnit::ContinuousHours => MINUTES_PER_HOUR,
            LimitUnit::WorkingDays => u64::from(calendar.minutes_per_day()),
            LimitUnit::CalendarDays => MINUTES_PER_CALENDAR_DAY,
        };
        let minutes = u64::from(self.amount).saturating_mul(minutes_per_unit);
        i64::try_from(minutes).ok().and_then(TimeDelta::try_minutes).unwrap_or(TimeDelta::MAX)
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}{}", self.amount, self.unit.en(), if self.amount == 1 { "" } else { "s" })
    }
}

/// A time in which a clock does not run. It includes `from` and excludes `to`. Pauses may overlap.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Pause {
    #[serde(with = "crate::stored::time")]
    pub from: Instant,
    /// `None` while the pause lasts.
    #[serde(default, with = "crate::stored::optional_time")]
    pub to: Option<Instant>,
}

/// The three moments of a clock.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Marks {
    /// When three quarters of the limit have passed.
    pub soon: Instant,
    /// When the limit has passed. At exactly this moment, work is still on time.
    pub at: Instant,
    /// When twice the limit has passed.
    pub late: Instant,
    /// Whether `at` lies after the last announced calendar year. A new announcement may then change it.
    pub provisional: bool,
}

/// Computes when `limit` has passed since `start`. Pauses do not count.
///
/// Working time follows `calendar`, in China Standard Time. A start outside working time counts from the next opening. A
/// limit that ends at closing time is due at closing time, not at the next opening. A limit longer than a hundred years is
/// shortened to a hundred years.
///
/// `None` while a pause is open, unless the limit had already passed when that pause began.
#[must_use]
pub fn due(calendar: &WorkCalendar, start: Instant, limit: Limit, pauses: &[Pause]) -> Option<Marks> {
    let begin = wall_clock(start);
    let horizon = begin.checked_add_days(Days::new(u64::from(HORIZON_DAYS)))?;
    let length = limit.length(calendar);
    let stops = in_order(pauses);
    let mut passed = TimeDelta::zero();
    let [mut soon, mut at, mut late] = [None; 3];
    for (from, to) in running(calendar, limit.unit, (begin, horizon), &stops) {
        let after = passed + (to - from);
        let reached = |part: TimeDelta| (part <= after).then(|| from + (part - passed));
        soon = soon.or_else(|| reached(length / 4 * 3));
        at = at.or_else(|| reached(length));
        late = late.or_else(|| reached(length.checked_mul(2).unwrap_or(TimeDelta::MAX)));
        if late.is_some() {
            break;
        }
        passed = after;
    }
    if at.is_none() && pauses.iter().any(|pause| pause.to.is_none()) {
        return None;
    }
    let at = at.unwrap_or(horizon);
    let is_announced = calendar.announced_until().is_some_and(|last| at.date() <= last);
    Some(Marks {
        soon: from_wall_clock(soon.unwrap_or(horizon)),
        at: from_wall_clock(at),
        late: from_wall_clock(late.unwrap_or(horizon)),
        provisional: limit.unit.is_working_time() && !is_announced,
    })
}

/// The spans of `whole` in which a clock of `unit` runs, in order. `stops` are the pauses, ordered by their beginning.
fn running(
    calendar: &WorkCalendar,
    unit: LimitUnit,
    whole: Span,
    stops: &[Span],
) -> impl Iterator<Item = Span> {
    let counted: Box<dyn Iterator<Item = Span>> = if unit.is_working_time() {
        Box::new(working_time(calendar, whole))
    } else {
        Box::new(std::iter::once(whole).filter(|(from, to)| from < to))
    };
    counted.flat_map(move |span| without(span, stops))
}

/// The pauses in local time, ordered by their beginning. An open pause never ends.
fn in_order(pauses: &[Pause]) -> Vec<Span> {
    let end = |to: Option<Instant>| to.map_or(NaiveDateTime::MAX, wall_clock);
    let mut stops: Vec<Span> = pauses.iter().map(|pause| (wall_clock(pause.from), end(pause.to))).collect();
    stops.sort_unstable();
    stops
}

#[cfg(test)]
mod tests;
