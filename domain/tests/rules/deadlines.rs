//! Deadlines on the real calendar: of desks by severity, of work by category, and of levels by their ceiling.

use grassroots_domain::{
    geography::unit::Level,
    incident::leg::Outcome,
    rules::category::Severity,
    time::{Instant, clock::Deadline, wall_clock},
};

use crate::support::{Scenario, Staff, at, category, city, rework};

/// A deadline in the wall-clock time of China, with `?` if the calendar is not announced yet.
fn shown(due: Deadline) -> String {
    format!("{}{}", wall_clock(due.at).format("%m-%d %H:%M"), if due.provisional { " ?" } else { "" })
}

/// 2026-11-23 is a Monday, and 2026-11-27 is a Friday.
#[test]
fn the_deadlines_of_a_desk_depend_on_the_severity() {
    use Severity::{Critical, General, Major, Significant};
    let table = [
        (General, "2026-11-23 09:00", "11-24 09:00", "11-23 15:00", "11-25 09:00"),
        (Significant, "2026-11-23 09:00", "11-23 15:00", "11-23 11:00", "11-25 09:00"),
        (Major, "2026-11-23 09:00", "11-23 10:00", "11-23 10:00", "11-24 09:00"),
        (Critical, "2026-11-23 09:00", "11-23 09:15", "11-23 09:15", "11-23 13:00"),
        // Outside office hours, working time does not count, but urgent clocks continue.
        (General, "2026-11-27 17:00", "11-30 17:00", "11-30 11:00", "12-01 17:00"),
        (Major, "2026-11-27 23:30", "11-28 00:30", "11-28 00:30", "11-30 18:00"),
        (Critical, "2026-11-27 23:50", "11-28 00:05", "11-28 00:05", "11-28 03:50"),
    ];
    let rules = &city().rules;
    for (severity, from, accept, dispatch, verify) in table {
        let from = at(from);
        assert_eq!(shown(rules.accept_due(severity, from)), accept, "accept, {severity}");
        assert_eq!(shown(rules.dispatch_due(severity, from)), dispatch, "dispatch, {severity}");
        assert_eq!(shown(rules.verify_due(severity, from)), verify, "verify, {severity}");
    }
}

#[test]
fn the_deadline_of_work_depends_on_the_category() {
    let due = |code: &str, from: &str| shown(city().rules.handle_due(code.parse().unwrap(), false, at(from)));
    assert_eq!(due("5002", "2026-11-27 23:00"), "11-28 01:00", "2 hours by day and night");
    assert_eq!(due("2001", "2026-11-27 23:00"), "11-28 01:00");
    assert_eq!(due("2002", "2026-11-27 17:00"), "11-30 11:00", "4 working hours");
    assert_eq!(due("1001", "2026-11-23 08:00"), "12-01 18:00", "56 working hours end at closing time");
    assert_eq!(due("1013", "2026-11-23 09:30"), "01-22 09:30", "60 calendar days, holidays or not");
}

#[test]
fn holidays_do_not_count_and_make_up_workdays_do() {
    let due = |code: &str, from: &str| shown(city().rules.handle_due(code.parse().unwrap(), false, at(from)));
    // National Day 2026: Thursday 10-01 to 10-07 are holidays, and Saturday 10-10 is a workday.
    assert_eq!(due("2002", "2026-09-30 16:00"), "10-08 10:00");
    assert_eq!(due("4001", "2026-10-09 18:00"), due("4001", "2026-10-10 08:00"));
    assert_eq!(due("2002", "2026-10-09 16:00"), "10-10 10:00", "a Saturday");
    assert_eq!(due("2002", "2026-12-31 16:00"), "01-01 10:00 ?", "2027 is not announced");
    assert_eq!(due("5002", "2026-12-31 23:00"), "01-01 01:00", "nobody asks a calendar");
}

#[test]
fn after_an_escalation_work_gets_at_least_16_working_hours() {
    let due = |code: &str, escalated| {
        shown(city().rules.handle_due(code.parse().unwrap(), escalated, at("2026-11-23 09:00")))
    };
    assert_eq!((due("2002", false), due("2002", true)), ("11-23 15:00".to_owned(), "11-25 09:00".to_owned()));
    assert_eq!((due("5002", false), due("5002", true)), ("11-23 11:00".to_owned(), "11-25 09:00".to_owned()));
    assert_eq!(due("1001", false), due("1001", true), "56 hours are more than 16");
    assert_eq!(due("9999", false), "11-25 09:00", "a category that was dropped keeps the minimum");
}

