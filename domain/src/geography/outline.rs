//! The outline of an area, with an exact point-in-polygon test.

use geo::{
    Area, Coord, LineString, MultiPolygon, Orientation, Validation,
    kernels::{Kernel, RobustKernel},
};
use rstar::AABB;

/// A line from one point to another, as pairs of longitude and latitude.
pub(super) type Edge = ([f64; 2], [f64; 2]);

/// Why a shape has no valid outline.
pub(super) enum OutlineError {
    /// The shape has no points.
    Empty,
    /// The shape is not a valid area. The text says why.
    Invalid(String),
}

/// The outline of an area, in degrees.
#[derive(Clone, Debug)]
pub(super) struct Outline {
    envelope: AABB<[f64; 2]>,
    /// The edges of all rings, including those of holes. A point is inside if a ray from it crosses an odd number of edges.
    edges: Box<[Edge]>,
}

impl Outline {
    pub(super) fn new(shape: &MultiPolygon<f64>) -> Result<Self, OutlineError> {
        shape.check_validation().map_err(|error| OutlineError::Invalid(error.to_string()))?;
        if shape.iter().any(|part| part.unsigned_area() <= 0.0) {
            return Err(OutlineError::Invalid("a part is a line".to_owned()));
        }
        let rings = shape.iter().flat_map(|part| std::iter::once(part.exterior()).chain(part.interiors()));
        let edges: Box<[Edge]> =
            rings.flat_map(LineString::lines).map(|line| (line.start.into(), line.end.into())).collect();
        if edges.is_empty() {
            return Err(OutlineError::Empty);
        }
        let envelope = AABB::from_points(edges.iter().map(|(from, _)| from));
        Ok(Self { envelope, edges })
    }

    pub(super) const fn envelope(&self) -> AABB<[f64; 2]> {
        self.envelope
    }

    pub(super) fn edges(&self) -> impl Iterator<Item = Edge> {
        self.edges.iter().copied()
    }

    /// Whether the point is inside or on the border.
    pub(super) fn contains(&self, point: [f64; 2]) -> bool {
        let mut inside = false;
        for &edge in &self.edges {
            match EdgeTest::of(point, edge) {
                EdgeTest::OnEdge => return true,
                EdgeTest::RayCrosses => inside = !inside,
                EdgeTest::RayMisses => {}
            }
        }
        inside
    }
}

/// The relation of an edge to a point and to the ray from that point to the east.
enum EdgeTest {
    OnEdge,
    RayCrosses,
    RayMisses,
}

impl EdgeTest {
    fn of(point: [f64; 2], (from, to): Edge) -> Self {
        let ([x, y], [from_x, from_y], [to_x, to_y]) = (point, from, to);
        // An edge includes its lower end and excludes its upper end. So a ray through a vertex crosses exactly one of two
        // edges that continue in the same direction, and both or none of two edges that turn back.
        if (from_y > y) == (to_y > y) {
            let is_on_level_edge =
                from_y == y && to_y == y && (from_x.min(to_x)..=from_x.max(to_x)).contains(&x);
            let is_on_edge = is_on_level_edge || point == from || point == to;
            return if is_on_edge { Self::OnEdge } else { Self::RayMisses };
        }
        let upwards = to_y > from_y;
        match RobustKernel::orient2d(Coord::from(from), Coord::from(to), Coord::from(point)) {
            Orientation::Collinear => Self::OnEdge,
            Orientation::CounterClockwise if upwards => Self::RayCrosses,
            Orientation::Clockwise if !upwards => Self::RayCrosses,
            Orientation::CounterClockwise | Orientation::Clockwise => Self::RayMisses,
        }
    }
}
