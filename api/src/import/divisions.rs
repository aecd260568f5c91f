//! Imports divisions: the units, and the organisations of each unit.

use std::collections::{BTreeMap, BTreeSet};

use grassroots_domain::{
    geography::{
        unit::{Level, Unit, UnitCode},
        unit_tree::UnitTree,
    },
    organisation::{OrganisationCode, OrganisationKind},
    text::localized::{Localized, localized},
    time::Instant,
};
use grassroots_persistence::{
    database::{db::Db, error::StoreResult},
    reference::{organisations, reference_data, units},
};

use crate::import::{
    ErrorLocation, ImportCounts, LineError, Summary,
    table::{self, Columns, Row},
};

const COLUMNS: Columns =
    Columns { required: &["code", "name", "short_name", "level", "parent_code", "kind"], optional: &[] };

/// Digits of a statistical code.
const STATISTICAL_DIGITS: usize = 12;

/// Units from a file. The parent of each is in the file or in the database.
#[derive(Clone, Debug)]
pub struct Divisions(pub Vec<Unit>);

/// Reads `code,name,short_name,level,parent_code,kind` with 12-digit statistical codes. `existing` are the units in the
/// database.
///
/// # Errors
/// Every wrong line.
pub fn parse(bytes: &[u8], existing: &UnitTree) -> Result<Divisions, Vec<LineError>> {
    let (rows, mut errors) = table::read(bytes, &COLUMNS)?;
    let mut first: BTreeMap<UnitCode, u64> = BTreeMap::new();
    let mut read = Vec::new();
    for row in &rows {
        match unit(row) {
            Ok(unit) => match first.get(&unit.code) {
                Some(line) => errors.add(
                    ErrorLocation::Line(row.line),
                    localized!(
                        "单位 {code} 在第 {line} 行已经出现；一个代码对应一个单位",
                        "line {line} already has unit {code}; each unit has its own code",
                        code = unit.code
                    ),
                ),
                None => {
                    first.insert(unit.code, row.line);
                    read.push(unit);
                }
            },
            Err(problem) => errors.add(ErrorLocation::Line(row.line), problem),
        }
    }
    for (at, problem) in orphans(&first, existing) {
        errors.add(at, problem);
    }
    errors.into_result(Divisions(read))
}

fn unit(row: &Row) -> Result<Unit, Localized> {
    let level: Level = row.get("level").parse()?;
    let code = UnitCode::from_statistical(row.get("code"), level)?;
    check_parent(code, row.get("parent_code"))?;
    Ok(Unit {
        code,
        name: row.name("name")?,
        short_name: row.name("short_name")?,
        kind: row.code_name("kind")?,
    })
}

/// Checks `parent_code` against `code`. The code alone gives the parent; the column only reveals shifted lines.
fn check_parent(code: UnitCode, given: &str) -> Result<(), Localized> {
    let digits = match code.parent() {
        Some(parent) => parent.to_string(),
        // The parent of a city is its province: the first two digits. Provinces are not units of an installation.
        None => code.to_string().chars().take(2).collect(),
    };
    let expected = format!("{digits:0<STATISTICAL_DIGITS$}");
    if given == expected || (given.is_empty() && code.parent().is_none()) {
        return Ok(());
    }
    Err(localized!(
        "parent_code “{given}” 与代码 {code} 不符；应为 {expected}",
        "parent_code {given:?} does not match code {code}; write {expected}"
    ))
}

/// Errors for units whose parent is neither in the file nor in the database. Units of the highest level need no parent.
fn orphans(read: &BTreeMap<UnitCode, u64>, existing: &UnitTree) -> Vec<(ErrorLocation, Localized)> {
    let stored = existing.iter().map(|unit| unit.code);
    let all: BTreeSet<UnitCode> = read.keys().copied().chain(stored).collect();
    // Codes are ordered by level, cities first.
    let top = all.first().map(|code| code.level());
    let orphan = |code: &UnitCode| {
        let parent = code.parent().filter(|_| Some(code.level()) != top)?;
        if all.contains(&parent) {
            return None;
        }
        let at = read.get(code).map_or(ErrorLocation::File, |line| ErrorLocation::Line(*line));
        let problem = localized!(
            "单位 {code} 的上级 {parent} 不在文件中，也不在数据库中；请先加入上级单位",
            "the parent {parent} of unit {code} is neither in the file nor in the database; add it first"
        );
        Some((at, problem))
    };
    all.iter().filter_map(orphan).collect()
}

