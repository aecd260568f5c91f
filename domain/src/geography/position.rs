//! A place as a phone gives it, checked and brought to WGS-84.

use serde::{Deserialize, Serialize};

use crate::{
    code::codes,
    geography::datum::{Datum, LonLat, to_wgs84},
    time::Instant,
};

/// How far around a position a grid border is looked for, at most, in metres, whatever accuracy a phone claims. Grids in
/// town are about 1 km wide: a larger circle would name half a dozen of them and help nobody to choose.
pub const MAX_BORDER_RADIUS_M: f64 = 500.0;

/// Above this accuracy, in metres, a report is taken with [`PositionWarning::Inaccurate`].
pub const INACCURATE_ABOVE_M: f64 = 2_000.0;

/// Above this, in metres, the accuracy is no measurement.
const ABSURD_ABOVE_M: f64 = 100_000.0;

codes! {
    /// How the position was found.
    PositionSource "position source" {
        /// A satellite fix.
        Gps "gps" "卫星定位",
        /// Cell towers or wireless networks.
        Network "network" "网络定位",
        /// A point chosen on a map.
        MapPick "map_pick" "地图选点",
        /// Typed in, or the last known fix where there is no signal.
        Manual "manual" "手工填写",
    }
}

/// A position as it was sent, kept unchanged beside the converted one.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct RawPosition {
    /// Degrees east in `datum`.
    pub lon: f64,
    /// Degrees north in `datum`.
    pub lat: f64,
    /// What the numbers refer to. Never guessed: phones give different datums for different fixes.
    pub datum: Datum,
    /// Radius in which the phone believes to be, in metres.
    pub accuracy_m: Option<f64>,
    /// When the fix was made.
    pub captured_at: Option<Instant>,
    /// How it was found.
    pub source: PositionSource,
}

/// A checked position.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Position {
    /// As it was sent.
    pub raw: RawPosition,
    /// In WGS-84, to 6 decimals (0.1 m).
    pub wgs84: LonLat,
}

/// Why a position was refused.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum PositionError {
    /// Longitude or latitude is infinite or no number.
    NotFinite,
    /// The (0, 0) that phones give when they know nothing.
    Zero,
    /// Longitude and latitude changed places.
    Swapped {
        /// The longitude as it was sent.
        lon: f64,
        /// The latitude as it was sent.
        lat: f64,
    },
    /// Not in the rectangle of China.
    OutsideChina {
        /// The longitude as it was sent.
        lon: f64,
        /// The latitude as it was sent.
        lat: f64,
    },
    /// An accuracy below zero.
    AccuracyNegative(f64),
    /// An accuracy that is no number of metres.
    AccuracyAbsurd(f64),
}

impl PositionError {
    /// The field of the position that is wrong.
    #[must_use]
    pub fn field(&self) -> &'static str {
        match self {
            Self::NotFinite | Self::Zero | Self::Swapped { .. } => "lon",
            Self::OutsideChina { lon, .. } => {
                if lon_in_china(*lon) {
                    "lat"
                } else {
                    "lon"
                }
            }
            Self::AccuracyNegative(_) | Self::AccuracyAbsurd(_) => "accuracy_m",
        }
    }
}

/// What is odd about a position that is taken nevertheless.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PositionWarning {
    /// The accuracy is worse than [`INACCURATE_ABOVE_M`]: the grid is a guess.
    Inaccurate,
}

impl Position {
    /// Checks a position and converts it. Limits: mainland China, and what a phone can claim.
    ///
    /// # Errors
    /// [`PositionError`] for what cannot be a place in China or an accuracy.
    pub fn parse(raw: RawPosition) -> Result<(Self, Vec<PositionWarning>), PositionError> {
        check_place(raw.lon, raw.lat)?;
        if let Some(accuracy_m) = raw.accuracy_m {
            check_accuracy(accuracy_m)?;
        }
        let wgs84 = to_wgs84(LonLat { lon: raw.lon, lat: raw.lat }, raw.datum).rounded();
        let inaccurate = raw.accuracy_m.is_some_and(|accuracy_m| accuracy_m > INACCURATE_ABOVE_M);
        let warnings = if inaccurate { vec![PositionWarning::Inaccurate] } else { Vec::new() };
        Ok((Self { raw, wgs84 }, warnings))
    }

