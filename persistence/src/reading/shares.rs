//! Counts for the grassroots share. The database groups and counts.

use diesel::{dsl::count_star, prelude::*};
use grassroots_domain::{
    geography::unit::{GridCode, Level, UnitCode},
    incident::{State, leg::Outcome},
    reading::{
        share::{Counts, DateBasis, Mark, MetricFacts},
        visibility::Scope,
    },
    rules::category::CategoryCode,
};

use crate::{
    database::{columns::Code, db::Db, error::StoreResult, schema::incident},
    incident::marks,
    reading::{
        period::{Period, in_period},
        scopes,
    },
    reference::{grids, units},
};

/// Which incidents are counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Question {
    /// What the reader may see. Other incidents are not counted.
    pub scope: Scope,
    /// The unit in which the incidents lie.
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
        reopened: has(Mark::Reopened),
        in_place: has(Mark::InPlace),
        county_first: has(Mark::CountyFirst),
    }
}

/// Counts incidents by the value of one column. The rows are `(value, facts, number)`.
macro_rules! count_by {
    ($db:expr, $question:expr, $column:expr, $type:ty) => {
        count_by!($db, $question, $column, $type, scopes::constant(true))
    };
    ($db:expr, $question:expr, $column:expr, $type:ty, $only:expr) => {{
        let question: Question = $question;
        let fact_columns = (incident::state, incident::outcome, incident::resolved_level, incident::marks);
        let rows: Vec<($type, FactsRow, i64)> = incident::table
            .filter(scopes::condition(question.scope))
            .filter(scopes::seen_in(question.scope, question.unit))
            .filter(in_period(question.basis, question.period))
            .filter($only)
            .group_by(($column, fact_columns))
            .select(($column, fact_columns, count_star()))
            .load($db)?;
        rows
    }};
}

fn sum_by_key<K: PartialEq>(
    rows: impl IntoIterator<Item = StoreResult<(K, FactsRow, i64)>>,
) -> StoreResult<Vec<(K, Counts)>> {
    let mut groups: Vec<(K, Counts)> = Vec::new();
    for row in rows {
        let (key, row, number) = row?;
        let (facts, number) = (facts(row), u64::try_from(number).unwrap_or(0));
        match groups.iter_mut().find(|(group, _)| *group == key) {
            Some((_, counts)) => counts.add(facts, number),
            None => {
                let mut counts = Counts::default();
                counts.add(facts, number);
                groups.push((key, counts));
            }
        }
    }
    Ok(groups)
}

/// All incidents together.
pub fn total(db: &mut Db, question: Question) -> StoreResult<Counts> {
    let rows = count_by!(db, question, incident::county_code, i64);
    let mut groups = sum_by_key(rows.into_iter().map(|(_, row, number)| Ok(((), row, number))))?;
    Ok(groups.pop().map(|((), counts)| counts).unwrap_or_default())
}

pub fn by_category(db: &mut Db, question: Question) -> StoreResult<Vec<(CategoryCode, Counts)>> {
    let rows = count_by!(db, question, incident::category, Code<CategoryCode>);
    sum_by_key(rows.into_iter().map(|(Code(category), row, number)| Ok((category, row, number))))
}

/// A part of a unit, one level below it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Child {
    Unit(UnitCode),
    Grid(GridCode),
    /// The incident has no place at this level, or the reader may not see it.
    Unknown,
}

/// By the units or grids directly below the unit of the question.
pub fn by_child(db: &mut Db, question: Question) -> StoreResult<Vec<(Child, Counts)>> {
    let unit =
        |code: Option<i64>| code.map_or(Ok(Child::Unknown), |code| units::from_db(code).map(Child::Unit));
    let grid =
        |code: Option<i64>| code.map_or(Ok(Child::Unknown), |code| grids::from_db(code).map(Child::Grid));
    match question.unit.level() {
        Level::City => {
            let rows = count_by!(db, question, incident::county_code, i64);
            sum_by_key(rows.into_iter().map(|(code, row, number)| Ok((unit(Some(code))?, row, number))))
        }
        Level::County => {
            let scope = question.scope;
            let placed = count_by!(db, question, incident::township_code, Option<i64>, scopes::placed(scope));
            let unplaced = count_by!(db, question, incident::county_code, i64, scopes::not_placed(scope));
            let placed = placed.into_iter().map(|(code, row, number)| Ok((unit(code)?, row, number)));
            let unplaced = unplaced.into_iter().map(|(_, row, number)| Ok((Child::Unknown, row, number)));
            sum_by_key(placed.chain(unplaced))
        }
        Level::Township => {
            let rows = count_by!(db, question, incident::village_code, Option<i64>);
            sum_by_key(rows.into_iter().map(|(code, row, number)| Ok((unit(code)?, row, number))))
        }
        Level::Village => {
            let rows = count_by!(db, question, incident::grid_code, Option<i64>);
            sum_by_key(rows.into_iter().map(|(code, row, number)| Ok((grid(code)?, row, number))))
        }
    }
}
