//! Instants, and China Standard Time, the only time zone of the product.

pub mod auto_escalation;
pub mod calendar;
pub mod clock;
pub mod deadline;
mod span;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, TimeZone, Utc};

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

/// `at` in whole milliseconds, as it is stored. A leap second, written as second 60, becomes the first second of the next minute.
#[must_use]
pub fn truncate(at: Instant) -> Instant {
    DateTime::from_timestamp_millis(at.timestamp_millis()).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_truncated_time_is_the_same_after_it_was_stored() {
        for (given, stored) in [
            ("2026-11-23T09:00:00.123999999+08:00", "2026-11-23T01:00:00.123Z"),
            ("2026-11-23T07:59:60.5+08:00", "2026-11-23T00:00:00.500Z"),
            ("1969-12-31T23:59:59.9999Z", "1969-12-31T23:59:59.999Z"),
        ] {
            let whole = truncate(given.parse().unwrap());
            assert_eq!(whole, stored.parse::<Instant>().unwrap(), "{given}");
            assert_eq!(DateTime::from_timestamp_millis(whole.timestamp_millis()), Some(whole), "{given}");
        }
    }
}