    /// The radius to look for grid borders in, in metres: 0 if the phone gave none, at most [`MAX_BORDER_RADIUS_M`].
    #[must_use]
    pub fn accuracy_m(&self) -> f64 {
        self.raw.accuracy_m.unwrap_or(0.0).clamp(0.0, MAX_BORDER_RADIUS_M)
    }
}

fn check_place(lon: f64, lat: f64) -> Result<(), PositionError> {
    if !lon.is_finite() || !lat.is_finite() {
        return Err(PositionError::NotFinite);
    }
    if lon == 0.0 && lat == 0.0 {
        return Err(PositionError::Zero);
    }
    if lat > 54.0 && lon < 54.0 && lon_in_china(lat) && lat_in_china(lon) {
        return Err(PositionError::Swapped { lon, lat });
    }
    if !lon_in_china(lon) || !lat_in_china(lat) {
        return Err(PositionError::OutsideChina { lon, lat });
    }
    Ok(())
}

fn check_accuracy(accuracy_m: f64) -> Result<(), PositionError> {
    if !accuracy_m.is_finite() || accuracy_m > ABSURD_ABOVE_M {
        return Err(PositionError::AccuracyAbsurd(accuracy_m));
    }
    if accuracy_m < 0.0 {
        return Err(PositionError::AccuracyNegative(accuracy_m));
    }
    Ok(())
}

fn lon_in_china(lon: f64) -> bool {
    (73.0..=136.0).contains(&lon)
}

fn lat_in_china(lat: f64) -> bool {
    (3.0..=54.0).contains(&lat)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(lon: f64, lat: f64) -> RawPosition {
        let source = PositionSource::Gps;
        RawPosition { lon, lat, datum: Datum::Wgs84, accuracy_m: None, captured_at: None, source }
    }

    fn refusal(raw: RawPosition) -> (PositionError, &'static str) {
        let error = Position::parse(raw).unwrap_err();
        (error, error.field())
    }

    #[test]
    fn a_fix_is_kept_and_converted() {
        let sent = RawPosition { datum: Datum::Gcj02, ..raw(111.206294, 34.771612) };
        let (position, warnings) = Position::parse(sent).unwrap();
        assert_eq!(position.wgs84, LonLat { lon: 111.2003, lat: 34.7726 });
        assert_eq!((position.raw, warnings), (sent, vec![]));
        let json = serde_json::to_string(&position).unwrap();
        assert_eq!(serde_json::from_str::<Position>(&json).unwrap(), position);
    }

    #[test]
    fn what_is_no_place_in_china_is_refused() {
        assert_eq!(refusal(raw(f64::NAN, 34.0)), (PositionError::NotFinite, "lon"));
        assert_eq!(refusal(raw(111.0, f64::INFINITY)), (PositionError::NotFinite, "lon"));
        assert_eq!(refusal(raw(0.0, 0.0)), (PositionError::Zero, "lon"));
        let swapped = PositionError::Swapped { lon: 34.7726, lat: 111.2003 };
        assert_eq!(refusal(raw(34.7726, 111.2003)), (swapped, "lon"));
        for (lon, lat, field) in [(-0.1276, 51.5, "lon"), (0.1276, 54.5, "lon"), (111.2, 2.9, "lat")] {
            assert_eq!(refusal(raw(lon, lat)), (PositionError::OutsideChina { lon, lat }, field));
        }
    }

    #[test]
    fn an_accuracy_is_a_radius() {
        let with = |accuracy_m| RawPosition { accuracy_m: Some(accuracy_m), ..raw(111.2, 34.7) };
        assert_eq!(refusal(with(-1.0)), (PositionError::AccuracyNegative(-1.0), "accuracy_m"));
        assert_eq!(refusal(with(100_000.1)), (PositionError::AccuracyAbsurd(100_000.1), "accuracy_m"));
        assert!(matches!(refusal(with(f64::NAN)), (PositionError::AccuracyAbsurd(_), "accuracy_m")));
        let (fair, warnings) = Position::parse(with(2_000.0)).unwrap();
        assert_eq!((fair.accuracy_m(), warnings), (MAX_BORDER_RADIUS_M, vec![]));
        let (poor, warnings) = Position::parse(with(2_000.1)).unwrap();
        assert_eq!((poor.accuracy_m(), warnings), (MAX_BORDER_RADIUS_M, vec![PositionWarning::Inaccurate]));
        assert_eq!(Position::parse(with(12.0)).unwrap().0.accuracy_m(), 12.0);
        assert_eq!(Position::parse(raw(111.2, 34.7)).unwrap().0.accuracy_m(), 0.0);
    }
}
