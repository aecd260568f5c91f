//! Imports categories. The category of a report decides its desk, its departments and its time limit.

use std::collections::BTreeMap;

use grassroots_domain::{
    organisation::OrganisationKind,
    rules::{
        Rules,
        category::{Category, CategoryCode, Flag},
        rule_book::RuleBook,
    },
    text::localized::{Localized, localized},
    time::{
        Instant,
        deadline::{Limit, LimitUnit},
    },
};
use grassroots_persistence::{database::db::Db, reference::rules};

use crate::{
    app::error::AppError,
    import::{
        ErrorLocation, ImportCounts, LineError, Summary, next_rules,
        table::{self, Columns, Row},
    },
};

const COLUMNS: Columns = Columns {
    required: &["code", "zh", "en", "first_level", "severity", "limit", "unit", "lead", "assist", "flags"],
    optional: &["ref", "src"],
};

/// Checked categories from a file.
#[derive(Clone, Debug)]
pub struct Categories(pub BTreeMap<CategoryCode, Category>);

/// Reads `code,zh,en,first_level,severity,limit,unit,lead,assist,flags`; `assist` and `flags` are separated by `;`.
///
/// # Errors
/// Every wrong line. A category that describes people is wrong.
pub fn parse(bytes: &[u8]) -> Result<Categories, Vec<LineError>> {
    let (rows, mut errors) = table::read(bytes, &COLUMNS)?;
    let mut first: BTreeMap<CategoryCode, u64> = BTreeMap::new();
    let mut read = BTreeMap::new();
    for row in &rows {
        match category(row) {
            Ok(category) => match first.get(&category.code) {
                Some(line) => errors.add(
                    ErrorLocation::Line(row.line),
                    localized!(
                        "类别 {code} 在第 {line} 行已经出现",
                        "line {line} already has category {code}",
                        code = category.code
                    ),
                ),
                None => {
                    first.insert(category.code, row.line);
                    read.insert(category.code, category);
                }
            },
            Err(problem) => errors.add(ErrorLocation::Line(row.line), problem),
        }
    }
    errors.into_result(Categories(read))
}

fn category(row: &Row) -> Result<Category, Localized> {
    let department = |text: &str| text.parse::<OrganisationKind>();
    let flag = |text: &str| text.parse::<Flag>();
    let category = Category {
        code: row.get("code").parse()?,
        zh: row.get("zh").to_owned(),
        en: row.get("en").to_owned(),
        first_level: row.get("first_level").parse()?,
        severity: row.get("severity").parse()?,
        limit: limit(row)?,
        lead: department(row.get("lead"))?,
        assist: row.list("assist").map(department).collect::<Result<_, _>>()?,
        flags: row.list("flags").map(flag).collect::<Result<_, _>>()?,
        on_lapse: None,
    };
    category.check()?;
    Ok(category)
}

fn limit(row: &Row) -> Result<Limit, Localized> {
    let (amount, unit) = (row.get("limit"), row.get("unit"));
    let amount: u32 = amount.parse().map_err(|_| {
        localized!("limit “{amount}” 不是整数，例如 56", "limit {amount:?} is not a whole number such as 56")
    })?;
    let unit = LimitUnit::parse_short(unit).ok_or_else(|| {
        let known = LimitUnit::ALL.map(LimitUnit::short).join(", ");
        localized!(
            "unit “{unit}” 不是时限单位；可用：{known}",
            "unit {unit:?} is not a unit of time; write one of {known}"
        )
    })?;
    Ok(Limit { amount, unit })
}

/// Saves a new version of the rules with these categories, and all other rules unchanged. Saves nothing if the rules in
/// force already have these categories. Known categories keep settings that the file has no column for, such as what
/// happens when nobody accepts in time.
///
/// # Errors
/// [`AppError::Rules`] if another rule or an open incident has a category that is not in the file.
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
        counts.record(known, &category);
        after.insert(*code, category);
    }
    let version = match newest {
        Some(rules) if !counts.has_changes() => rules.version(),
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
    fn a_line_becomes_a_category() {
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
            ("1001,甲,a,village,general,8h,wh,court,,", "limit \"8h\" is not a whole number"),
            ("1001,甲,a,village,general,0,wh,court,,", "category 1001: zero is no time"),
            (
                "1001,甲,a,village,general,999999,wh,court,,",
                "category 1001: 999999 working hours are more than",
            ),
            ("1001,甲,a,village,general,8,hours,court,,", "unit \"hours\" is not a unit of time"),
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
