//! Where an incident happened, by unit.

use grassroots_domain::geography::place::Place;
use serde::Serialize;
use utoipa::ToSchema;

use crate::views::reader::Reader;

/// The units an incident lies in, as of the day it was reported.
#[derive(Debug, Serialize, ToSchema)]
pub struct OriginView {
    /// Grid, 15 digits.
    pub grid: Option<String>,
    /// Village, 12 digits.
    pub village: Option<String>,
    /// Township, 9 digits.
    pub township: Option<String>,
    /// County, 6 digits.
    pub county: String,
    /// City, 4 digits.
    pub city: String,
    /// The most precise of these in words.
    pub name: String,
}

/// A place with its units by name. A summary tells the county and nothing below it.
pub(super) fn place_view(place: &Place, readable: bool, reader: &Reader) -> OriginView {
    let shown = |code: Option<String>| code.filter(|_| readable);
    let most_precise = place.village.or(place.township).filter(|_| readable).unwrap_or(place.county);
    OriginView {
        grid: shown(place.grid.map(|code| code.to_string())),
        village: shown(place.village.map(|code| code.to_string())),
        township: shown(place.township.map(|code| code.to_string())),
        county: place.county.to_string(),
        city: place.city.to_string(),
        name: reader.snapshot.ground.units.full_name(most_precise),
    }
}
