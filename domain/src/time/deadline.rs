//! When something is due: a function of the start, the limit, the pauses and the calendar, and of nothing else.

use std::fmt;

use chrono::{Days, NaiveDateTime, TimeDelta};
use serde::{Deserialize, Serialize};

use crate::time::{Instant, calendar::WorkCalendar, from_wall_clock, wall_clock};

/// Nothing is due later than this after its start, in days: a hundred years. It bounds the search for absurd limits.
const HORIZON_DAYS: u32 = 36_525;

/// No rule gives more time than this, in years: what is due later is promised to nobody.
pub const MAX_YEARS: u32 = 10;

const MINUTES_PER_HOUR: u64 = 60;
const MINUTES_PER_CALENDAR_DAY: u64 = 24 * MINUTES_PER_HOUR;

/// What a limit counts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitUnit {
    /// Hours in which offices work (工作时).
    WorkingHours,
    /// As many hours as one working day has (工作日), wherever in the day they begin.
    WorkingDays,
    /// Hours by day and night (紧急工作时).
    ContinuousHours,
    /// Minutes by day and night.
    ContinuousMinutes,
    /// Days of the calendar (自然日); the clock time stays.
    CalendarDays,
}

impl LimitUnit {
    /// Every unit.
    pub const ALL: [Self; 5] = [
        Self::WorkingHours,
        Self::WorkingDays,
        Self::ContinuousHours,
        Self::ContinuousMinutes,
        Self::CalendarDays,
    ];

    /// The short form of the category table: `wh`, `wd`, `ch`, `cm`, `cd`.
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

    /// Reads the short form.
    #[must_use]
    pub fn parse_short(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.short() == text)
    }

    /// Whether nights, weekends and holidays stand still.
    #[must_use]
    pub const fn is_working_time(self) -> bool {
        match self {
            Self::WorkingHours | Self::WorkingDays => true,
            Self::ContinuousHours | Self::ContinuousMinutes | Self::CalendarDays => false,
        }
    }

    /// Units in [`MAX_YEARS`] years: of working time as many as 250 days of 8 hours a year have.
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

/// How long something may take.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Limit {
    /// How many units.
    pub amount: u32,
    /// Of what.
    pub unit: LimitUnit,
}

/// Why a limit is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum LimitError {
    /// Nobody can do anything within it.
    #[error("zero is no time; give at least one unit")]
    Zero,
    /// It ends when nobody asks any more.
    #[error("{given} are more than {MAX_YEARS} years; give at most {most}")]
    TooLong {
        /// The limit.
        given: Limit,
        /// The longest one that counts the same.
        most: Limit,
    },
}

impl Limit {
    /// Whether something can be done within it, and it is not absurd.
    ///
    /// # Errors
    /// When it is zero or longer than [`MAX_YEARS`].
    pub const fn check(self) -> Result<(), LimitError> {
        if self.amount == 0 {
            return Err(LimitError::Zero);
        }
        let most = Self { amount: self.unit.most(), unit: self.unit };
        if self.amount > most.amount { Err(LimitError::TooLong { given: self, most }) } else { Ok(()) }
    }

    /// The limit in words for users: `8 个工作时`.
    #[must_use]
    pub fn zh(self) -> String {
        let unit = match self.unit {
            LimitUnit::WorkingHours => "个工作时",
            LimitUnit::WorkingDays => "个工作日",
            LimitUnit::ContinuousHours => "个紧急工作时",
            LimitUnit::ContinuousMinutes => "分钟",
            LimitUnit::CalendarDays => "个自然日",
        };
        format!("{} {unit}", self.amount)
    }

    /// The time on a clock that runs only while the unit counts.
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

/// A time in which the clock stands still, from `from` up to but not including `to`. Pauses may overlap.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Pause {
    /// When the clock stopped.
    pub from: Instant,
    /// When it went on; none while it stands.
    pub to: Option<Instant>,
}

/// The moments a clock passes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Marks {
    /// Three quarters of the limit have run.
    pub soon: Instant,
    /// The limit has run. At this moment it is still in time.
    pub at: Instant,
    /// Twice the limit has run.
    pub late: Instant,
    /// Whether days after the last announced calendar year were counted up to `at`, so that a new announcement may
    /// move it.
    pub provisional: bool,
}

