//! Reports of what may be the same matter: of the same domain, near, recent, open, and not restricted.

use diesel::prelude::*;
use grassroots_domain::{
    category::CategoryCode,
    datum::{LonLat, distance_m},
    incident::IncidentId,
    time::Instant,
};

use crate::{
    db::{At, Db, Key},
    error::{StoreResult, decode},
    schema::{incident, report},
};

/// Metres within which two reports may be of one matter (DOMAIN 2.6).
pub const NEAR_M: f64 = 100.0;
/// Reports looked at and named at most.
const LIMIT: i64 = 50;
const NAMED: usize = 10;
/// Metres in a degree of latitude, and of longitude at the equator.
const METRES_A_DEGREE: f64 = 111_195.0;

/// Another report that may be of the same matter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Similar {
    /// Its identity.
    pub id: IncidentId,
    /// What it is about.
    pub category: CategoryCode,
}

/// Open incidents like the one with that key, of the domain of `category`, near `position` and received after `since`: the
/// nearest first.
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
    let north = NEAR_M / METRES_A_DEGREE;
    let east = north / position.lat.to_radians().cos().max(0.1);
    let rows: Vec<(Key, String, Option<f64>, Option<f64>)> = incident::table
        .inner_join(report::table)
        .filter(report::lat.between(position.lat - north, position.lat + north))
        .filter(report::lon.between(position.lon - east, position.lon + east))
        .filter(incident::received_at.ge(At(since)))
        .filter(incident::ended_at.is_null())
        .filter(incident::restricted.eq(false))
        .filter(incident::category.like(format!("{:02}%", category.domain())))
        .filter(incident::id.ne(key))
        .order(incident::id.desc())
        .limit(LIMIT)
        .select((incident::uuid, incident::category, report::lon, report::lat))
        .load(db)?;
    let mut found = Vec::new();
    for (id, category, lon, lat) in rows {
        let (Some(lon), Some(lat)) = (lon, lat) else { continue };
        let distance = distance_m(position, LonLat { lon, lat });
        if distance <= NEAR_M {
            let category = decode("incident.category", &category)?;
            found.push((distance, Similar { id: IncidentId(id.0), category }));
        }
    }
    found.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    Ok(found.into_iter().take(NAMED).map(|(_, similar)| similar).collect())
}
