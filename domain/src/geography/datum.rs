//! Coordinate datums of Chinese maps and phones, and the conversion between them.
//!
//! GCJ-02 and BD-09 have no published formula. This module uses the common reverse-engineered formula (eviltransform),
//! which agrees with the services of the map makers within 1–2 m. CGCS2000 equals WGS-84 within 1 m, so it is not
//! converted.

use std::f64::consts::PI;

use geo::{Coord, Distance, Haversine, Point};
use serde::{Deserialize, Serialize};

use crate::code::codes;

codes! {
    /// The datum of a coordinate pair. In Sanmenxia, WGS-84 and GCJ-02 differ by about 550 m.
    Datum "datum" {
        /// Used by GPS and BeiDou receivers, and for all stored positions.
        Wgs84 "wgs84" "WGS-84（手机定位）",
        /// Used by AMap, Tencent and WeChat (`gcj02`).
        Gcj02 "gcj02" "GCJ-02（高德、腾讯）",
        /// Used by Baidu maps.
        Bd09 "bd09" "BD-09（百度）",
        /// The national datum, used by Tianditu and survey data. Its numbers equal those of WGS-84.
        Cgcs2000 "cgcs2000" "CGCS2000（天地图）",
    }
}

/// A pair of longitude and latitude, in degrees.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct LonLat {
    /// Degrees east.
    pub lon: f64,
    /// Degrees north.
    pub lat: f64,
}

impl LonLat {
    /// The pair rounded to 6 decimals (about 0.1 m). Positions are stored and looked up like this.
    #[must_use]
    pub fn rounded(self) -> Self {
        let round = |degrees: f64| (degrees * 1e6).round() / 1e6;
        Self { lon: round(self.lon), lat: round(self.lat) }
    }
}

impl From<LonLat> for Coord<f64> {
    fn from(LonLat { lon, lat }: LonLat) -> Self {
        Self { x: lon, y: lat }
    }
}

/// The distance between two WGS-84 positions in metres, on a sphere (haversine, radius 6,371,008.8 m). The error against
/// the ellipsoid is below 0.5 %.
#[must_use]
pub fn distance_m(from: LonLat, to: LonLat) -> f64 {
    Haversine.distance(Point::from(Coord::from(from)), Point::from(Coord::from(to)))
}

/// Converts a WGS-84 position to `datum`.
#[must_use]
pub fn from_wgs84(place: LonLat, datum: Datum) -> LonLat {
    match datum {
        Datum::Wgs84 | Datum::Cgcs2000 => place,
        Datum::Gcj02 => gcj02_from_wgs84(place),
        Datum::Bd09 => bd09_from_gcj02(gcj02_from_wgs84(place)),
    }
}

/// Converts a position in `datum` to WGS-84. Converting it back with [`from_wgs84`] gives the input within 1 mm.
#[must_use]
pub fn to_wgs84(place: LonLat, datum: Datum) -> LonLat {
    match datum {
        Datum::Wgs84 | Datum::Cgcs2000 => place,
        Datum::Gcj02 | Datum::Bd09 => {
            let mut guess = place;
            // The shift changes slowly, so each step reduces the error to a fiftieth or less: after six steps, 1 km becomes 1 µm.
            for _ in 0..6 {
                let shifted = from_wgs84(guess, datum);
                guess.lon -= shifted.lon - place.lon;
                guess.lat -= shifted.lat - place.lat;
            }
            guess
        }
    }
}

/// Semi-major axis in metres and squared eccentricity of the Krasovsky ellipsoid, on which GCJ-02 is defined.
const KRASOVSKY: (f64, f64) = (6_378_245.0, 0.006_693_421_622_965_943);

fn gcj02_from_wgs84(place: LonLat) -> LonLat {
    if !in_gcj02_area(place) {
        return place;
    }
    let (semi_major, ee) = KRASOVSKY;
    let (east, north) = gcj02_shift_m(place.lon - 105.0, place.lat - 35.0);
    let latitude = place.lat.to_radians();
    let magic = 1.0 - ee * latitude.sin().powi(2);
    let metres_per_radian_north = semi_major * (1.0 - ee) / (magic * magic.sqrt());
    let metres_per_radian_east = semi_major / magic.sqrt() * latitude.cos();
    LonLat {
        lon: place.lon + (east / metres_per_radian_east).to_degrees(),
        lat: place.lat + (north / metres_per_radian_north).to_degrees(),
    }
}