#[test]
fn the_deadline_of_a_level_is_the_longer_of_its_ceiling_and_the_limit_of_the_category() {
    let wh = |hours: u32| {
        let limit = grassroots_domain::time::deadline::Limit {
            amount: hours,
            unit: grassroots_domain::time::deadline::LimitUnit::WorkingHours,
        };
        let calendar = &city().rules.book().calendar;
        grassroots_domain::time::deadline::due(calendar, at("2026-11-23 09:00"), limit, &[]).unwrap()
    };
    let table = [
        ("5002", Level::Village, wh(24)),
        ("5002", Level::Township, wh(56)),
        ("5002", Level::County, wh(120)),
        ("5002", Level::City, wh(120)),
        // The limit of the category is longer than the ceiling of the level.
        ("2005", Level::Township, wh(120)),
        ("8001", Level::Township, wh(80)),
        // Disputes have longer limits.
        ("1001", Level::Village, wh(56)),
        ("1001", Level::Township, wh(120)),
        ("1001", Level::County, wh(240)),
        ("1006", Level::Village, wh(80)),
    ];
    for (code, level, expected) in table {
        let ceiling = city().rules.ceiling(code.parse().unwrap(), level, at("2026-11-23 09:00"));
        assert_eq!((ceiling.at, ceiling.late), (expected.at, expected.late), "{code} {level}");
    }
    let petition = city().rules.ceiling("1013".parse().unwrap(), Level::County, at("2026-11-23 09:00"));
    assert_eq!(shown(petition), "01-22 09:00", "60 calendar days are longer than 240 working hours");
}

/// The deadline of the present step.
fn due(scenario: &Scenario) -> String {
    shown(scenario.case.due().unwrap())
}

fn on_the_clock(scenario: Scenario, time: &str) -> Scenario {
    Scenario { now: at(time), ..scenario }
}

#[test]
fn the_deadline_of_an_incident_is_that_of_its_present_step() {
    let staff = Staff::new();
    let scenario = Scenario::report("1001");
    assert_eq!(due(&scenario), "11-24 09:00", "to accept: 8 working hours from arrival");
    let scenario = on_the_clock(scenario, "2026-11-23 11:00").accepted();
    assert_eq!(due(&scenario), "11-23 17:00", "to dispatch: 4 from acceptance");
    let scenario = on_the_clock(scenario, "2026-11-23 14:00")
        .run_ok(&staff.village, &crate::support::dispatch("411224107202-village_mediation_committee"));
    assert_eq!(
        due(&scenario),
        "12-02 12:00",
        "to handle: 56 from dispatch, not from the click; noon is closing time"
    );
    let scenario = on_the_clock(scenario, "2026-11-24 14:00").handled(&staff.mediator, Outcome::Resolved);
    assert_eq!(due(&scenario), "11-26 12:00", "to verify: 16 from the result");
    let scenario = on_the_clock(scenario, "2026-11-24 16:00").run_ok(&staff.village, &rework());
    assert_eq!(due(&scenario), "12-03 16:00", "rework has its own 56");
    let scenario = on_the_clock(scenario, "2026-11-24 17:00").escalated();
    assert_eq!(due(&scenario), "11-25 17:00", "and the next desk its own 8");
    assert_eq!(shown(scenario.case.custody()[0].clocks.ceiling), "12-02 09:00");
    assert_eq!(shown(scenario.case.custody()[1].clocks.ceiling), "12-15 17:00", "15 working days of 8 hours");
}

#[test]
fn events_keep_their_order_when_the_clock_goes_back() {
    let staff = Staff::new();
    let scenario = on_the_clock(Scenario::report("1001"), "2026-11-20 09:00").accepted();
    let received: Instant = scenario.case.incident().received_at;
    assert_eq!(scenario.case.incident().last_event_at(), received);
    assert_eq!(due(&scenario), "11-23 15:00", "from the report, not from the wrong clock");
    let scenario = scenario.run_ok(&staff.village, &crate::support::void());
    assert_eq!(scenario.case.incident().ended_at, Some(received));
}

#[test]
fn every_category_has_a_deadline_within_the_announced_calendar() {
    for category in city().rules.book().categories.values() {
        let handle = city().rules.handle_due(category.code, false, at("2026-03-02 09:00"));
        assert!(handle.at > at("2026-03-02 09:00") && !handle.provisional, "{}", category.code);
    }
    assert_eq!(category("5002").limit.to_string(), "2 continuous hours");
}
