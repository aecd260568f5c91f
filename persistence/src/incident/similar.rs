//! Reports of what may be the same matter: of the same domain, near, recent, open, and shown to everybody of the place.

use diesel::prelude::*;
use grassroots_domain::{
    geography::datum::{LonLat, distance_m},
    ids::IncidentId,
    rules::category::CategoryCode,
    time::Instant,
};

use crate::{
    database::{
        db::{Db, DbId, DbTime},
        error::{StoreResult, decode},
        schema::{incident, report},
    },
    reference::units::rank_of_level,
};

/// Metres within which two reports may be of one matter (DOMAIN 2.6).
pub const NEAR_M: f64 = 100.0;
/// Reports looked at, the newest of those around, and reports named, at most.
const LIMIT: i64 = 40;
const NAMED: usize = 10;
/// Degrees that are more than [`NEAR_M`], everywhere in China (up to 55° N).
const NEAR_LAT: f64 = 0.000_9;
const NEAR_LON: f64 = 0.001_6;
/// Size of a cell in degrees: what is near a place lies in four of them at most.
const CELL_LAT: f64 = 2.0 * NEAR_LAT;
const CELL_LON: f64 = 2.0 * NEAR_LON;
/// Cells around the earth, and more.
const CELLS_EAST: i64 = 1_000_000;

/// The cell that `position` lies in.
pub(crate) fn cell(position: LonLat) -> i64 {
    let number = |degrees: f64, size: f64| {
        #[expect(
            clippy::as_conversions,
            clippy::cast_possible_truncation,
            reason = "at most some hundred thousand"
        )]
        let number = (degrees / size).floor() as i64;
        number
    };
    number(position.lat, CELL_LAT) * CELLS_EAST + number(position.lon, CELL_LON)
}

/// The cells in which something near `position` may lie; some are the same, if it lies in the middle of one.
fn cells_near(LonLat { lon, lat }: LonLat) -> [i64; 4] {
    let corners = [(1.0, -1.0), (1.0, 1.0), (-1.0, -1.0), (-1.0, 1.0)];
    corners.map(|(north, east)| cell(LonLat { lon: lon + east * NEAR_LON, lat: lat + north * NEAR_LAT }))
}

/// Another report that may be of the same matter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Similar {
    /// Its identity.
    pub id: IncidentId,
    /// What it is about.
    pub category: CategoryCode,
}

/// Open incidents like the one with that key, of the domain of `category`, near `position` and received after `since`: the
/// nearest first. One statement.
///
/// # Errors
/// When the query fails or a row does not decode.
pub fn near(
    db: &mut Db,
    key: i64,
    category: CategoryCode,
    position: LonLat,
    since: Instant,
) -> StoreResult<Vec<Similar>> {
    let [north_west, north_east, south_west, south_east] = cells_near(position);
    // Neither LIKE nor IN: for a bound pattern SQLite plans the query anew each time, and diesel prepares a list anew.
    let domain = category.domain();
    let rows: Vec<(DbId, String, Option<f64>, Option<f64>)> = incident::table
        .inner_join(report::table)
        .filter(
            (incident::cell.eq(north_west).or(incident::cell.eq(north_east)))
                .or(incident::cell.eq(south_west).or(incident::cell.eq(south_east))),
        )
        .filter(incident::ended_at.is_null())
        .filter(incident::received_at.ge(DbTime(since)))
        .filter(incident::category.between(format!("{domain:02}00"), format!("{domain:02}99")))
        // Not even that there is one is told of what is restricted, or may be about those who report beside it.
        .filter(incident::restricted.eq(false))
        .filter(incident::skip_rank.eq(rank_of_level(None)))
        .filter(incident::id.ne(key))
        .order(incident::id.desc())
        .limit(LIMIT)
        .select((incident::uuid, incident::category, report::lon, report::lat))
        .load(db)?;
    let mut found = Vec::new();
    for (id, other, lon, lat) in rows {
        let Some(at) = lon.zip(lat).map(|(lon, lat)| LonLat { lon, lat }) else { continue };
        let distance = distance_m(position, at);
        if distance <= NEAR_M {
            let category = decode("incident.category", &other)?;
            found.push((distance, Similar { id: IncidentId(id.0), category }));
        }
    }
    found.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    Ok(found.into_iter().take(NAMED).map(|(_, similar)| similar).collect())
}
