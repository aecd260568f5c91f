//! Table `unit`.

use diesel::prelude::*;
use grassroots_domain::geography::unit::{Level, Unit, UnitCode};

use crate::database::{
    db::{Db, on_each},
    error::{StoreError, StoreResult, decode},
    schema::unit,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = unit, treat_none_as_default_value = false)]
struct Row {
    code: i64,
    name: String,
    short_name: String,
    kind: String,
}

impl From<&Unit> for Row {
    fn from(unit: &Unit) -> Self {
        Self {
            code: to_db(unit.code),
            name: unit.name.clone(),
            short_name: unit.short_name.clone(),
            kind: unit.kind.clone(),
        }
    }
}

impl TryFrom<Row> for Unit {
    type Error = StoreError;

    fn try_from(row: Row) -> StoreResult<Self> {
        Ok(Self { code: from_db(row.code)?, name: row.name, short_name: row.short_name, kind: row.kind })
    }
}

pub(crate) fn to_db(code: UnitCode) -> i64 {
    // A unit code has at most twelve digits.
    i64::try_from(code.as_u64()).unwrap_or(i64::MAX)
}

pub(crate) fn from_db(code: i64) -> StoreResult<UnitCode> {
    decode("unit_code", &code.to_string())
}

/// A level as a number that can be compared in SQL: 0 for none, 1 for village, up to 4 for city.
pub(crate) const fn rank_of_level(level: Option<Level>) -> i16 {
    match level {
        None => 0,
        Some(Level::Village) => 1,
        Some(Level::Township) => 2,
        Some(Level::County) => 3,
        Some(Level::City) => 4,
    }
}

pub fn all(db: &mut Db) -> StoreResult<Vec<Unit>> {
    let rows: Vec<Row> = unit::table.order(unit::code).select(Row::as_select()).load(db)?;
    rows.into_iter().map(Unit::try_from).collect()
}

/// Inserts a unit, or renames the unit with this code.
pub fn save(db: &mut Db, one: &Unit) -> StoreResult<()> {
    let row = Row::from(one);
    on_each!(db, conn => diesel::insert_into(unit::table)
        .values(&row)
        .on_conflict(unit::code)
        .do_update()
        .set(&row)
        .execute(conn))?;
    Ok(())
}
