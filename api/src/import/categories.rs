//! Categories: the table that decides what goes where, and until when.

use std::collections::BTreeMap;

use grassroots_domain::{
    organisation::OrganisationKind,
    rules::{
        Rules,
        category::{Category, CategoryCode, Flag},
        routing::Localized,
        rule_book::RuleBook,
    },
    time::{
        Instant,
        deadline::{Limit, LimitUnit},
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

const COLUMNS: Columns = Columns {
    required: &["code", "zh", "en", "first_level", "severity", "limit", "unit", "lead", "assist", "flags"],
    optional: &["ref", "src"],
};

/// Categories from a file, every one checked.
#[derive(Clone, Debug)]
pub struct Categories(pub BTreeMap<CategoryCode, Category>);

/// Reads `code,zh,en,first_level,severity,limit,unit,lead,assist,flags`; `assist` and `flags` are separated by `;`.
///
/// # Errors
/// Every line that is wrong, among them categories that describe people.
pub fn parse(bytes: &[u8]) -> Result<Categories, Vec<LineError>> {
    let (rows, mut faults) = table::read(bytes, &COLUMNS)?;
    let mut first: BTreeMap<CategoryCode, u64> = BTreeMap::new();
    let mut read = BTreeMap::new();
    for row in &rows {
        match category(row) {
            Ok(category) => match first.get(&category.code) {
                Some(line) => faults.add(
                    Spot::Line(row.line),
                    localized!(
                        "类别 {code} 在第 {line} 行已经出现",
                        "category {code} is in line {line} already",
                        code = category.code
                    ),
                ),
                None => {
                    first.insert(category.code, row.line);
                    read.insert(category.code, category);
                }
            },
            Err(problem) => faults.add(Spot::Line(row.line), problem),
        }
    }
    faults.unless_any(Categories(read))
}

fn category(row: &Row) -> Result<Category, Localized> {
    let department = |text: &str| text.parse::<OrganisationKind>().map_err(explained);
    let flag = |text: &str| text.parse::<Flag>().map_err(explained);
    let category = Category {
        code: row.get("code").parse().map_err(explained)?,
        zh: row.get("zh").to_owned(),
        en: row.get("en").to_owned(),
        first_level: row.get("first_level").parse().map_err(explained)?,
        severity: row.get("severity").parse().map_err(explained)?,
        limit: limit(row)?,
        lead: department(row.get("lead"))?,
        assist: row.list("assist").map(department).collect::<Result<_, _>>()?,
        flags: row.list("flags").map(flag).collect::<Result<_, _>>()?,
        on_lapse: None,
    };
    category.check().map_err(explained)?;
    Ok(category)
}

fn limit(row: &Row) -> Result<Limit, Localized> {
    let (amount, unit) = (row.get("limit"), row.get("unit"));
    let amount: u32 = amount.parse().map_err(|_| {
        localized!("limit “{amount}” 不是整数，例如 56", "limit {amount:?} is no whole number, such as 56")
    })?;
    let unit = LimitUnit::parse_short(unit).ok_or_else(|| {
        let known = LimitUnit::ALL.map(LimitUnit::short).join(", ");
        localized!(
            "unit “{unit}” 不是时限单位；可用：{known}",
            "unit {unit:?} is no unit of time; one of {known} is"
        )
    })?;
    Ok(Limit { amount, unit })
}

/// Makes a new version of the rules with these categories and everything else as it was, unless they are the ones in
/// force. What the file does not speak of, such as what happens when nobody accepts, known categories keep.
///
/// # Errors
/// [`AppError::Rules`] when the other rules do not fit these categories, or open incidents have one that is not among them.
pub fn apply(db: &mut Db, categories: &Categories, now: Instant) -> Result<Summary, AppError> {
    let newest = rules::newest(db)?;
    let book = newest.as_ref().map(Rules::book).cloned().unwrap_or_default();
    let before = &book.categories;
    let mut counts = ImportCounts {
        dropped: before.keys().filter(|code| !categories.0.contains_key(code)).count(),
        ..ImportCounts::default()
    };
    let mut after = BTreeMap::new();
    for (code, category) in &categories.0 {
        let known = before.get(code);
        let on_lapse = known.and_then(|known| known.on_lapse);
        let category = Category { on_lapse, ..category.clone() };
        counts.note(known, &category);
        after.insert(*code, category);
    }
    let version = match newest {
        Some(rules) if !counts.any() => rules.version(),
        newest => next_rules(db, newest.as_ref(), RuleBook { categories: after, ..book }, "categories", now)?,
    };
    Ok(Summary { counts: vec![(localized!("类别", "categories"), counts)], rules_version: Some(version) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "code,zh,en,first_level,severity,limit,unit,lead,assist,flags\n";

    fn refused(line: &str) -> String {
        let errors = parse(format!("{HEADER}{line}\n").as_bytes()).unwrap_err();
        errors[0].to_string().lines().last().unwrap().trim().to_owned()
    }

    #[test]
    fn a_line_is_a_category() {
        let line = "1001,邻里纠纷,neighbour_dispute,village,general,56,wh,justice_office,\
                    village_mediation_committee;police_station,med;photo0;self";
        let read = parse(format!("{HEADER}{line}\n").as_bytes()).unwrap().0;
        let category = read.values().next().unwrap();
        assert_eq!(category.limit, Limit { amount: 56, unit: LimitUnit::WorkingHours });
        assert_eq!(category.assist.len(), 2);
        assert!(category.has(Flag::OnSpot) && category.has(Flag::Mediation));
    }

    #[test]
    fn categories_that_describe_people_are_refused() {
        let line = "9001,社区矫正对象走访,visit,village,general,8,wh,justice_office,,";
        assert_eq!(
            refused(line),
            "line 2: category \"社区矫正对象走访\" describes people (“社区矫正”); record the need or the act instead"
        );
    }

    #[test]
    fn every_wrong_value_is_quoted() {
        for (line, reason) in [
            ("10,甲,a,village,general,8,wh,court,,", "\"10\" is no category code"),
            ("1001,,a,village,general,8,wh,court,,", "category 1001: zh is empty"),
            ("1001,甲,A b,village,general,8,wh,court,,", "category 1001: en \"A b\" is no code name"),
            ("1001,甲,a,hamlet,general,8,wh,court,,", "`hamlet` is not a level"),
            ("1001,甲,a,village,red,8,wh,court,,", "\"red\" is no severity"),
            ("1001,甲,a,village,general,8h,wh,court,,", "limit \"8h\" is no whole number"),
            ("1001,甲,a,village,general,0,wh,court,,", "category 1001 has no time limit"),
            (
                "1001,甲,a,village,general,999999,wh,court,,",
                "category 1001: 999999 working hours are more than",
            ),
            ("1001,甲,a,village,general,8,hours,court,,", "unit \"hours\" is no unit of time"),
            ("1001,甲,a,village,general,8,wh,nobody,,", "\"nobody\" is no kind of organisation"),
            ("1001,甲,a,village,general,8,wh,desk,,", "category 1001 names a desk"),
            ("1001,甲,a,village,general,8,wh,court,desk,", "category 1001 names a desk"),
            ("1001,甲,a,village,general,8,wh,court,,fast", "\"fast\" is no category flag"),
            ("1001,甲,a,city,general,8,wh,court,,", "category 1001 cannot start at the city"),
            ("1001,甲,a,village,general,8,wh,court,,photo0;photo1", "category 1001 contradicts itself"),
        ] {
            let found = refused(line);
            assert!(found.starts_with(&format!("line 2: {reason}")), "{found}");
        }
    }
}
