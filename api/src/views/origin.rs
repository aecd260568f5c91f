//! The units that contain the place of an incident.

use grassroots_domain::geography::place::Place;
use serde::Serialize;
use utoipa::ToSchema;

use crate::views::reader::Reader;

/// The grid and units that contain the place of the incident, as they were on the day of the report. In a summary, only
/// the county and the city are shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct OriginView {
    /// Code of the grid, 15 digits; absent if not known.
    pub grid: Option<String>,
    /// Code of the village, 12 digits; absent if not known.
    pub village: Option<String>,
    /// Code of the township, 9 digits; absent if not known.
    pub township: Option<String>,
    /// Code of the county, 6 digits.
    pub county: String,
    /// Code of the city, 4 digits.
    pub city: String,
    /// Full name of the smallest known unit.
    pub name: String,
}

/// A place with the names of its units. If it is not `readable`, only the county and the city are shown.
pub(super) fn place_view(place: &Place, readable: bool, reader: &Reader) -> OriginView {
    let shown = |code: Option<String>| code.filter(|_| readable);
    let most_precise = place.village.or(place.township).filter(|_| readable).unwrap_or(place.county);
    OriginView {
        grid: shown(place.grid.map(|code| code.to_string())),
        village: shown(place.village.map(|code| code.to_string())),
        township: shown(place.township.map(|code| code.to_string())),
        county: place.county.to_string(),
        city: place.city.to_string(),
        name: reader.snapshot.reference_data.units.full_name(most_precise),
    }
}
