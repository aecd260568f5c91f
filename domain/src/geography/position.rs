//! Positions from phones, checked and converted to WGS-84.

use serde::{Deserialize, Serialize};

use crate::{
    code::codes,
    geography::datum::{Datum, LonLat, to_wgs84},
    time::Instant,
};

/// The largest radius around a position in which grid borders are searched, in metres. It limits the accuracy radius given
/// by the phone. Grids in towns are about 1 km wide, so a larger circle would find too many grids.
pub const MAX_BORDER_RADIUS_M: f64 = 500.0;

/// A position with a larger accuracy radius, in metres, is accepted with [`PositionWarning::Inaccurate`].
pub const INACCURATE_ABOVE_M: f64 = 2_000.0;

/// A larger accuracy radius, in metres, is refused: it cannot be a measurement.
const MAX_ACCURACY_M: f64 = 100_000.0;

codes! {
    /// How the position was found.
    PositionSource "position source" {
        /// By satellites.
        Gps "gps" "卫星定位",
        /// By cell towers or wireless networks.
        Network "network" "网络定位",
        /// The user chose a point on a map.
        MapPick "map_pick" "地图选点",
        /// The user typed it, or the phone had no signal and used its last known position.
        Manual "manual" "手工填写",
    }
}

/// A position as the phone sent it. It is stored unchanged, together with the converted one.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct RawPosition {
    /// Degrees east in `datum`.
    pub lon: f64,
    /// Degrees north in `datum`.
    pub lat: f64,
    /// The datum of `lon` and `lat`. It is never guessed, because phones use different datums for different sources.
    pub datum: Datum,
    /// The accuracy radius given by the phone, in metres.
    pub accuracy_m: Option<f64>,
    /// When the position was measured.
    pub captured_at: Option<Instant>,
    pub source: PositionSource,
}

/// A checked position.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Position {
    pub raw: RawPosition,
    /// The position in WGS-84, rounded to 6 decimals (0.1 m).
    pub wgs84: LonLat,
}

/// Why a position is refused.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum PositionError {
    /// Longitude or latitude is infinite or not a number.
    NotFinite,
    /// The position is (0, 0), which phones send when they have no position.
    Zero,
    /// Longitude and latitude are swapped.
    Swapped { lon: f64, lat: f64 },
    /// The position lies outside the bounding box of China.
    OutsideChina { lon: f64, lat: f64 },
    /// The accuracy is negative.
    AccuracyNegative(f64),
    /// The accuracy is not finite, or larger than 100 km.
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

/// A problem with an accepted position.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PositionWarning {
    /// The accuracy radius is larger than [`INACCURATE_ABOVE_M`], so the grid is uncertain.
    Inaccurate,
}

impl Position {
    /// Checks a position and converts it to WGS-84.
    ///
    /// # Errors
    /// [`PositionError`] if the position cannot lie in China, or if the accuracy is not possible.
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

    /// The radius in which grid borders are searched, in metres: the accuracy given by the phone (0 if none), at most
    /// [`MAX_BORDER_RADIUS_M`].
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
    if !accuracy_m.is_finite() || accuracy_m > MAX_ACCURACY_M {
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

    fn error_of(raw: RawPosition) -> (PositionError, &'static str) {
        let error = Position::parse(raw).unwrap_err();
        (error, error.field())
    }

    #[test]
    fn a_position_is_kept_and_converted() {
        let sent = RawPosition { datum: Datum::Gcj02, ..raw(111.206294, 34.771612) };
        let (position, warnings) = Position::parse(sent).unwrap();
        assert_eq!(position.wgs84, LonLat { lon: 111.2003, lat: 34.7726 });
        assert_eq!((position.raw, warnings), (sent, vec![]));
        let json = serde_json::to_string(&position).unwrap();
        assert_eq!(serde_json::from_str::<Position>(&json).unwrap(), position);
    }

    #[test]
    fn positions_outside_china_are_refused() {
        assert_eq!(error_of(raw(f64::NAN, 34.0)), (PositionError::NotFinite, "lon"));
        assert_eq!(error_of(raw(111.0, f64::INFINITY)), (PositionError::NotFinite, "lon"));
        assert_eq!(error_of(raw(0.0, 0.0)), (PositionError::Zero, "lon"));
        let swapped = PositionError::Swapped { lon: 34.7726, lat: 111.2003 };
        assert_eq!(error_of(raw(34.7726, 111.2003)), (swapped, "lon"));
        for (lon, lat, field) in [(-0.1276, 51.5, "lon"), (0.1276, 54.5, "lon"), (111.2, 2.9, "lat")] {
            assert_eq!(error_of(raw(lon, lat)), (PositionError::OutsideChina { lon, lat }, field));
        }
    }

    #[test]
    fn the_accuracy_must_be_a_possible_radius() {
        let with = |accuracy_m| RawPosition { accuracy_m: Some(accuracy_m), ..raw(111.2, 34.7) };
        assert_eq!(error_of(with(-1.0)), (PositionError::AccuracyNegative(-1.0), "accuracy_m"));
        assert_eq!(error_of(with(100_000.1)), (PositionError::AccuracyAbsurd(100_000.1), "accuracy_m"));
        assert!(matches!(error_of(with(f64::NAN)), (PositionError::AccuracyAbsurd(_), "accuracy_m")));
        let (fair, warnings) = Position::parse(with(2_000.0)).unwrap();
        assert_eq!((fair.accuracy_m(), warnings), (MAX_BORDER_RADIUS_M, vec![]));
        let (poor, warnings) = Position::parse(with(2_000.1)).unwrap();
        assert_eq!((poor.accuracy_m(), warnings), (MAX_BORDER_RADIUS_M, vec![PositionWarning::Inaccurate]));
        assert_eq!(Position::parse(with(12.0)).unwrap().0.accuracy_m(), 12.0);
        assert_eq!(Position::parse(raw(111.2, 34.7)).unwrap().0.accuracy_m(), 0.0);
    }
}
