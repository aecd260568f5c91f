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
    let name = unit.plain_name();
    let level = unit.code.level();
    let desk = if level == Level::City { "平安建设促进中心" } else { "综治中心" };
    let departments = OrganisationKind::ALL.iter().filter_map(|kind| {
        Some((OrganisationCode { unit: unit.code, kind: *kind }, department(*kind, level)?))
    });
    std::iter::once((OrganisationCode::desk(unit.code), desk))
        .chain(departments)
        .map(|(code, of)| (code, format!("{name}{of}")))
        .collect()
}

/// The usual name of a department at this level, after the name of its unit. `None` if the level has no such department, and for
/// desks.
const fn department(kind: OrganisationKind, level: Level) -> Option<&'static str> {
    use OrganisationKind as Kind;
    let (township, county) = match kind {
        Kind::Desk => return None,
        Kind::VillageMediationCommittee => {
            return if matches!(level, Level::Village) { Some("调委会") } else { None };
        }
        Kind::TownshipCenter => ("平安建设办", ""),
        Kind::JusticeOffice => ("司法所", ""),
        Kind::JusticeBureau => ("", "司法局"),
        Kind::PoliceStation => ("派出所", "公安局"),
        Kind::TrafficPolice => ("交警中队", "交警大队"),
        Kind::PoliticalLegalCommittee => ("", "政法委"),
        Kind::PetitionOffice => ("信访办", "信访局"),
        Kind::Court => ("人民法庭", "人民法院"),
        Kind::DisciplineInspection => ("纪委", "纪委监委"),
        Kind::UrbanManagement => ("综合行政执法队", "城市管理局"),
        Kind::Sanitation => ("环卫所", "环卫中心"),
        Kind::HousingConstruction => ("规划建设办", "住建局"),
        Kind::NaturalResources => ("自然资源所", "自然资源局"),
        Kind::EcologyEnvironment => ("生态环境所", "生态环境局"),
        Kind::Transport => ("交通运输所", "交通运输局"),
        Kind::WaterResources => ("水利站", "水利局"),
        Kind::AgricultureRural => ("农业农村办", "农业农村局"),
        Kind::Forestry => ("林业站", "林业局"),
        Kind::EmergencyManagement => ("应急办", "应急管理局"),
        Kind::FireRescue => ("消防救援站", "消防救援大队"),
        Kind::MarketRegulation => ("市场监管所", "市场监管局"),
        Kind::HealthCommission => ("卫健办", "卫健委"),
        Kind::EducationSports => ("教育办", "教体局"),
        Kind::CivilAffairs => ("民政所", "民政局"),
        Kind::HumanResources => ("社会保障所", "人社局"),
        Kind::HealthcareSecurity => ("医保服务站", "医保局"),
        Kind::FinanceOffice => ("财政所", "财政局"),
        Kind::GovernmentServices => ("便民服务中心", "政务服务中心"),
        Kind::WomensFederation => ("妇联", "妇联"),
        Kind::DisabledFederation => ("残联", "残联"),
        Kind::PowerUtility => ("供电所", "供电公司"),
        Kind::WaterUtility => ("供水站", "供水公司"),
        Kind::GasHeatUtility => ("燃气供热站", "燃气供热公司"),
        Kind::TelecomUtility => ("通信站", "通信公司"),
    };
    let name = match level {
        Level::Township => township,
        Level::County => county,
        Level::Village | Level::City => "",
    };
    if name.is_empty() { None } else { Some(name) }
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
        assert_eq!(names(&units[2]), ["涧北村综治中心", "涧北村调委会"]);
        let town = names(&units[1]);
        assert_eq!(town[0], "东明镇综治中心");
        for (name, of_town, of_county) in [
            ("教育办", true, false),
            ("社会保障所", true, false),
            ("人民法庭", true, false),
            ("司法所", true, false),
            ("司法局", false, true),
            ("公安局", false, true),
            ("妇联", true, true),
        ] {
            assert_eq!(town.contains(&format!("东明镇{name}")), of_town, "{name}");
            assert_eq!(names(&units[0]).contains(&format!("卢氏县{name}")), of_county, "{name}");
        }
        assert_eq!(names(&units[0])[0], "卢氏县综治中心");
    }
}
