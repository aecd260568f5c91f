//! Imports the work calendar: the holidays and make-up workdays that the State Council announces for each year.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike as _, NaiveDate};
use grassroots_domain::{
    rules::{Rules, rule_book::RuleBook},
    text::localized::{Localized, localized},
    time::{
        Instant,
        calendar::{DayKind, WorkCalendar, check_year},
    },
};
use grassroots_persistence::{database::db::Db, reference::rules};

use crate::{
    app::error::AppError,
    import::{
        ErrorLocation, ImportCounts, LineError, Summary, next_rules,
        table::{self, Columns, Row},
    },
};

const COLUMNS: Columns = Columns { required: &["date", "kind"], optional: &["name"] };

/// The days from a file that differ from an ordinary week.
#[derive(Clone, Debug)]
pub struct Calendar(pub BTreeMap<NaiveDate, DayKind>);

/// Reads `date,kind,name`: dates as 2026-10-01, kinds `holiday` and `makeup_workday`.
///
/// # Errors
/// Every wrong line.
pub fn parse(bytes: &[u8]) -> Result<Calendar, Vec<LineError>> {
    let (rows, mut errors) = table::read(bytes, &COLUMNS)?;
    let mut days = BTreeMap::new();
    for row in &rows {
        match day(row) {
            Ok((date, kind)) => {
                if days.insert(date, kind).is_some() {
                    let problem = localized!("{date} 已经出现过", "an earlier line already has {date}");
                    errors.add(ErrorLocation::Line(row.line), problem);
                }
            }
            Err(problem) => errors.add(ErrorLocation::Line(row.line), problem),
        }
    }
    errors.into_result(Calendar(days))
}

fn day(row: &Row) -> Result<(NaiveDate, DayKind), Localized> {
    let text = row.get("date");
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| {
        localized!(
            "“{text}” 不是日期；例如 2026-10-01",
            "{text:?} is not a date; write for example 2026-10-01"
        )
    })?;
    check_year(date)?;
    match row.get("kind") {
        "holiday" => Ok((date, DayKind::Holiday)),
        "makeup_workday" => Ok((date, DayKind::MakeupWorkday)),
        other => Err(localized!(
            "kind “{other}” 未知；应为 holiday（放假）或 makeup_workday（调休上班）",
            "kind {other:?} is unknown; write holiday or makeup_workday"
        )),
    }
}

/// Saves a new version of the rules in which the years of `calendar` have exactly these days. Other years keep their
/// days, because each year is announced as a whole. Saves nothing if the rules in force already have these days.
///
/// # Errors
/// [`AppError::Rules`] if the calendar would then have a gap of one or more years.
pub fn apply(db: &mut Db, calendar: &Calendar, now: Instant) -> Result<Summary, AppError> {
    let newest = rules::newest(db)?;
    let book = newest.as_ref().map(Rules::book).cloned().unwrap_or_default();
    let before = book.calendar.clone();
    let years: BTreeSet<i32> = calendar.0.keys().map(NaiveDate::year).collect();
    let (replaced, mut days): (BTreeMap<_, _>, BTreeMap<_, _>) =
        before.days.into_iter().partition(|(date, _)| years.contains(&date.year()));
    let mut counts = ImportCounts {
        dropped: replaced.keys().filter(|date| !calendar.0.contains_key(date)).count(),
        ..ImportCounts::default()
    };
    for (date, kind) in &calendar.0 {
        counts.record(replaced.get(date), kind);
    }
    days.extend(&calendar.0);
    let calendar = WorkCalendar { days, hours: before.hours };
    let version = match newest {
        Some(rules) if !counts.has_changes() => rules.version(),
        newest => next_rules(db, newest.as_ref(), RuleBook { calendar, ..book }, "calendar", now)?,
    };
    Ok(Summary {
        counts: vec![(localized!("日历天数", "calendar days"), counts)],
        rules_version: Some(version),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_line_is_listed() {
        let text = "date,kind,name\n2026-10-01,holiday,国庆节\n2026-10-01,holiday,国庆节\n2026-02-30,holiday,\n\
                    2126-01-01,holiday,\n2026-10-10,workday,\n2026/10/10,makeup_workday,\n";
        let errors = parse(text.as_bytes()).unwrap_err();
        let english: Vec<String> =
            errors.iter().map(|error| error.to_string().lines().last().unwrap().trim().to_owned()).collect();
        assert_eq!(
            english,
            [
                "line 3: an earlier line already has 2026-10-01",
                "line 4: \"2026-02-30\" is not a date; write for example 2026-10-01",
                "line 5: 2126-01-01 is not in the years 2000 to 2100",
                "line 6: kind \"workday\" is unknown; write holiday or makeup_workday",
                "line 7: \"2026/10/10\" is not a date; write for example 2026-10-01",
            ]
        );
    }
}
