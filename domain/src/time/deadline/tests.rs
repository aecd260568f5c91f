//! Tests of time limits and deadlines.

use std::collections::BTreeMap;

use chrono::{NaiveDate, Timelike};
use proptest::prelude::*;

use super::*;
use crate::time::calendar::DayKind;

const TEN_DAYS_IN_MINUTES: i64 = 10 * 1_440;

/// The announced calendar of the last quarter of 2026: National Day holidays from 1 to 7 October, and Saturday 10 October
/// as a make-up workday.
fn calendar() -> WorkCalendar {
    let october = |day| NaiveDate::from_ymd_opt(2026, 10, day).unwrap();
    let mut days: BTreeMap<_, _> = (1..=7).map(|day| (october(day), DayKind::Holiday)).collect();
    days.insert(october(10), DayKind::MakeupWorkday);
    WorkCalendar::new(days, WorkCalendar::default_hours()).unwrap()
}

/// A moment, given in local time of China.
fn at(text: &str) -> Instant {
    from_wall_clock(NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap())
}

fn limit(text: &str) -> Limit {
    let (amount, unit) = text.split_once(' ').unwrap();
    Limit { amount: amount.parse().unwrap(), unit: LimitUnit::parse_short(unit).unwrap() }
}

fn pause(from: &str, to: &str) -> Pause {
    Pause { from: at(from), to: Some(at(to)) }
}

fn due_at(start: &str, text: &str, pauses: &[Pause]) -> String {
    let due = due(&calendar(), at(start), limit(text), pauses).unwrap();
    wall_clock(due.at).format("%Y-%m-%d %H:%M").to_string()
}

