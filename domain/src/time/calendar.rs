//! The working calendar: which days and hours count as working time.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, NaiveTime, Timelike, Weekday};
use serde::{Deserialize, Serialize};

use crate::text::invalid_value::{InvalidValue, invalid};

/// The most days that [`WorkCalendar::workdays_between`] examines.
const MAX_COUNTED_DAYS: usize = 1_000;

/// The years that a calendar may contain. Other years are typing errors.
pub const YEARS: std::ops::RangeInclusive<i32> = 2000..=2100;

/// An exception from the normal week, as announced by the State Council each year.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayKind {
    /// A day off (放假) on any weekday.
    Holiday,
    /// A weekend day on which offices work in exchange for a holiday (调休).
    MakeupWorkday,
}

/// A part of the day in which offices work, in local time of China. It includes `from` and excludes `to`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct WorkPeriod {
    pub from: NaiveTime,
    pub to: NaiveTime,
}

/// Working days and hours. On days without an entry, offices work from Monday to Friday.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkCalendar {
    /// The announced exceptions.
    #[serde(default)]
    pub days: BTreeMap<NaiveDate, DayKind>,
    /// The periods of every working day, in order.
    #[serde(default = "WorkCalendar::default_hours")]
    pub hours: Vec<WorkPeriod>,
}

impl WorkCalendar {
    /// Creates a calendar from exceptions and daily hours.
    ///
    /// # Errors
    /// Those of [`WorkCalendar::check`].
    pub fn new(days: BTreeMap<NaiveDate, DayKind>, hours: Vec<WorkPeriod>) -> Result<Self, InvalidValue> {
        let calendar = Self { days, hours };
        calendar.check()?;
        Ok(calendar)
    }

    /// Checks that deadlines can be computed with this calendar.
    ///
    /// # Errors
    /// [`InvalidValue`] if there are no periods, if a period is empty, overlaps another, is out of order or has seconds, or
    /// if the years of the exceptions are outside [`YEARS`] or have a gap.
    pub fn check(&self) -> Result<(), InvalidValue> {
        if self.hours.is_empty() {
            return Err(invalid!(
                "没有工作时段；请至少写一个，例如 08:00–12:00",
                "there is no working period; give at least one, such as 08:00-12:00"
            ));
        }
        let mut previous = NaiveTime::MIN;
        for &WorkPeriod { from, to } in &self.hours {
            let has_seconds = |time: &NaiveTime| time.second() != 0 || time.nanosecond() != 0;
            if let Some(time) = [from, to].into_iter().find(has_seconds) {
                return Err(invalid!(
                    "工作时间 {time} 不是整分钟；请写小时和分钟",
                    "the working time {time} is not a whole minute; write hours and minutes"
                ));
            }
            if from >= to {
                return Err(invalid!(
                    "工作时段 {from}–{to} 为空；结束须晚于开始，且在同一天",
                    "the working period {from}-{to} is empty; let it end after it begins, on the same day"
                ));
            }
            if from < previous {
                return Err(invalid!(
                    "从 {from} 开始的工作时段早于上一时段的结束 {previous}；请按顺序填写",
                    "the working period from {from} begins before {previous}, the end of the one before; list them in order"
                ));
            }
            previous = to;
        }
        self.days.keys().copied().try_for_each(check_year)?;
        let Some(missing) = self.missing_year() else { return Ok(()) };
        Err(invalid!(
            "日历中有 {before} 年及以后年份的日期，却没有 {missing} 年的；请一并给出 {missing} 年的日期",
            "there are days of {before} and of later years, but none of {missing}; give those of {missing} too",
            before = missing - 1
        ))
    }

    /// The first year without entries that lies between two years with entries.
    fn missing_year(&self) -> Option<i32> {
        let years = || self.days.keys().map(NaiveDate::year);
        years().zip(years().skip(1)).find(|(year, next)| next - year > 1).map(|(year, _)| year + 1)
    }

    /// 08:00–12:00 and 14:00–18:00: 8 hours a day.
    #[must_use]
    pub fn default_hours() -> Vec<WorkPeriod> {
        let hour = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default();
        vec![WorkPeriod { from: hour(8), to: hour(12) }, WorkPeriod { from: hour(14), to: hour(18) }]
    }

    /// Whether offices work on `date`. After [`WorkCalendar::announced_until`] this is a guess.
    #[must_use]
    pub fn is_workday(&self, date: NaiveDate) -> bool {
        match self.days.get(&date) {
            Some(DayKind::Holiday) => false,
            Some(DayKind::MakeupWorkday) => true,
            None => !matches!(date.weekday(), Weekday::Sat | Weekday::Sun),
        }
    }

    /// The number of working days between `first` and `last`, both excluded. Used for notice periods. At most 1,000 calendar
    /// days after `first` are examined.
    #[must_use]
    pub fn workdays_between(&self, first: NaiveDate, last: NaiveDate) -> u32 {
        let days = first.iter_days().skip(1).take_while(|day| *day < last).take(MAX_COUNTED_DAYS);
        u32::try_from(days.filter(|day| self.is_workday(*day)).count()).unwrap_or(u32::MAX)
    }

    /// The last day for which the exceptions are known: 31 December of the last year with an entry before the first missing
    /// year. The State Council announces a whole year at once. `None` if there are no entries.
    #[must_use]
    pub fn announced_until(&self) -> Option<NaiveDate> {
        let (last, _) = self.days.last_key_value()?;
        let year = self.missing_year().map_or(last.year(), |missing| missing - 1);
        NaiveDate::from_ymd_opt(year, 12, 31)
    }

