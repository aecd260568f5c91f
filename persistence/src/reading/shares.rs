//! Counts for the grassroots share, made in the database.

use diesel::{dsl::count_star, prelude::*};
use grassroots_domain::{
    geography::unit::{GridCode, Level, UnitCode},
    reading::{
        share::{Counts, DateBasis, MetricFacts},
        visibility::Scope,
    },
    rules::category::CategoryCode,
};

use crate::{
    database::{
        db::Db,
        error::{StoreResult, decode},
        schema::incident,
    },
    reading::{
        period::{Period, in_period},
        scopes,
    },
    reference::{grids, units},
};

/// What is counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Question {
    /// Who asks: only what the scope shows is counted.
    pub scope: Scope,
    /// Where the incidents happened.
    pub unit: UnitCode,
    /// By which date they belong to the period.
    pub basis: DateBasis,
    /// When.
    pub period: Period,
}

/// Traits as the database groups by them.
type TraitRow = (String, Option<String>, Option<String>, bool, bool, i32, bool, bool);

fn traits(row: TraitRow) -> StoreResult<MetricFacts> {
    let (state, outcome, resolved_level, on_spot, self_verified, reopened, in_place, county_first) = row;
    Ok(MetricFacts {
        state: decode("incident.state", &state)?,
        outcome: outcome.map(|code| decode("incident.outcome", &code)).transpose()?,
        resolved_level: resolved_level.map(|code| decode("incident.resolved_level", &code)).transpose()?,
        on_spot,
        self_verified,
        reopened: reopened > 0,
        in_place,
        county_first,
    })
}

/// Counts per distinct value of one column: rows of `(value, traits, number)`.
macro_rules! count_by {
    ($db:expr, $question:expr, $column:expr, $type:ty) => {
        count_by!($db, $question, $column, $type, scopes::constant(true))
    };
    ($db:expr, $question:expr, $column:expr, $type:ty, $only:expr) => {{
        let question: Question = $question;
        let traits_of = (
            incident::state,
            incident::outcome,
            incident::resolved_level,
            incident::on_spot,
            incident::self_verified,
            incident::reopened,
            incident::in_place,
            incident::county_first,
        );
        let rows: Vec<($type, TraitRow, i64)> = incident::table
            .filter(scopes::condition(question.scope))
            .filter(scopes::seen_in(question.scope, question.unit))
            .filter(in_period(question.basis, question.period))
            .filter($only)
            .group_by(($column, traits_of))
            .select(($column, traits_of, count_star()))
            .load($db)?;
        rows
    }};
}

fn fold<K: PartialEq>(
    rows: impl IntoIterator<Item = StoreResult<(K, TraitRow, i64)>>,
) -> StoreResult<Vec<(K, Counts)>> {
    let mut groups: Vec<(K, Counts)> = Vec::new();
    for row in rows {
        let (key, row, number) = row?;
        let (traits, number) = (traits(row)?, u64::try_from(number).unwrap_or(0));
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, counts)) => counts.add(traits, number),
            None => {
                let mut counts = Counts::default();
                counts.add(traits, number);
                groups.push((key, counts));
            }
        }
    }
    Ok(groups)
}

/// Everything in one.
///
/// # Errors
/// When the query fails or a row does not decode.
pub fn total(db: &mut Db, question: Question) -> StoreResult<Counts> {
    let rows = count_by!(db, question, incident::city_code, i64);
    let mut groups = fold(rows.into_iter().map(|(_, row, number)| Ok(((), row, number))))?;
    Ok(groups.pop().map(|((), counts)| counts).unwrap_or_default())
}

/// By category.
///
/// # Errors
/// When the query fails or a row does not decode.
pub fn by_category(db: &mut Db, question: Question) -> StoreResult<Vec<(CategoryCode, Counts)>> {
    let rows = count_by!(db, question, incident::category, String);
    fold(rows.into_iter().map(|(code, row, number)| Ok((decode("incident.category", &code)?, row, number))))
}

/// What lies directly below a unit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Child {
    /// A county, township or village.
    Unit(UnitCode),
    /// A grid of a village.
    Grid(GridCode),
    /// The place is not known that precisely.
    Unknown,
}

/// By the direct children of the unit asked for.
///
/// # Errors
/// When the query fails or a row does not decode.
pub fn by_child(db: &mut Db, question: Question) -> StoreResult<Vec<(Child, Counts)>> {
    let unit =
        |code: Option<i64>| code.map_or(Ok(Child::Unknown), |code| units::from_db(code).map(Child::Unit));
    let grid =
        |code: Option<i64>| code.map_or(Ok(Child::Unknown), |code| grids::from_db(code).map(Child::Grid));
    match question.unit.level() {
        Level::City => {
            let rows = count_by!(db, question, incident::county_code, i64);
            fold(rows.into_iter().map(|(code, row, number)| Ok((unit(Some(code))?, row, number))))
        }
        Level::County => {
            let scope = question.scope;
            let placed = count_by!(db, question, incident::township_code, Option<i64>, scopes::placed(scope));
            let vague = count_by!(db, question, incident::city_code, i64, scopes::not_placed(scope));
            let placed = placed.into_iter().map(|(code, row, number)| Ok((unit(code)?, row, number)));
            let vague = vague.into_iter().map(|(_, row, number)| Ok((Child::Unknown, row, number)));
            fold(placed.chain(vague))
        }
        Level::Township => {
            let rows = count_by!(db, question, incident::village_code, Option<i64>);
            fold(rows.into_iter().map(|(code, row, number)| Ok((unit(code)?, row, number))))
        }
        Level::Village => {
            let rows = count_by!(db, question, incident::grid_code, Option<i64>);
            fold(rows.into_iter().map(|(code, row, number)| Ok((grid(code)?, row, number))))
        }
    }
}