/// The moments by which `limit` has run since `start`, pauses left out.
///
/// Working time is that of `calendar` in China. A start outside working time counts from the next opening; a limit that
/// ends at closing time is due then, not at the next opening. A limit longer than a hundred years is cut to that.
///
/// None while a pause is open, unless the limit had run out before that pause began: that deadline stays.
#[must_use]
pub fn due(calendar: &WorkCalendar, start: Instant, limit: Limit, pauses: &[Pause]) -> Option<Marks> {
    let begin = wall_clock(start);
    let horizon = begin.checked_add_days(Days::new(u64::from(HORIZON_DAYS)))?;
    let length = limit.length(calendar);
    let mut passed = TimeDelta::zero();
    let [mut soon, mut at, mut late] = [None; 3];
    for (from, to) in running(calendar, limit.unit, (begin, horizon), pauses) {
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
    let known = calendar.announced_until().is_some_and(|last| at.date() <= last);
    Some(Marks {
        soon: from_wall_clock(soon.unwrap_or(horizon)),
        at: from_wall_clock(at),
        late: from_wall_clock(late.unwrap_or(horizon)),
        provisional: limit.unit.is_working_time() && !known,
    })
}

/// From, and up to but not including, on the wall clock of China.
type Span = (NaiveDateTime, NaiveDateTime);

/// The stretches of `whole` in which a clock of `unit` runs, in order.
fn running(
    calendar: &WorkCalendar,
    unit: LimitUnit,
    whole: Span,
    pauses: &[Pause],
) -> impl Iterator<Item = Span> {
    let stops = in_order(pauses);
    counted(calendar, unit, whole).flat_map(move |span| without(span, &stops))
}

/// The stretches of `whole` that `unit` counts.
fn counted(
    calendar: &WorkCalendar,
    unit: LimitUnit,
    (from, to): Span,
) -> Box<dyn Iterator<Item = Span> + '_> {
    if !unit.is_working_time() {
        return Box::new(std::iter::once((from, to)).filter(|(from, to)| from < to));
    }
    let days = from.date().iter_days().take_while(move |day| *day <= to.date());
    let periods = days.filter(|day| calendar.is_workday(*day)).flat_map(|day| {
        calendar.hours.iter().map(move |period| (day.and_time(period.from), day.and_time(period.to)))
    });
    Box::new(periods.map(move |(open, close)| (open.max(from), close.min(to))).filter(|(from, to)| from < to))
}

/// The pauses on the wall clock by their beginning; an open one lasts for ever.
fn in_order(pauses: &[Pause]) -> Vec<Span> {
    let end = |to: Option<Instant>| to.map_or(NaiveDateTime::MAX, wall_clock);
    let mut stops: Vec<Span> = pauses.iter().map(|pause| (wall_clock(pause.from), end(pause.to))).collect();
    stops.sort_unstable();
    stops
}