/// The organisations of a unit: its desk, and the departments that work at its level.
fn organisations_of(unit: &Unit) -> Vec<(OrganisationCode, String)> {
    let name = &unit.name;
    let desk = match unit.code.level() {
        Level::Village => format!("{name}受理台"),
        Level::Township | Level::County => format!("{name}综治中心受理台"),
        Level::City => format!("{name}平安建设促进中心"),
    };
    let departments: Vec<OrganisationKind> = match unit.code.level() {
        Level::Village => vec![OrganisationKind::VillageMediationCommittee],
        Level::Township | Level::County => OrganisationKind::ALL
            .iter()
            .copied()
            .filter(|kind| {
                !matches!(kind, OrganisationKind::Desk | OrganisationKind::VillageMediationCommittee)
            })
            .collect(),
        Level::City => Vec::new(),
    };
    let named = |kind: OrganisationKind| {
        // 涧北村调委会, not 涧北村村委会调委会.
        let of = if kind == OrganisationKind::VillageMediationCommittee { &unit.short_name } else { name };
        format!("{of}{}", kind.zh())
    };
    std::iter::once((OrganisationCode::desk(unit.code), desk))
        .chain(departments.into_iter().map(|kind| (OrganisationCode { unit: unit.code, kind }, named(kind))))
        .collect()
}

/// Writes new and changed units and organisations.
///
/// # Errors
/// The database failed.
pub fn apply(db: &mut Db, divisions: &Divisions, now: Instant) -> StoreResult<Summary> {
    let known: BTreeMap<UnitCode, Unit> = units::all(db)?.into_iter().map(|unit| (unit.code, unit)).collect();
    let known_organisations = organisations::all(db)?;
    let (mut unit_counts, mut organisation_counts) = (ImportCounts::default(), ImportCounts::default());
    for unit in &divisions.0 {
        if unit_counts.record(known.get(&unit.code), unit) {
            units::save(db, unit)?;
        }
        for (code, name) in organisations_of(unit) {
            if organisation_counts.record(known_organisations.name(code), name.as_str()) {
                organisations::save(db, code, &name)?;
            }
        }
    }
    if unit_counts.has_changes() || organisation_counts.has_changes() {
        reference_data::note_import(db, "divisions", now)?;
    }
    Ok(Summary {
        counts: vec![
            (localized!("单位", "units"), unit_counts),
            (localized!("机构", "organisations"), organisation_counts),
        ],
        rules_version: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "code,name,short_name,level,parent_code,kind\n";
    const COUNTY: &str = "411224000000,卢氏县,卢氏县,county,411200000000,county\n";
    const TOWN: &str = "411224107000,东明镇,东明镇,township,411224000000,town\n";
    const VILLAGE: &str = "411224107216,涧北村村委会,涧北村,village,411224107000,villagers_committee\n";

    fn read(lines: &[&str], existing: &UnitTree) -> Result<Divisions, Vec<LineError>> {
        parse((HEADER.to_owned() + &lines.concat()).as_bytes(), existing)
    }

    fn refused(lines: &[&str]) -> Vec<String> {
        let errors = read(lines, &UnitTree::default()).unwrap_err();
        errors.iter().map(|error| error.to_string().lines().last().unwrap().trim().to_owned()).collect()
    }

    #[test]
    fn a_county_can_be_imported_alone_and_its_villages_later() {
        let county = read(&[TOWN, COUNTY], &UnitTree::default()).unwrap();
        assert_eq!(county.0.len(), 2);
        let existing = UnitTree::new(county.0).unwrap();
        assert_eq!(read(&[VILLAGE], &existing).unwrap().0[0].code.to_string(), "411224107216");
    }

    #[test]
    fn every_wrong_line_is_listed() {
        let wrong_level = "411224107000,东明镇,东明镇,town,411224000000,town\n";
        let wrong_parent = "411224108000,文峪乡,文峪乡,township,411202000000,township\n";
        let no_name = "411224109000,,横涧乡,township,411224000000,township\n";
        let orphan = "411221101201,某村,某村,village,411221101000,villagers_committee\n";
        assert_eq!(
            refused(&[COUNTY, wrong_level, wrong_parent, no_name, COUNTY, orphan]),
            [
                "line 3: `town` is not a level; write village, township, county or city",
                "line 4: parent_code \"411202000000\" does not match code 411224108; write 411224000000",
                "line 5: name is empty",
                "line 6: line 2 already has unit 411224; each unit has its own code",
                "line 7: the parent 411221101 of unit 411221101201 is neither in the file nor in the database; add it \
                 first",
            ]
        );
        let padded = "411224000,卢氏县,卢氏县,county,411200000000,county\n";
        assert!(refused(&[padded])[0].contains("is not the statistical code of a county"));
    }

    #[test]
    fn every_unit_gets_a_desk_and_the_departments_of_its_level() {
        let units = read(&[COUNTY, TOWN, VILLAGE], &UnitTree::default()).unwrap().0;
        let names =
            |unit: &Unit| organisations_of(unit).into_iter().map(|(_, name)| name).collect::<Vec<_>>();
        assert_eq!(names(&units[2]), ["涧北村村委会受理台", "涧北村调委会"]);
        let town = names(&units[1]);
        assert_eq!(town.len(), OrganisationKind::ALL.len() - 1);
        assert_eq!(town[0], "东明镇综治中心受理台");
        assert!(town.contains(&"东明镇城管（综合执法）".to_owned()));
        assert_eq!(names(&units[0])[0], "卢氏县综治中心受理台");
    }
}
