//! Table `grid`.

use diesel::prelude::*;
use grassroots_domain::geography::unit::GridCode;

use crate::{
    database::{
        db::{Db, on_each},
        error::{StoreResult, decode},
        schema::grid,
    },
    reference::units,
};

/// A grid with its shape as GeoJSON text. The caller parses the text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredGrid {
    pub code: GridCode,
    pub name: String,
    /// GeoJSON geometry, WGS-84.
    pub shape: String,
    /// Whether the shape was generated and does not come from a survey.
    pub synthetic: bool,
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = grid, treat_none_as_default_value = false)]
struct Row<'a> {
    code: i64,
    unit_code: i64,
    name: &'a str,
    shape: &'a str,
    synthetic: bool,
}

pub(crate) fn to_db(code: GridCode) -> i64 {
    // A grid code has fifteen digits.
    i64::try_from(code.as_u64()).unwrap_or(i64::MAX)
}

pub(crate) fn from_db(code: i64) -> StoreResult<GridCode> {
    decode("grid_code", &code.to_string())
}

pub fn all(db: &mut Db) -> StoreResult<Vec<StoredGrid>> {
    let rows: Vec<(i64, String, String, bool)> = grid::table
        .order(grid::code)
        .select((grid::code, grid::name, grid::shape, grid::synthetic))
        .load(db)?;
    rows.into_iter()
        .map(|(code, name, shape, synthetic)| Ok(StoredGrid { code: from_db(code)?, name, shape, synthetic }))
        .collect()
}

/// Inserts a grid, or replaces the grid with this code.
pub fn save(db: &mut Db, one: &StoredGrid) -> StoreResult<()> {
    let row = Row {
        code: to_db(one.code),
        unit_code: units::to_db(one.code.village()),
        name: &one.name,
        shape: &one.shape,
        synthetic: one.synthetic,
    };
    on_each!(db, conn => diesel::insert_into(grid::table)
        .values(&row)
        .on_conflict(grid::code)
        .do_update()
        .set(&row)
        .execute(conn))?;
    Ok(())
}