/// Whether map makers shift this position. The rectangle includes parts of the neighbouring countries.
fn in_gcj02_area(place: LonLat) -> bool {
    (72.004..=137.8347).contains(&place.lon) && (0.8293..=55.8271).contains(&place.lat)
}

/// The shift in metres east and north at `x`, `y` degrees from 105° E, 35° N.
fn gcj02_shift_m(x: f64, y: f64) -> (f64, f64) {
    let wave = |angle: f64, terms: [(f64, f64); 2]| {
        terms.into_iter().map(|(height, length)| height * (angle / length * PI).sin()).sum::<f64>() * 2.0
            / 3.0
    };
    let root = x.abs().sqrt();
    // The terms of `x` with the periods 1/3 and 1 are the same in both directions.
    let ripple = wave(x, [(20.0, 1.0 / 6.0), (20.0, 0.5)]);
    let east = 300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * root
        + ripple
        + wave(x, [(20.0, 1.0), (40.0, 3.0)])
        + wave(x, [(150.0, 12.0), (300.0, 30.0)]);
    let north = -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * root
        + ripple
        + wave(y, [(20.0, 1.0), (40.0, 3.0)])
        + wave(y, [(160.0, 12.0), (320.0, 30.0)]);
    (east, north)
}

fn bd09_from_gcj02(place: LonLat) -> LonLat {
    const X_PI: f64 = PI * 3000.0 / 180.0;
    let LonLat { lon: x, lat: y } = place;
    let radius = x.hypot(y) + 0.000_02 * (y * X_PI).sin();
    let angle = y.atan2(x) + 0.000_003 * (x * X_PI).cos();
    LonLat { lon: radius * angle.cos() + 0.0065, lat: radius * angle.sin() + 0.006 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SAMPLE: LonLat = LonLat { lon: 111.2003, lat: 34.7726 };

    #[test]
    fn sample_positions_in_sanmenxia() {
        assert_eq!(from_wgs84(SAMPLE, Datum::Gcj02).rounded(), LonLat { lon: 111.206294, lat: 34.771612 });
        assert_eq!(from_wgs84(SAMPLE, Datum::Bd09).rounded(), LonLat { lon: 111.212795, lat: 34.777542 });
        assert_eq!(from_wgs84(SAMPLE, Datum::Cgcs2000), SAMPLE);
        assert_eq!(to_wgs84(LonLat { lon: 111.206294, lat: 34.771612 }, Datum::Gcj02).rounded(), SAMPLE);
        assert_eq!(to_wgs84(LonLat { lon: 111.212795, lat: 34.777542 }, Datum::Bd09).rounded(), SAMPLE);
    }

    #[test]
    fn the_reference_position_matches_within_a_millimetre() {
        let gcj02 = from_wgs84(LonLat { lon: 116.404, lat: 39.915 }, Datum::Gcj02);
        let expected = LonLat { lon: 116.410_244_499_169_38, lat: 39.916_404_281_501_64 };
        assert!(distance_m(gcj02, expected) < 0.001, "{gcj02:?}");
    }

    #[test]
    fn positions_abroad_are_not_shifted() {
        let london = LonLat { lon: -0.1276, lat: 51.5072 };
        assert_eq!(from_wgs84(london, Datum::Gcj02), london);
        assert_eq!(to_wgs84(london, Datum::Gcj02), london);
    }

    #[test]
    fn datums_have_the_names_of_the_api() {
        for &datum in Datum::ALL {
            assert_eq!(serde_json::to_string(&datum).unwrap(), format!("\"{}\"", datum.as_str()));
            assert_eq!(datum.as_str().parse(), Ok(datum));
        }
        assert_eq!(
            "WGS84".parse::<Datum>().unwrap_err().to_string(),
            "\"WGS84\" is no datum; one of wgs84, gcj02, bd09, cgcs2000 is"
        );
    }

    proptest! {
        #[test]
        fn converting_there_and_back_changes_less_than_a_millimetre(lon in 110.3..112.1_f64, lat in 33.5..35.1_f64) {
            let place = LonLat { lon, lat };
            for &datum in Datum::ALL {
                let back = to_wgs84(from_wgs84(place, datum), datum);
                prop_assert!(distance_m(place, back) < 0.001, "{datum:?} {place:?} {back:?}");
            }
            let shift_m = distance_m(place, from_wgs84(place, Datum::Gcj02));
            prop_assert!((483.0..601.0).contains(&shift_m), "{shift_m}");
        }
    }
}
