//! Rules are validated when they are written, but not when they are read.

use grassroots_domain::{
    command_kind::CommandKind,
    geography::unit::Level,
    rules::{
        Rules,
        category::{Category, Flag, Severity},
        duty_list::{Duty, DutyRole},
        rule_book::{FirstLevel, RuleBook, SkipRule},
    },
    text::invalid_value::InvalidValue,
    time::{
        auto_escalation::AutoEscalation,
        deadline::{Limit, LimitUnit},
    },
};

use crate::support::{category, city, organisation, unit};

fn checked(change: impl FnOnce(&mut RuleBook)) -> Result<(), InvalidValue> {
    let mut book = city().rules.book().clone();
    change(&mut book);
    book.checked(&city().reference_data.units, &city().reference_data.organisations).map(|_| ())
}

/// The error of the validation after this change.
#[track_caller]
fn refused(change: impl FnOnce(&mut RuleBook)) -> String {
    checked(change).expect_err("it is refused").to_string()
}

/// The error of the validation after this change of category 1001.
#[track_caller]
fn refused_category(change: impl FnOnce(&mut Category)) -> String {
    refused(|book| change(book.categories.get_mut(&category("1001").code).unwrap()))
}

#[test]
fn the_shipped_rules_are_valid() {
    assert_eq!(checked(|_| ()), Ok(()));
    assert_eq!(checked(|book| book.suspension_days = 0), Ok(()), "never is a choice");
}

#[test]
fn a_category_is_validated() {
    assert_eq!(refused_category(|it| it.zh = " ".into()), "category 1001: zh is empty");
    assert!(refused_category(|it| it.en = "A b".into()).starts_with("category 1001: en \"A b\" is no code"));
    let desk = organisation("411224107-desk").kind;
    assert!(refused_category(|it| it.lead = desk).starts_with("category 1001 names a desk"));
    assert!(refused_category(|it| it.assist.push(desk)).starts_with("category 1001 names a desk"));
    let photos = |it: &mut Category| it.flags = vec![Flag::PhotoOff, Flag::PhotoRequired];
    assert!(refused_category(photos).starts_with("category 1001 contradicts itself about photos"));
    let stays = |it: &mut Category| {
        it.flags = vec![Flag::Restricted];
        it.on_lapse = Some(AutoEscalation::Never);
    };
    assert!(refused_category(stays).starts_with("category 1001 is restricted"));
}

#[test]
fn a_restricted_category_escalates_even_if_stored_rules_say_never() {
    let mut book = city().rules.book().clone();
    let code = category("1002").code;
    book.categories.get_mut(&code).unwrap().on_lapse = Some(AutoEscalation::Never);
    assert_eq!(Rules::new(1, book).on_lapse(code, Severity::Major), AutoEscalation::AtDouble);
}

#[test]
fn limits_of_zero_or_more_than_ten_years_are_refused() {
    let years = Limit { amount: 3_651, unit: LimitUnit::CalendarDays };
    for change in [
        |book: &mut RuleBook, limit: Limit| book.stages.major.verify = limit,
        |book: &mut RuleBook, limit: Limit| book.call_in.urgent = limit,
        |book: &mut RuleBook, limit: Limit| book.ceilings.county = limit,
    ] {
        assert!(refused(|book| change(book, years)).ends_with("give at most 3650 calendar days"));
        assert!(refused(|book| change(book, Limit { amount: 0, ..years })).contains("zero is no time"));
    }
    assert!(refused_category(|it| it.limit = years).starts_with("category 1001: 3651 calendar days"));
    assert!(refused(|book| book.reopen_days = u32::MAX).starts_with("a limit in reopen_days: 4294967295"));
    assert!(refused(|book| book.unmerge_hours = u32::MAX).starts_with("a limit in unmerge_hours"));
}

#[test]
fn work_is_acknowledged_automatically_in_working_time_only() {
    let hours = |unit| move |book: &mut RuleBook| book.receipt = Limit { amount: 4, unit };
    assert_eq!(
        refused(hours(LimitUnit::ContinuousHours)),
        "receipt is counted in ch; work is acknowledged automatically in working time only: wh or wd"
    );
    assert_eq!(checked(hours(LimitUnit::WorkingDays)), Ok(()));
}

#[test]
fn unknown_names_and_duplicate_lines_are_refused() {
    let code = category("5002").code;
    let duty = |organisation_code: &str, role| Duty {
        organisation: organisation(organisation_code),
        category: code,
        role,
    };
    let first = |unit_code: &str, level| FirstLevel { unit: unit(unit_code), category: code, level };
    let skip = |to| SkipRule { category: code, severity: Severity::Major, to };
    let known = "411224107-urban_management";
    let unknown = refused(|book| book.duties = vec![duty("411299-urban_management", DutyRole::Basic)]);
    assert!(unknown.starts_with("duties names organisation 411299-urban_management, which does not exist"));
    let unknown = refused(|book| book.first_levels = vec![first("411299", Level::County)]);
    assert!(unknown.starts_with("first_levels names unit 411299, which does not exist"));
    let dropped = refused(|book| {
        book.duties = vec![duty(known, DutyRole::Basic)];
        book.categories.remove(&code);
    });
    assert!(dropped.starts_with("duties names category 5002, which is not there"), "{dropped}");

    let twice =
        refused(|book| book.duties = vec![duty(known, DutyRole::Basic), duty(known, DutyRole::Reclaimed)]);
    assert_eq!(twice, "duties has two lines for 411224107-urban_management, 5002; keep one");
    let twice = refused(|book| {
        book.first_levels = vec![first("411224", Level::County), first("411224", Level::Village)];
    });
    assert_eq!(twice, "first_levels has two lines for 411224, 5002; keep one");
    let twice = refused(|book| book.skips = vec![skip(Level::Township), skip(Level::County)]);
    assert_eq!(twice, "skips has two lines for 5002, major; keep one");
    let twice = refused(|book| {
        let reasons = book.reasons.get_mut(&CommandKind::Decline).unwrap();
        reasons.push(reasons[0].clone());
    });
    assert_eq!(twice, "reasons has two lines for decline, not_in_scope; keep one");
    let nameless = refused(|book| book.reasons.get_mut(&CommandKind::Decline).unwrap()[0].zh.clear());
    assert_eq!(nameless, "reason not_in_scope: zh is empty");
    assert_eq!(
        checked(|book| {
            book.duties = vec![duty(known, DutyRole::Basic)];
            book.first_levels = vec![first("411224", Level::County), first("411224107", Level::Village)];
            book.skips = vec![skip(Level::County)];
        }),
        Ok(())
    );
}

#[test]
fn rules_of_another_program_version_can_be_read() {
    let book = city().rules.book();
    let mut stored = serde_json::to_value(book).unwrap();
    let fields = stored.as_object_mut().unwrap();
    fields.remove("check");
    fields.remove("maxima");
    fields.insert("surprise".to_owned(), 1.into());
    fields["stages"]["general"].as_object_mut().unwrap().insert("surprise".to_owned(), 1.into());
    fields["calendar"]["hours"] = serde_json::json!([]);
    fields["receipt"]["amount"] = 0.into();
    let read: RuleBook = serde_json::from_value(stored).unwrap();
    assert_eq!((read.check, read.maxima), (book.check, book.maxima), "the defaults");
    assert_eq!((read.receipt.amount, read.calendar.hours.len()), (0, 0), "nothing is checked");
}
