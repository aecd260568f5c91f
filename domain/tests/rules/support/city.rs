//! The city of Sanmenxia: divisions, categories and calendar, read from the files that the product ships.

use std::{collections::BTreeMap, path::PathBuf, sync::LazyLock};

use chrono::NaiveDateTime;
use grassroots_domain::{
    geography::{
        grid::GridIndex,
        place::Place,
        unit::{Level, Unit, UnitCode},
        unit_tree::UnitTree,
    },
    organisation::{OrganisationCode, OrganisationKind, Organisations},
    reference_data::ReferenceData,
    rules::{Rules, category::Category, rule_book::RuleBook},
    time::{
        Instant,
        calendar::{DayKind, WorkCalendar},
        deadline::{Limit, LimitUnit},
        from_wall_clock,
    },
};

/// The data that decisions need.
pub struct RealCity {
    pub reference_data: ReferenceData,
    pub rules: Rules,
}

/// The city, read once.
pub fn city() -> &'static RealCity {
    static CITY: LazyLock<RealCity> = LazyLock::new(|| {
        let units: Vec<Unit> = rows("divisions.csv").iter().map(|row| read_unit(row)).collect();
        let organisations = units.iter().flat_map(|unit| organisations_of(unit.code));
        let organisations = Organisations::new(organisations.map(|code| (code, code.to_string())));
        let units = UnitTree::new(units).unwrap();
        let categories = rows("categories.csv").iter().map(|row| read_category(row)).collect::<Vec<_>>();
        RealCity {
            reference_data: ReferenceData { units, grids: GridIndex::default(), organisations },
            rules: Rules::new(7, RuleBook::new(categories, calendar())),
        }
    });
    &CITY
}

/// The desk of a unit, and the other organisations that these tests need.
fn organisations_of(unit: UnitCode) -> Vec<OrganisationCode> {
    use OrganisationKind::{Desk, FireRescue, JusticeOffice, UrbanManagement, VillageMediationCommittee};
    let kinds: &[OrganisationKind] = match unit.level() {
        Level::Village => &[Desk, VillageMediationCommittee],
        Level::Township => &[Desk, JusticeOffice, UrbanManagement],
        Level::County => &[Desk, FireRescue, UrbanManagement],
        Level::City => &[Desk],
    };
    kinds.iter().map(|kind| OrganisationCode { unit, kind: *kind }).collect()
}

fn rows(file: &str) -> Vec<Vec<String>> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../api/data/sanmenxia").join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines().skip(1).map(fields).collect()
}

/// The fields of a line. Fields that contain commas are quoted.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            other => fields.last_mut().unwrap().push(other),
        }
    }
    fields
}

fn read_unit(row: &[String]) -> Unit {
    let level: Level = row[3].parse().unwrap();
    Unit {
        code: UnitCode::from_statistical(&row[0], level).unwrap(),
        name: row[1].clone(),
        short_name: row[2].clone(),
        kind: row[5].clone(),
    }
}

fn read_category(row: &[String]) -> Category {
    let list =
        |field: &str| field.split(';').filter(|word| !word.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    Category {
        code: row[0].parse().unwrap(),
        zh: row[1].clone(),
        en: row[2].clone(),
        first_level: row[3].parse().unwrap(),
        severity: row[4].parse().unwrap(),
        limit: Limit { amount: row[5].parse().unwrap(), unit: LimitUnit::parse_short(&row[6]).unwrap() },
        lead: row[7].parse().unwrap(),
        assist: list(&row[8]).iter().map(|kind| kind.parse().unwrap()).collect(),
        flags: list(&row[9]).iter().map(|flag| flag.parse().unwrap()).collect(),
        on_lapse: None,
    }
}

fn calendar() -> WorkCalendar {
    let kind = |word: &str| match word {
        "holiday" => DayKind::Holiday,
        "makeup_workday" => DayKind::MakeupWorkday,
        other => panic!("{other:?} is no kind of day"),
    };
    let days: BTreeMap<_, _> =
        rows("calendar_cn.csv").iter().map(|row| (row[0].parse().unwrap(), kind(&row[1]))).collect();
    WorkCalendar::new(days, WorkCalendar::default_hours()).unwrap()
}

/// The time with this wall-clock time in China, such as `2026-11-23 09:00`.
pub fn at(text: &str) -> Instant {
    from_wall_clock(NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap())
}

/// A category of the real table, such as `5002`.
pub fn category(code: &str) -> &'static Category {
    city().rules.category(code.parse().unwrap()).unwrap()
}

pub fn unit(code: &str) -> UnitCode {
    code.parse().unwrap()
}

pub fn organisation(code: &str) -> OrganisationCode {
    code.parse().unwrap()
}

pub fn desk(code: &str) -> OrganisationCode {
    OrganisationCode::desk(unit(code))
}

/// The place of a grid (15 digits) or a unit.
pub fn place(code: &str) -> Place {
    if code.len() == 15 { Place::of_grid(code.parse().unwrap()) } else { Place::of_unit(unit(code)) }.unwrap()
}