/// What is left of a span outside the stops, which are in order of their beginning.
fn without((mut from, to): Span, stops: &[Span]) -> Vec<Span> {
    let mut left = Vec::new();
    for &(stop, go_on) in stops.iter().filter(|(stop, go_on)| stop < go_on) {
        if stop > from {
            left.push((from, stop.min(to)));
        }
        from = from.max(go_on);
        if from >= to {
            return left;
        }
    }
    left.push((from, to));
    left
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use chrono::{NaiveDate, Timelike};
    use proptest::prelude::*;

    use super::*;
    use crate::time::calendar::DayKind;

    const WEEK_AND_A_HALF: i64 = 10 * 1_440;

    /// The last quarter of 2026 as announced: National Day 1–7 October, Saturday 10 October worked.
    fn calendar() -> WorkCalendar {
        let october = |day| NaiveDate::from_ymd_opt(2026, 10, day).unwrap();
        let mut days: BTreeMap<_, _> = (1..=7).map(|day| (october(day), DayKind::Holiday)).collect();
        days.insert(october(10), DayKind::MakeupWorkday);
        WorkCalendar::new(days, WorkCalendar::default_hours()).unwrap()
    }

    /// A moment on the wall clock of China.
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
    fn limits_in_words() {
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
    fn a_rule_gives_some_time_and_no_more_than_ten_years() {
        assert_eq!(limit("0 wh").check(), Err(LimitError::Zero));
        for unit in LimitUnit::ALL {
            let most = Limit { amount: unit.most(), unit };
            assert_eq!(most.check(), Ok(()));
            let given = Limit { amount: most.amount + 1, unit };
            assert_eq!(given.check(), Err(LimitError::TooLong { given, most }));
            let begin = at("2026-11-23 08:00");
            let due = due(&calendar(), begin, most, &[]).unwrap();
            assert!((due.at - begin).num_days() <= 366 * i64::from(MAX_YEARS), "{most}: {}", due.at);
        }
        let text = limit("3651 cd").check().unwrap_err().to_string();
        assert_eq!(text, "3651 calendar days are more than 10 years; give at most 3650 calendar days");
    }

    #[test]
    fn working_time_runs_only_while_offices_work() {
        for (start, limit, expected) in [
            ("2026-11-23 08:00", "1 wh", "2026-11-23 09:00"),
            // It ends at closing time, and not at the next opening.
            ("2026-11-23 08:00", "4 wh", "2026-11-23 12:00"),
            ("2026-11-23 08:00", "8 wh", "2026-11-23 18:00"),
            ("2026-11-23 08:00", "1 wd", "2026-11-23 18:00"),
            ("2026-11-23 14:00", "4 wh", "2026-11-23 18:00"),
            // Over lunch, over night, over a weekend.
            ("2026-11-23 11:30", "1 wh", "2026-11-23 14:30"),
            ("2026-11-23 17:30", "1 wh", "2026-11-24 08:30"),
            ("2026-11-27 17:30", "1 wh", "2026-11-30 08:30"),
            ("2026-11-23 09:15", "1 wd", "2026-11-24 09:15"),
            // A start outside working time counts from the next opening.
            ("2026-11-23 06:00", "1 wh", "2026-11-23 09:00"),
            ("2026-11-23 12:00", "1 wh", "2026-11-23 15:00"),
            ("2026-11-23 18:00", "1 wh", "2026-11-24 09:00"),
            ("2026-11-28 10:00", "1 wd", "2026-11-30 18:00"),
            // Over National Day; the Saturday after it is worked.
            ("2026-09-30 17:00", "2 wh", "2026-10-08 09:00"),
            ("2026-10-09 17:00", "2 wh", "2026-10-10 09:00"),
            ("2026-10-10 17:00", "2 wh", "2026-10-12 09:00"),
        ] {
            assert_eq!(due_at(start, limit, &[]), expected, "{limit} from {start}");
        }
    }

    #[test]
    fn continuous_time_runs_by_night() {
        assert_eq!(due_at("2026-11-27 23:50", "15 cm", &[]), "2026-11-28 00:05");
        assert_eq!(due_at("2026-10-01 23:00", "2 ch", &[]), "2026-10-02 01:00");
        assert_eq!(due_at("2026-09-30 17:45", "7 cd", &[]), "2026-10-07 17:45");
    }

    #[test]
    fn a_pause_stops_the_clock() {
        let night = pause("2026-11-23 18:00", "2026-11-24 08:00");
        assert_eq!(due_at("2026-11-23 17:00", "2 wh", &[night]), "2026-11-24 09:00", "nothing ran anyway");
        assert_eq!(due_at("2026-11-23 17:00", "2 ch", &[night]), "2026-11-24 09:00");
        let (one, two) =
            (pause("2026-11-23 09:00", "2026-11-23 11:00"), pause("2026-11-23 10:00", "2026-11-23 15:00"));
        assert_eq!(due_at("2026-11-23 08:00", "2 wh", &[two, one]), "2026-11-23 16:00", "they overlap");
        assert_eq!(
            due_at("2026-11-23 08:00", "1 wh", &[one]),
            "2026-11-23 09:00",
            "reached as the pause begins"
        );
        assert_eq!(due_at("2026-11-23 09:30", "1 cd", &[one]), "2026-11-24 11:00");
        let backwards = Pause { from: one.to.unwrap(), to: Some(one.from) };
        assert_eq!(
            due_at("2026-11-23 08:00", "2 wh", &[backwards]),
            "2026-11-23 10:00",
            "it is no time at all"
        );
    }

    #[test]
    fn an_open_pause_has_no_deadline_unless_it_came_too_late() {
        let open = [Pause { from: at("2026-11-23 10:00"), to: None }];
        for unit in LimitUnit::ALL {
            assert_eq!(due(&calendar(), at("2026-11-23 08:00"), Limit { amount: 500, unit }, &open), None);
        }
        assert_eq!(due_at("2026-11-23 08:00", "1 wh", &open), "2026-11-23 09:00");
        assert_eq!(due_at("2026-11-23 08:00", "2 wh", &open), "2026-11-23 10:00");
    }

    #[test]
    fn a_day_nobody_has_announced_is_provisional() {
        let provisional = |start, text| due(&calendar(), at(start), limit(text), &[]).unwrap().provisional;
        assert!(!provisional("2026-12-31 08:00", "1 wd"));
        assert!(provisional("2026-12-31 08:01", "1 wd"));
        assert!(provisional("2026-12-31 17:00", "2 wh"));
        assert!(!provisional("2026-12-31 23:00", "2 ch"), "no calendar is asked");
        assert!(!provisional("2026-12-31 23:00", "30 cd"));
        assert!(
            due(&WorkCalendar::default(), at("2026-11-23 08:00"), limit("1 wh"), &[]).unwrap().provisional
        );
    }

    #[test]
    fn absurd_limits_end_after_a_hundred_years() {
        for unit in LimitUnit::ALL {
            let due =
                due(&calendar(), at("2026-11-23 08:00"), Limit { amount: u32::MAX, unit }, &[]).unwrap();
            assert_eq!(due.at, at("2126-11-24 08:00"), "{unit:?}");
        }
        let nothing = Limit { amount: 0, unit: LimitUnit::ContinuousHours };
        assert_eq!(
            due(&calendar(), at("2026-11-23 08:00"), nothing, &[]).unwrap().at,
            at("2026-11-23 08:00")
        );
    }

    /// Counts minute by minute, as a person with a calendar would.
    fn by_counting(start: Instant, limit: Limit, pauses: &[Pause]) -> Instant {
        let calendar = calendar();
        let mut now = start;
        let mut left = limit.length(&calendar).num_minutes();
        while left > 0 {
            let wall = wall_clock(now);
            let office = calendar.is_workday(wall.date()) && matches!(wall.hour(), 8..12 | 14..18);
            let paused = pauses.iter().any(|pause| pause.from <= now && pause.to.is_none_or(|to| now < to));
            if !paused && (office || !limit.unit.is_working_time()) {
                left -= 1;
            }
            now += TimeDelta::minutes(1);
        }
        now
    }

    fn minutes() -> impl Strategy<Value = i64> {
        0..WEEK_AND_A_HALF
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
        fn it_is_what_counting_gives(start in minutes(), limit in any_limit(), pauses in any_pauses()) {
            let due = due(&calendar(), after(start), limit, &pauses).unwrap();
            prop_assert_eq!(due.at, by_counting(after(start), limit, &pauses));
        }

        #[test]
        fn a_later_start_or_a_longer_limit_is_not_due_earlier(
            start in minutes(), later in 0..5_000_i64, limit in any_limit(), more in 0..20_u32, pauses in any_pauses(),
        ) {
            let first = due(&calendar(), after(start), limit, &pauses).unwrap().at;
            let longer = Limit { amount: limit.amount + more, ..limit };
            prop_assert!(due(&calendar(), after(start + later), limit, &pauses).unwrap().at >= first);
            prop_assert!(due(&calendar(), after(start), longer, &pauses).unwrap().at >= first);
        }

        #[test]
        fn a_pause_never_brings_it_forward(
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
        fn when_it_is_due_the_limit_has_run(start in minutes(), limit in any_limit(), pauses in any_pauses()) {
            let calendar = calendar();
            let due = due(&calendar, after(start), limit, &pauses).unwrap().at;
            let ran = |to| -> TimeDelta {
                let whole = (wall_clock(after(start)), wall_clock(to));
                running(&calendar, limit.unit, whole, &pauses).map(|(from, to)| to - from).sum()
            };
            prop_assert_eq!(ran(due), limit.length(&calendar));
            prop_assert!(ran(due - TimeDelta::microseconds(1)) < limit.length(&calendar));
            prop_assert_eq!(ran(after(start - 10)), TimeDelta::zero());
        }
    }
}