#[test]
fn limits_have_chinese_and_english_names() {
    for (short, en, zh) in [
        ("2 ch", "2 continuous hours", "2 个紧急工作时"),
        ("1 wh", "1 working hour", "1 个工作时"),
        ("5 wd", "5 working days", "5 个工作日"),
        ("60 cd", "60 calendar days", "60 个自然日"),
        ("15 cm", "15 continuous minutes", "15 分钟"),
    ] {
        assert_eq!((limit(short).to_string(), limit(short).zh()), (en.to_owned(), zh.to_owned()));
    }
    assert_eq!(serde_json::to_string(&limit("8 wh")).unwrap(), r#"{"amount":8,"unit":"working_hours"}"#);
    assert_eq!(LimitUnit::parse_short("h"), None);
}

#[test]
fn a_limit_is_more_than_zero_and_at_most_ten_years() {
    assert!(limit("0 wh").check().unwrap_err().to_string().starts_with("zero is no time"));
    for unit in LimitUnit::ALL {
        let most = Limit { amount: unit.most(), unit };
        assert_eq!(most.check(), Ok(()));
        let given = Limit { amount: most.amount + 1, unit };
        assert!(given.check().unwrap_err().to_string().ends_with(&format!("give at most {most}")));
        let begin = at("2026-11-23 08:00");
        let due = due(&calendar(), begin, most, &[]).unwrap();
        assert!((due.at - begin).num_days() <= 366 * i64::from(MAX_YEARS), "{most}: {}", due.at);
    }
    let text = limit("3651 cd").check().unwrap_err().to_string();
    assert_eq!(text, "3651 calendar days are more than 10 years; give at most 3650 calendar days");
}

#[test]
fn only_working_time_counts_for_working_limits() {
    for (start, limit, expected) in [
        ("2026-11-23 08:00", "1 wh", "2026-11-23 09:00"),
        // A limit that ends at closing time is due then, not at the next opening.
        ("2026-11-23 08:00", "4 wh", "2026-11-23 12:00"),
        ("2026-11-23 08:00", "8 wh", "2026-11-23 18:00"),
        ("2026-11-23 08:00", "1 wd", "2026-11-23 18:00"),
        ("2026-11-23 14:00", "4 wh", "2026-11-23 18:00"),
        // Limits across lunch, a night and a weekend.
        ("2026-11-23 11:30", "1 wh", "2026-11-23 14:30"),
        ("2026-11-23 17:30", "1 wh", "2026-11-24 08:30"),
        ("2026-11-27 17:30", "1 wh", "2026-11-30 08:30"),
        ("2026-11-23 09:15", "1 wd", "2026-11-24 09:15"),
        // A start outside working time counts from the next opening.
        ("2026-11-23 06:00", "1 wh", "2026-11-23 09:00"),
        ("2026-11-23 12:00", "1 wh", "2026-11-23 15:00"),
        ("2026-11-23 18:00", "1 wh", "2026-11-24 09:00"),
        ("2026-11-28 10:00", "1 wd", "2026-11-30 18:00"),
        // Limits across National Day and the make-up workday after it.
        ("2026-09-30 17:00", "2 wh", "2026-10-08 09:00"),
        ("2026-10-09 17:00", "2 wh", "2026-10-10 09:00"),
        ("2026-10-10 17:00", "2 wh", "2026-10-12 09:00"),
    ] {
        assert_eq!(due_at(start, limit, &[]), expected, "{limit} from {start}");
    }
}

#[test]
fn continuous_limits_count_nights_and_holidays() {
    assert_eq!(due_at("2026-11-27 23:50", "15 cm", &[]), "2026-11-28 00:05");
    assert_eq!(due_at("2026-10-01 23:00", "2 ch", &[]), "2026-10-02 01:00");
    assert_eq!(due_at("2026-09-30 17:45", "7 cd", &[]), "2026-10-07 17:45");
}

#[test]
fn a_pause_stops_the_clock() {
    let night = pause("2026-11-23 18:00", "2026-11-24 08:00");
    assert_eq!(due_at("2026-11-23 17:00", "2 wh", &[night]), "2026-11-24 09:00", "the night never counts");
    assert_eq!(due_at("2026-11-23 17:00", "2 ch", &[night]), "2026-11-24 09:00");
    let (one, two) =
        (pause("2026-11-23 09:00", "2026-11-23 11:00"), pause("2026-11-23 10:00", "2026-11-23 15:00"));
    assert_eq!(due_at("2026-11-23 08:00", "2 wh", &[two, one]), "2026-11-23 16:00", "they overlap");
    assert_eq!(due_at("2026-11-23 08:00", "1 wh", &[one]), "2026-11-23 09:00", "due when the pause begins");
    assert_eq!(due_at("2026-11-23 09:30", "1 cd", &[one]), "2026-11-24 11:00");
    let backwards = Pause { from: one.to.unwrap(), to: Some(one.from) };
    assert_eq!(due_at("2026-11-23 08:00", "2 wh", &[backwards]), "2026-11-23 10:00", "the pause is empty");
}

#[test]
fn there_is_no_deadline_during_an_open_pause_unless_the_limit_had_passed() {
    let open = [Pause { from: at("2026-11-23 10:00"), to: None }];
    for unit in LimitUnit::ALL {
        assert_eq!(due(&calendar(), at("2026-11-23 08:00"), Limit { amount: 500, unit }, &open), None);
    }
    assert_eq!(due_at("2026-11-23 08:00", "1 wh", &open), "2026-11-23 09:00");
    assert_eq!(due_at("2026-11-23 08:00", "2 wh", &open), "2026-11-23 10:00");
}

#[test]
fn deadlines_after_the_announced_calendar_are_provisional() {
    let provisional = |start, text| due(&calendar(), at(start), limit(text), &[]).unwrap().provisional;
    assert!(!provisional("2026-12-31 08:00", "1 wd"));
    assert!(provisional("2026-12-31 08:01", "1 wd"));
    assert!(provisional("2026-12-31 17:00", "2 wh"));
    assert!(!provisional("2026-12-31 23:00", "2 ch"), "continuous time needs no calendar");
    assert!(!provisional("2026-12-31 23:00", "30 cd"));
    assert!(due(&WorkCalendar::default(), at("2026-11-23 08:00"), limit("1 wh"), &[]).unwrap().provisional);
}

#[test]
fn huge_limits_end_after_a_hundred_years() {
    for unit in LimitUnit::ALL {
        let due = due(&calendar(), at("2026-11-23 08:00"), Limit { amount: u32::MAX, unit }, &[]).unwrap();
        assert_eq!(due.at, at("2126-11-24 08:00"), "{unit:?}");
    }
    let nothing = Limit { amount: 0, unit: LimitUnit::ContinuousHours };
    assert_eq!(due(&calendar(), at("2026-11-23 08:00"), nothing, &[]).unwrap().at, at("2026-11-23 08:00"));
}

/// A simple reference implementation that counts minute by minute.
fn due_by_counting(start: Instant, limit: Limit, pauses: &[Pause]) -> Instant {
    let calendar = calendar();
    let mut now = start;
    let mut left = limit.length(&calendar).num_minutes();
    while left > 0 {
        let wall = wall_clock(now);
        let is_working_time = calendar.is_workday(wall.date()) && matches!(wall.hour(), 8..12 | 14..18);
        let paused = pauses.iter().any(|pause| pause.from <= now && pause.to.is_none_or(|to| now < to));
        if !paused && (is_working_time || !limit.unit.is_working_time()) {
            left -= 1;
        }
        now += TimeDelta::minutes(1);
    }
    now
}

fn minutes() -> impl Strategy<Value = i64> {
    0..TEN_DAYS_IN_MINUTES
}

fn any_limit() -> impl Strategy<Value = Limit> {
    (1..40_u32, prop::sample::select(LimitUnit::ALL.to_vec()))
        .prop_map(|(amount, unit)| Limit { amount, unit })
}

fn after(minutes: i64) -> Instant {
    at("2026-09-29 00:00") + TimeDelta::minutes(minutes)
}

fn any_pauses() -> impl Strategy<Value = Vec<Pause>> {
    let pause = (minutes(), 0..3_000_i64)
        .prop_map(|(from, length)| Pause { from: after(from), to: Some(after(from + length)) });
    prop::collection::vec(pause, 0..4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn the_deadline_equals_the_result_of_counting(start in minutes(), limit in any_limit(), pauses in any_pauses()) {
        let due = due(&calendar(), after(start), limit, &pauses).unwrap();
        prop_assert_eq!(due.at, due_by_counting(after(start), limit, &pauses));
    }

    #[test]
    fn a_later_start_or_a_longer_limit_never_gives_an_earlier_deadline(
        start in minutes(), later in 0..5_000_i64, limit in any_limit(), more in 0..20_u32, pauses in any_pauses(),
    ) {
        let first = due(&calendar(), after(start), limit, &pauses).unwrap().at;
        let longer = Limit { amount: limit.amount + more, ..limit };
        prop_assert!(due(&calendar(), after(start + later), limit, &pauses).unwrap().at >= first);
        prop_assert!(due(&calendar(), after(start), longer, &pauses).unwrap().at >= first);
    }

    #[test]
    fn a_pause_never_makes_the_deadline_earlier(
        start in minutes(), limit in any_limit(), pauses in any_pauses(), from in minutes(), length in 0..3_000_i64,
    ) {
        let before = due(&calendar(), after(start), limit, &pauses).unwrap().at;
        let mut more = pauses;
        more.push(Pause { from: after(from), to: Some(after(from + length)) });
        let paused = due(&calendar(), after(start), limit, &more).unwrap().at;
        prop_assert!(paused >= before);
        if after(from) >= before {
            prop_assert_eq!(paused, before);
        }
    }

    #[test]
    fn exactly_the_limit_has_passed_at_the_deadline(start in minutes(), limit in any_limit(), pauses in any_pauses()) {
        let calendar = calendar();
        let due = due(&calendar, after(start), limit, &pauses).unwrap().at;
        let passed = |to| -> TimeDelta {
            let whole = (wall_clock(after(start)), wall_clock(to));
            running(&calendar, limit.unit, whole, &in_order(&pauses)).map(|(from, to)| to - from).sum()
        };
        prop_assert_eq!(passed(due), limit.length(&calendar));
        prop_assert!(passed(due - TimeDelta::microseconds(1)) < limit.length(&calendar));
        prop_assert_eq!(passed(after(start - 10)), TimeDelta::zero());
    }
}
