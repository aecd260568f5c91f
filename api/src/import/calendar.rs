//! Calendar: the holidays and make-up workdays that the State Council announces for each year.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike as _, NaiveDate};
use grassroots_domain::{
    rules::{Rules, routing::Localized, rule_book::RuleBook},
    time::{
        Instant,
        calendar::{CalendarError, DayKind, WorkCalendar, YEARS},
    },
};
use grassroots_persistence::{database::db::Db, reference::rules};

use crate::{
    app::error::AppError,
    import::{
        ImportCounts, LineError, Spot, Summary, next_rules,
        table::{self, Columns, Row},
    },
    localization::{explain::explained, localized},
};

const COLUMNS: Columns = Columns { required: &["date", "kind"], optional: &["name"] };

/// Days from a file that differ from Monday to Friday.
#[derive(Clone, Debug)]
pub struct Calendar(pub BTreeMap<NaiveDate, DayKind>);

/// Reads `date,kind,name`: dates as 2026-10-01, kinds `holiday` and `makeup_workday`.
///
/// # Errors
/// Every line that is wrong.
pub fn parse(bytes: &[u8]) -> Result<Calendar, Vec<LineError>> {
    let (rows, mut faults) = table::read(bytes, &COLUMNS)?;
    let mut days = BTreeMap::new();
    for row in &rows {
        match day(row) {
            Ok((date, kind)) => {
                if days.insert(date, kind).is_some() {
                    let problem = localized!("{date} 已经出现过", "{date} is in a line before already");
                    faults.add(Spot::Line(row.line), problem);
                }
            }
            Err(problem) => faults.add(Spot::Line(row.line), problem),
        }
    }
    faults.unless_any(Calendar(days))
}

fn day(row: &Row) -> Result<(NaiveDate, DayKind), Localized> {
    let text = row.get("date");
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| {
        localized!("“{text}” 不是日期；例如 2026-10-01", "{text:?} is no date; write 2026-10-01")
    })?;
    if !YEARS.contains(&date.year()) {
        return Err(explained(CalendarError::Year(date)));
    }
    match row.get("kind") {
        "holiday" => Ok((date, DayKind::Holiday)),
        "makeup_workday" => Ok((date, DayKind::MakeupWorkday)),
        other => Err(localized!(
            "kind “{other}” 未知；应为 holiday（放假）或 makeup_workday（调休上班）",
            "kind {other:?} is unknown; write holiday or makeup_workday"
        )),
    }
}

/// Makes a new version of the rules in which the years of `calendar` have these days and no others, and everything else
/// is as it was, unless that is what is in force. A year is announced at once, so other years keep their days.
///
/// # Errors
/// [`AppError::Rules`] when a year is left out between those it has then.
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
        counts.note(replaced.get(date), kind);
    }
    days.extend(&calendar.0);
    let calendar = WorkCalendar { days, hours: before.hours };
    let version = match newest {
        Some(rules) if !counts.any() => rules.version(),
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
    fn every_bad_line_is_listed() {
        let text = "date,kind,name\n2026-10-01,holiday,国庆节\n2026-10-01,holiday,国庆节\n2026-02-30,holiday,\n\
                    2126-01-01,holiday,\n2026-10-10,workday,\n2026/10/10,makeup_workday,\n";
        let errors = parse(text.as_bytes()).unwrap_err();
        let english: Vec<String> =
            errors.iter().map(|error| error.to_string().lines().last().unwrap().trim().to_owned()).collect();
        assert_eq!(
            english,
            [
                "line 3: 2026-10-01 is in a line before already",
                "line 4: \"2026-02-30\" is no date; write 2026-10-01",
                "line 5: 2126-01-01 is not in the years 2000 to 2100",
                "line 6: kind \"workday\" is unknown; write holiday or makeup_workday",
                "line 7: \"2026/10/10\" is no date; write 2026-10-01",
            ]
        );
    }
}
