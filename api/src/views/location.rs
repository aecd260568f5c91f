//! Where an incident happened, in numbers.

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
    /// Degrees east.
    pub lon: f64,
    /// Degrees north.
    pub lat: f64,
    /// The datum of these numbers: WGS-84 unless `?datum=` asked for another.
    #[schema(value_type = String, example = "wgs84")]
    pub datum: Datum,
    /// Radius in which the phone believed to be, in metres.
    pub accuracy_m: Option<f64>,
    /// When the fix was made.
    pub captured_at: Option<DateTime<FixedOffset>>,
    /// How it was found.
    #[schema(schema_with = codes::<PositionSource>)]
    pub source: &'static str,
    /// The datum it was sent in.
    #[schema(value_type = String, example = "gcj02")]
    pub sent_datum: Datum,
}

impl LocationView {
    /// A position, with its numbers in `datum`.
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
