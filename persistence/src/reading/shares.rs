//! Counts for the grassroots share. The database groups and counts.

use std::collections::BTreeMap;

use diesel::{
    dsl::{count_star, exists, not},
    prelude::*,
};
use grassroots_domain::{
    geography::unit::{GridCode, Level, UnitCode},
    incident::{State, leg::Outcome},
    reading::share::{Counts, DateBasis, Mark, MetricFacts},
    rules::category::CategoryCode,
};

use crate::{
    database::{
        columns::Code,
        db::{Db, DbTime},
        error::StoreResult,
        schema::{incident, reopening},
    },
    incident::marks,
    reading::{
        period::{Period, in_period},
        scopes::{self, Condition},
    },
    reference::{grids, units},
};

/// Which incidents are counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Question {
    /// The unit whose figures are asked for.
    pub unit: UnitCode,
    /// Which date of an incident must lie in the period.
    pub basis: DateBasis,
    pub period: Period,
}

/// The columns that counts are grouped by.
type FactsRow = (Code<State>, Option<Code<Outcome>>, Option<Code<Level>>, i16);

fn facts((state, outcome, resolved_level, marks): FactsRow) -> MetricFacts {
    let has = |mark| marks::has(marks, mark);
    MetricFacts {
        state: state.0,
        outcome: outcome.map(|code| code.0),
        resolved_level: resolved_level.map(|code| code.0),
        on_spot: has(Mark::OnSpot),
        self_verified: has(Mark::SelfVerified),
        verified_by_colleague: has(Mark::VerifiedByColleague),
        reopened: has(Mark::Reopened),
        in_place: has(Mark::InPlace),
        county_first: has(Mark::CountyFirst),
        handed_down: has(Mark::HandedDown),
    }
}

/// Incidents with a closure that was undone soon. For [`DateBasis::Closed`] the closure lies in the period.
pub(crate) fn reopened_soon(basis: DateBasis, period: Period) -> Condition {
    match basis {
        DateBasis::Closed => {
            let undone = reopening::table
                .filter(reopening::closed_at.ge(DbTime(period.from)))
                .filter(reopening::closed_at.lt(DbTime(period.to)));
            Box::new(incident::id.eq_any(undone.select(reopening::incident_id)).nullable())
        }
        DateBasis::Reported => {
            let undone = reopening::table.filter(reopening::incident_id.eq(incident::id));
            Box::new(in_period(basis, period).and(exists(undone).nullable()))
        }
    }
}

/// Counts incidents by the value of one column, among those that `$only` selects.
macro_rules! count_by {
    ($db:expr, $question:expr, $column:expr, $type:ty, $only:expr) => {{
        let Question { unit, basis, period } = $question;
        let fact_columns = (incident::state, incident::outcome, incident::resolved_level, incident::marks);
        let present: Vec<($type, FactsRow, i64)> = incident::table
            .filter(scopes::figure_of(unit))
            .filter(in_period(basis, period))
            .filter($only)
            .group_by(($column, fact_columns))
            .select(($column, fact_columns, count_star()))
            .load(&mut *$db)?;
        let reopened: Vec<($type, i64)> = incident::table
            .filter(scopes::figure_of(unit))
            .filter(reopened_soon(basis, period))
            .filter($only)
            .group_by($column)
            .select(($column, count_star()))
            .load(&mut *$db)?;
        sum_by_key(present, reopened)
    }};
}

fn sum_by_key<K: Ord>(present: Vec<(K, FactsRow, i64)>, reopened: Vec<(K, i64)>) -> BTreeMap<K, Counts> {
    let mut groups: BTreeMap<K, Counts> = BTreeMap::new();
    for (key, row, number) in present {
        groups.entry(key).or_default().add(facts(row), count(number));
    }
    for (key, number) in reopened {
        groups.entry(key).or_default().add_reopened_soon(count(number));
    }
    groups
}

fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// All incidents together.
pub fn total(db: &mut Db, question: Question) -> StoreResult<Counts> {
    let counties = count_by!(db, question, incident::county_code, i64, scopes::constant(true));
    let mut total = Counts::default();
    counties.values().for_each(|counts| total.merge(counts));
    Ok(total)
}

/// By category, in the order of the codes, either the restricted incidents or the others.
pub fn by_category(
    db: &mut Db,
    question: Question,
    restricted: bool,
) -> StoreResult<Vec<(CategoryCode, Counts)>> {
    let only = || incident::restricted.eq(restricted).nullable();
    let rows = count_by!(db, question, incident::category, Code<CategoryCode>, only());
    Ok(rows.into_iter().map(|(Code(category), counts)| (category, counts)).collect())
}

/// A part of a unit, one level below it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Child {
    Unit(UnitCode),
    Grid(GridCode),
    /// The place is not known at this level.
    Unknown,
    /// The figures of no unit below count these incidents, because they are restricted or pass over that level.
    NotShown,
}

/// By the units or grids directly below the unit of the question.
pub fn by_child(db: &mut Db, question: Question) -> StoreResult<Vec<(Child, Counts)>> {
    let below = match question.unit.level() {
        Level::City => Some(Level::County),
        Level::County => Some(Level::Township),
        Level::Township => Some(Level::Village),
        Level::Village => None,
    };
    let shown = || below.map_or_else(|| scopes::constant(true), scopes::shown_at);
    let rows = match question.unit.level() {
        Level::City => {
            let rows = count_by!(db, question, incident::county_code, i64, shown());
            rows.into_iter().map(|(code, counts)| (Some(code), counts)).collect()
        }
        Level::County => count_by!(db, question, incident::township_code, Option<i64>, shown()),
        Level::Township => count_by!(db, question, incident::village_code, Option<i64>, shown()),
        Level::Village => count_by!(db, question, incident::grid_code, Option<i64>, shown()),
    };
    let mut children = rows
        .into_iter()
        .map(|(code, counts)| {
            let child = match (code, below) {
                (None, _) => Child::Unknown,
                (Some(code), Some(_)) => Child::Unit(units::from_db(code)?),
                (Some(code), None) => Child::Grid(grids::from_db(code)?),
            };
            Ok((child, counts))
        })
        .collect::<StoreResult<Vec<_>>>()?;
    if let Some(below) = below {
        let hidden =
            count_by!(db, question, incident::county_code, i64, Box::new(not(scopes::shown_at(below))));
        children.extend(hidden.into_values().map(|counts| (Child::NotShown, counts)));
    }
    Ok(children)
}
