//! Compares deadlines with those that `oracle.py` calculates in Python with chinesecalendar from PyPI.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use chrono::{Datelike, NaiveDate, NaiveDateTime, TimeDelta};
use grassroots_domain::time::{
    deadline::{Limit, LimitUnit, due},
    from_wall_clock, wall_clock,
};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};

use crate::support::city;

const PAIRS: usize = 10_000;
const FORMAT: &str = "%Y-%m-%dT%H:%M";

/// A start in 2023 to 2026, and a limit that ends before the last announced day.
fn pairs() -> impl Strategy<Value = (NaiveDateTime, Limit)> {
    let begin = NaiveDate::from_ymd_opt(2023, 1, 1).unwrap().and_hms_opt(0, 0, 0).unwrap();
    let minutes = i64::from(365 * 4 - 120) * 24 * 60;
    (0..minutes, 1..300_u32, prop::sample::select(LimitUnit::ALL.to_vec())).prop_map(
        move |(minute, amount, unit)| {
            let amount = match unit {
                LimitUnit::WorkingHours | LimitUnit::ContinuousHours | LimitUnit::ContinuousMinutes => amount,
                LimitUnit::WorkingDays | LimitUnit::CalendarDays => amount % 60 + 1,
            };
            (begin + TimeDelta::minutes(minute), Limit { amount, unit })
        },
    )
}

fn ask(questions: &str) -> Vec<String> {
    let python =
        std::env::var("GRASSROOTS_TEST_ORACLE").expect("run ./test, or scripts/with-oracle cargo test");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/rules/oracle.py");
    let mut oracle = Command::new(python)
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the oracle starts");
    let mut questions_in = oracle.stdin.take().unwrap();
    let questions = questions.to_owned();
    let writing = std::thread::spawn(move || questions_in.write_all(questions.as_bytes()));
    let answers = oracle.wait_with_output().unwrap();
    writing.join().unwrap().unwrap();
    assert!(answers.status.success(), "the oracle fails");
    String::from_utf8(answers.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn ten_thousand_deadlines_equal_those_of_an_independent_calendar() {
    let mut runner = TestRunner::deterministic();
    let pairs: Vec<(NaiveDateTime, Limit)> =
        (0..PAIRS).map(|_| pairs().new_tree(&mut runner).unwrap().current()).collect();
    let questions: Vec<String> = pairs
        .iter()
        .map(|(start, limit)| format!("{} {} {}", start.format(FORMAT), limit.amount, limit.unit.short()))
        .collect();
    let calendar = &city().rules.book().calendar;
    let ours: Vec<String> = pairs
        .iter()
        .map(|(start, limit)| {
            let due = due(calendar, from_wall_clock(*start), *limit, &[]).unwrap();
            assert!(!due.provisional, "{start} {limit}");
            wall_clock(due.at).format(FORMAT).to_string()
        })
        .collect();
    let theirs = ask(&(questions.join("\n") + "\n"));
    assert_eq!(theirs.len(), PAIRS);
    for ((question, ours), theirs) in questions.iter().zip(&ours).zip(&theirs) {
        assert_eq!(ours, theirs, "{question}");
    }

    // Enough of the deadlines must depend on holidays and make-up workdays.
    let crossing = |from: NaiveDate, to: NaiveDate| {
        pairs
            .iter()
            .zip(&ours)
            .filter(|((start, limit), due)| {
                let due = NaiveDateTime::parse_from_str(due, FORMAT).unwrap();
                limit.unit.is_working_time() && start.date() < from && due.date() > to
            })
            .count()
    };
    let day = |month, day| NaiveDate::from_ymd_opt(2026, month, day).unwrap();
    assert!(crossing(day(2, 15), day(2, 23)) > 50, "over Spring Festival");
    let made_up = pairs.iter().zip(&ours).filter(|(_, due)| {
        let due = NaiveDateTime::parse_from_str(due, FORMAT).unwrap().date();
        due.weekday() == chrono::Weekday::Sat && calendar.is_workday(due)
    });
    assert!(made_up.count() > 10, "due on a Saturday that is worked");
}