    /// The length of one working day, in minutes.
    #[must_use]
    pub fn minutes_per_day(&self) -> u32 {
        let minutes = |time: NaiveTime| time.num_seconds_from_midnight() / 60;
        self.hours.iter().map(|period| minutes(period.to).saturating_sub(minutes(period.from))).sum()
    }
}

/// Checks that a date lies in [`YEARS`].
///
/// # Errors
/// [`InvalidValue`] if it does not.
pub fn check_year(date: NaiveDate) -> Result<(), InvalidValue> {
    if YEARS.contains(&date.year()) {
        return Ok(());
    }
    let (from, to) = (YEARS.start(), YEARS.end());
    Err(invalid!("{date} 不在 {from}–{to} 年之间", "{date} is not in the years {from} to {to}"))
}

/// No exceptions and default hours. Every working-time deadline is provisional.
impl Default for WorkCalendar {
    fn default() -> Self {
        Self { days: BTreeMap::new(), hours: Self::default_hours() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn period(from: &str, to: &str) -> WorkPeriod {
        WorkPeriod { from: from.parse().unwrap(), to: to.parse().unwrap() }
    }

    fn calendar() -> WorkCalendar {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../api/data/sanmenxia/calendar_cn.csv");
        let days = std::fs::read_to_string(path).unwrap();
        let days = days.lines().skip(1).map(|line| {
            let mut columns = line.split(',');
            let date = columns.next().unwrap().parse().unwrap();
            let kind =
                if columns.next() == Some("holiday") { DayKind::Holiday } else { DayKind::MakeupWorkday };
            (date, kind)
        });
        WorkCalendar::new(days.collect(), WorkCalendar::default_hours()).unwrap()
    }

    #[test]
    fn announced_days_replace_the_normal_week() {
        let calendar = calendar();
        for workday in ["2026-11-23", "2026-10-10", "2026-02-14", "2026-10-08"] {
            assert!(calendar.is_workday(date(workday)), "{workday}");
        }
        for holiday in ["2026-11-22", "2026-10-01", "2026-10-07", "2026-01-01"] {
            assert!(!calendar.is_workday(date(holiday)), "{holiday}");
        }
        // The Python package `chinesecalendar` gives the same counts.
        let workdays = |year| {
            let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
            first
                .iter_days()
                .take_while(|day| day.year() == year)
                .filter(|day| calendar.is_workday(*day))
                .count()
        };
        assert_eq!([2023, 2024, 2025, 2026].map(workdays), [249, 251, 248, 248]);
        assert_eq!(calendar.announced_until(), Some(date("2026-12-31")));
        assert_eq!(WorkCalendar::default().announced_until(), None);
    }

    #[test]
    fn working_periods_must_be_ordered_and_must_not_overlap() {
        let new = |hours| WorkCalendar::new(BTreeMap::new(), hours);
        let refused = |hours| new(hours).unwrap_err().to_string();
        let calendar = new(vec![period("08:30", "12:00"), period("12:00", "17:15")]).unwrap();
        assert_eq!(calendar.minutes_per_day(), 525);
        assert_eq!(WorkCalendar::default().minutes_per_day(), 480);
        assert!(refused(vec![]).starts_with("there is no working period"));
        assert!(
            refused(vec![period("08:00", "08:00")])
                .starts_with("the working period 08:00:00-08:00:00 is empty")
        );
        assert!(refused(vec![period("08:00:30", "09:00")]).starts_with("the working time 08:00:30 is not"));
        for second in [period("11:59", "18:00"), period("06:00", "07:00")] {
            assert!(refused(vec![period("08:00", "12:00"), second]).contains("begins before 12:00:00"));
        }
    }

    #[test]
    fn a_missing_year_ends_the_announced_time() {
        let with = |dates: &[&str]| {
            let days = dates.iter().map(|text| (date(text), DayKind::Holiday)).collect();
            WorkCalendar { days, hours: WorkCalendar::default_hours() }
        };
        let complete = with(&["2026-01-01", "2026-10-01", "2027-01-01", "2028-01-01"]);
        assert_eq!((complete.check(), complete.announced_until()), (Ok(()), Some(date("2028-12-31"))));
        let gap = with(&["2026-01-01", "2026-10-01", "2028-01-01"]);
        assert!(gap.check().unwrap_err().to_string().contains("but none of 2027"));
        assert_eq!(gap.announced_until(), Some(date("2026-12-31")));
        let mistyped = with(&["1926-01-01"]);
        assert!(mistyped.check().unwrap_err().to_string().starts_with("1926-01-01 is not in the years"));
    }

    #[test]
    fn a_stored_calendar_is_read_without_checks() {
        let calendar = calendar();
        let json = serde_json::to_string(&calendar).unwrap();
        assert_eq!(serde_json::from_str::<WorkCalendar>(&json).unwrap(), calendar);
        assert_eq!(serde_json::from_str::<WorkCalendar>(r#"{"days": {}}"#).unwrap(), WorkCalendar::default());
        let closed = serde_json::from_str::<WorkCalendar>(r#"{"days": {}, "hours": []}"#).unwrap();
        assert!(closed.check().is_err());
    }
}
