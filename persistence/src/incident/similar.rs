//! Reports that may be about the same matter: of the same domain, near, recent, open, and visible to everybody of the place.

use diesel::prelude::*;
use grassroots_domain::{
    geography::datum::{LonLat, distance_m},
    ids::IncidentId,
    rules::category::CategoryCode,
    time::Instant,
};

use crate::{
    database::{
        columns::Code,
        db::{Db, DbId, DbTime},
        error::StoreResult,
        schema::{incident, report},
    },
    reference::units::rank_of_level,
};

/// Two reports may be about the same matter if they are within this distance in metres.
pub const NEAR_M: f64 = 100.0;
/// Maximum number of reports that are compared. The newest come first.
const MAX_COMPARED: i64 = 40;
/// Maximum number of reports that are returned.
const MAX_RETURNED: usize = 10;
/// [`NEAR_M`] in degrees, rounded up for all of China (up to 55° N).
const NEAR_LAT: f64 = 0.000_9;
const NEAR_LON: f64 = 0.001_6;
/// Size of a cell in degrees. Everything near a position lies in at most four cells.
const CELL_LAT: f64 = 2.0 * NEAR_LAT;
const CELL_LON: f64 = 2.0 * NEAR_LON;
/// A number larger than the number of cells around the earth.
const CELLS_EAST: i64 = 1_000_000;

/// The number of the cell that contains `position`.
pub(crate) fn cell(position: LonLat) -> i64 {
    let number = |degrees: f64, size: f64| {
        #[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "less than a million")]
        let number = (degrees / size).floor() as i64;
        number
    };
    number(position.lat, CELL_LAT) * CELLS_EAST + number(position.lon, CELL_LON)
}

/// The cells that contain everything near `position`. Some of the four may be the same cell.
fn cells_near(LonLat { lon, lat }: LonLat) -> [i64; 4] {
    let corners = [(1.0, -1.0), (1.0, 1.0), (-1.0, -1.0), (-1.0, 1.0)];
    corners.map(|(north, east)| cell(LonLat { lon: lon + east * NEAR_LON, lat: lat + north * NEAR_LAT }))
}

/// Another incident that may be about the same matter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Similar {
    pub id: IncidentId,
    pub category: CategoryCode,
}

/// An incident with the position of its report.
type Row = (DbId, Code<CategoryCode>, Option<f64>, Option<f64>);

/// Open incidents of the domain of `category`, near `position` and received after `since`, without the incident `key`. The nearest
/// come first. Runs one statement.
pub fn near(
    db: &mut Db,
    key: i64,
    category: CategoryCode,
    position: LonLat,
    since: Instant,
) -> StoreResult<Vec<Similar>> {
    let [north_west, north_east, south_west, south_east] = cells_near(position);
    // Neither LIKE nor IN: SQLite plans a query with a bound pattern each time, and diesel prepares a query with a list each time.
    let domain = category.domain();
    let rows: Vec<Row> = incident::table
        .inner_join(report::table)
        .filter(
            (incident::cell.eq(north_west).or(incident::cell.eq(north_east)))
                .or(incident::cell.eq(south_west).or(incident::cell.eq(south_east))),
        )
        .filter(incident::ended_at.is_null())
        .filter(incident::received_at.ge(DbTime(since)))
        .filter(incident::category.between(format!("{domain:02}00"), format!("{domain:02}99")))
        // The reporter must not learn that a restricted incident exists, or one that skips a level and may be about a neighbour.
        .filter(incident::restricted.eq(false))
        .filter(incident::skip_rank.eq(rank_of_level(None)))
        .filter(incident::id.ne(key))
        .order(incident::id.desc())
        .limit(MAX_COMPARED)
        .select((incident::uuid, incident::category, report::lon, report::lat))
        .load(db)?;
    let mut near = Vec::new();
    for (id, Code(category), lon, lat) in rows {
        let Some(at) = lon.zip(lat).map(|(lon, lat)| LonLat { lon, lat }) else { continue };
        let distance = distance_m(position, at);
        if distance <= NEAR_M {
            near.push((distance, Similar { id: IncidentId(id.0), category }));
        }
    }
    near.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    Ok(near.into_iter().take(MAX_RETURNED).map(|(_, similar)| similar).collect())
}
