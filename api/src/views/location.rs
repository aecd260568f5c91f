//! The position of an incident.

use chrono::{DateTime, FixedOffset};
use grassroots_domain::geography::{
    datum::{Datum, from_wgs84},
    position::{Position, PositionSource},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::json::{schema::codes, time::local};

/// A position.
#[derive(Debug, Serialize, ToSchema)]
pub struct LocationView {
    /// Longitude in degrees east.
    pub lon: f64,
    /// Latitude in degrees north.
    pub lat: f64,
    /// The datum of `lon` and `lat`: WGS-84, unless the query parameter `datum` asks for another.
    #[schema(value_type = String, example = "wgs84")]
    pub datum: Datum,
    /// Accuracy stated by the phone: the radius around the position, in metres. Absent if not stated.
    pub accuracy_m: Option<f64>,
    /// When the phone measured the position; absent if not stated.
    pub captured_at: Option<DateTime<FixedOffset>>,
    /// How the position was found.
    #[schema(schema_with = codes::<PositionSource>)]
    pub source: &'static str,
    /// The datum in which the position was sent.
    #[schema(value_type = String, example = "gcj02")]
    pub sent_datum: Datum,
}

impl LocationView {
    /// A position with coordinates in `datum`.
    pub(super) fn new(position: &Position, datum: Datum) -> Self {
        let shown = from_wgs84(position.wgs84, datum).rounded();
        Self {
            lon: shown.lon,
            lat: shown.lat,
            datum,
            accuracy_m: position.raw.accuracy_m,
            captured_at: position.raw.captured_at.map(local),
            source: position.raw.source.as_str(),
            sent_datum: position.raw.datum,
        }
    }
}
