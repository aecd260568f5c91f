//! Instants, and China Standard Time, the only time zone of the product.

pub mod auto_escalation;
pub mod calendar;
pub mod clock;
pub mod deadline;
mod span;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, TimeZone, Timelike, Utc};

/// A moment in UTC, to the millisecond.
pub type Instant = DateTime<Utc>;

/// Offset of China Standard Time (+08:00) in seconds. China has no daylight saving time.
const CHINA_OFFSET_S: i32 = 8 * 3600;

/// China Standard Time. All dates, working hours and reporting periods use it.
#[must_use]
pub fn china() -> FixedOffset {
    FixedOffset::east_opt(CHINA_OFFSET_S).unwrap_or(chrono::offset::Offset::fix(&Utc))
}

/// The local date and time in China at `at`.
#[must_use]
pub fn wall_clock(at: Instant) -> NaiveDateTime {
    at.with_timezone(&china()).naive_local()
}

/// The date in China at `at`.
#[must_use]
pub fn china_date(at: Instant) -> NaiveDate {
    wall_clock(at).date()
}

/// The moment at which the local time in China is `local`.
#[must_use]
pub fn from_wall_clock(local: NaiveDateTime) -> Instant {
    // With a fixed offset, every local time is exactly one moment.
    china().from_local_datetime(&local).single().map_or_else(|| local.and_utc(), |at| at.with_timezone(&Utc))
}

/// The first moment of `date` in China.
#[must_use]
pub fn start_of_day(date: NaiveDate) -> Instant {
    from_wall_clock(date.and_time(chrono::NaiveTime::MIN))
}

/// Whether both databases can store `at`: they accept the years 1 to 9999, `chrono` accepts more.
#[must_use]
pub fn is_storable(at: Instant) -> bool {
    (1..=9_999).contains(&at.year())
}

/// Whether both databases can store the start of `day` in China, as a local date and in UTC.
#[must_use]
pub fn is_storable_date(day: NaiveDate) -> bool {
    is_storable(start_of_day(day)) && (1..=9_999).contains(&day.year())
}

/// `at` in whole milliseconds, so that a value is the same before and after it is stored.
#[must_use]
pub fn truncate(at: Instant) -> Instant {
    at.with_nanosecond(at.nanosecond() / 1_000_000 * 1_000_000).unwrap_or(at)
}
