//! A local map projection for short distances.

use rstar::AABB;

use crate::geography::{
    datum::LonLat,
    outline::{Edge, Outline},
};

/// Metres in one degree of latitude, on the same sphere as [`crate::geography::datum::distance_m`].
const METRES_PER_DEGREE: f64 = 6_371_008.8 * std::f64::consts::PI / 180.0;

/// A flat map in metres, with a place as its origin. For distances of a few kilometres, the error against the sphere is below
/// 0.1 %.
pub(super) struct LocalPlane {
    place: LonLat,
    metres_per_lon: f64,
}

impl LocalPlane {
    pub(super) fn around(place: LonLat) -> Self {
        Self { place, metres_per_lon: METRES_PER_DEGREE * place.lat.to_radians().cos() }
    }

    /// The square around the place with sides of twice `radius_m`, in degrees.
    pub(super) fn square(&self, radius_m: f64) -> AABB<[f64; 2]> {
        let LonLat { lon, lat } = self.place;
        let (east, north) = (radius_m / self.metres_per_lon, radius_m / METRES_PER_DEGREE);
        AABB::from_corners([lon - east, lat - north], [lon + east, lat + north])
    }

    /// The distance from the place to an area in metres: 0 only inside the area or on its border.
    pub(super) fn distance_m(&self, area: &Outline) -> f64 {
        if area.contains([self.place.lon, self.place.lat]) {
            return 0.0;
        }
        let nearest = area.edges().map(|edge| self.edge_distance_m(edge)).fold(f64::INFINITY, f64::min);
        // The exact test above says that the place is outside, so the distance must not be rounded to 0.
        nearest.max(f64::MIN_POSITIVE)
    }

    /// Metres to the east and to the north of the place.
    fn project(&self, [lon, lat]: [f64; 2]) -> (f64, f64) {
        ((lon - self.place.lon) * self.metres_per_lon, (lat - self.place.lat) * METRES_PER_DEGREE)
    }

    /// The distance from the place to the nearest point of an edge, in metres.
    fn edge_distance_m(&self, (from, to): Edge) -> f64 {
        let ((from_x, from_y), (to_x, to_y)) = (self.project(from), self.project(to));
        let (dx, dy) = (to_x - from_x, to_y - from_y);
        let length_squared = dx * dx + dy * dy;
        let along = if length_squared > 0.0 { -(from_x * dx + from_y * dy) / length_squared } else { 0.0 };
        let along = along.clamp(0.0, 1.0);
        (from_x + along * dx).hypot(from_y + along * dy)
    }
}
