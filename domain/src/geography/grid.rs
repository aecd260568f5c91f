//! Which grid a place lies in.
//!
//! Point-in-polygon is decided with exact predicates: on a partition, every point of the plane inside it gets a grid,
//! whatever way its coordinates were rounded, and a point on a border gets the lowest code of those it touches.

use std::collections::BTreeSet;

use geo::{
    Area, Coord, LineString, MultiPolygon, Orientation, Validation,
    kernels::{Kernel, RobustKernel},
};
use rstar::{AABB, RTree, RTreeObject};

use crate::geography::datum::LonLat;

pub use crate::geography::unit::{GridCode, GridKind};

/// Metres in one degree of latitude, on the sphere that [`crate::geography::datum::distance_m`] uses.
const METRES_PER_DEGREE: f64 = 6_371_008.8 * std::f64::consts::PI / 180.0;

/// A grid: the smallest area somebody is answerable for.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    /// Its code.
    pub code: GridCode,
    /// Its name, such as 第一网格.
    pub name: String,
    /// Its area, in degrees of WGS-84.
    pub shape: MultiPolygon<f64>,
    /// Whether the area was made up for want of an official one.
    pub synthetic: bool,
}

/// Why a set of grids was refused.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum GridError {
    /// Two grids have one code.
    #[error("grid {0} is listed twice; a code names one grid, so give both areas as one MultiPolygon")]
    Duplicate(GridCode),
    /// The area of a grid has no points.
    #[error("grid {0} has an empty shape; give it at least one ring")]
    Empty(GridCode),
    /// The area of a grid is no area: not finite, too few points, or rings that cross.
    #[error(
        "the shape of grid {grid} is not an area: {reason}; draw it again without crossing or repeated lines"
    )]
    Invalid {
        /// The grid.
        grid: GridCode,
        /// What is wrong, and where.
        reason: String,
    },
}

/// A grid near a place.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Candidate {
    /// The grid.
    pub grid: GridCode,
    /// Metres to its border; 0 exactly if the place is inside or on the border.
    pub distance_m: f64,
}

/// All grids, ready to be searched by place.
#[derive(Clone, Debug, Default)]
pub struct GridIndex {
    /// In code order.
    grids: Vec<Grid>,
    cells: RTree<Cell>,
}

impl GridIndex {
    /// Indexes grids. They may overlap: the lowest code wins.
    ///
    /// # Errors
    /// [`GridError`] for a code listed twice, or a shape that is empty or no valid area.
    pub fn new(mut grids: Vec<Grid>) -> Result<Self, GridError> {
        let mut codes = BTreeSet::new();
        for grid in &grids {
            if !codes.insert(grid.code) {
                return Err(GridError::Duplicate(grid.code));
            }
        }
        grids.sort_unstable_by_key(|grid| grid.code);
        let cells = grids.iter().map(Cell::new).collect::<Result<_, _>>()?;
        Ok(Self { grids, cells: RTree::bulk_load(cells) })
    }

    /// How many grids there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.grids.len()
    }

    /// Whether there is no grid.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.grids.is_empty()
    }

    /// The grid with this code.
    #[must_use]
    pub fn get(&self, code: GridCode) -> Option<&Grid> {
        let place = self.grids.binary_search_by_key(&code, |grid| grid.code).ok()?;
        self.grids.get(place)
    }

    /// Every grid, in code order.
    pub fn iter(&self) -> impl Iterator<Item = &Grid> {
        self.grids.iter()
    }

    /// The grid of a WGS-84 place; borders belong to the lowest code they touch.
    #[must_use]
    pub fn locate(&self, place: LonLat) -> Option<GridCode> {
        let at = [place.lon, place.lat];
        let mut lowest = None;
        for cell in self.cells.locate_in_envelope_intersecting(&AABB::from_point(at)) {
            if lowest.is_none_or(|code| cell.code < code) && cell.contains(at) {
                lowest = Some(cell.code);
            }
        }
        lowest
    }

    /// The grids the place may lie in: those it is inside of and those with a border within `radius_m` metres, nearest
    /// first, then by code, so that the first is that of [`GridIndex::locate`] if there is one.
    #[must_use]
    pub fn candidates(&self, place: LonLat, radius_m: f64) -> Vec<Candidate> {
        let plane = Plane::around(place);
        let mut near: Vec<Candidate> = self
            .cells
            .locate_in_envelope_intersecting(&plane.square(radius_m.max(0.0)))
            .map(|cell| Candidate { grid: cell.code, distance_m: plane.distance_m(cell) })
            .filter(|candidate| candidate.distance_m == 0.0 || candidate.distance_m <= radius_m)
            .collect();
        near.sort_by(|a, b| a.distance_m.total_cmp(&b.distance_m).then(a.grid.cmp(&b.grid)));
        near
    }

    /// The grids whose bounding box meets the box from `min` (south-west) to `max` (north-east), in code order.
    pub fn in_bbox(&self, min: LonLat, max: LonLat) -> impl Iterator<Item = &Grid> {
        let view = AABB::from_corners([min.lon, min.lat], [max.lon, max.lat]);
        let codes: BTreeSet<GridCode> =
            self.cells.locate_in_envelope_intersecting(&view).map(|cell| cell.code).collect();
        codes.into_iter().filter_map(|code| self.get(code))
    }
}

/// The outline of one grid as the tree keeps it.
#[derive(Clone, Debug)]
struct Cell {
    code: GridCode,
    envelope: AABB<[f64; 2]>,
    /// Every border of every ring, holes included: inside is where a ray crosses an odd number of them.
    edges: Box<[Edge]>,
}

type Edge = ([f64; 2], [f64; 2]);

impl RTreeObject for Cell {
    type Envelope = AABB<[f64; 2]>;

    fn envelope(&self) -> Self::Envelope {
        self.envelope
    }
}

impl Cell {
    fn new(grid: &Grid) -> Result<Self, GridError> {
        let code = grid.code;
        let invalid = |reason: String| GridError::Invalid { grid: code, reason };
        grid.shape.check_validation().map_err(|error| invalid(error.to_string()))?;
        if grid.shape.iter().any(|part| part.unsigned_area() <= 0.0) {
            return Err(invalid("a part is a line".to_owned()));
        }
        let rings =
            grid.shape.iter().flat_map(|part| std::iter::once(part.exterior()).chain(part.interiors()));
        let edges: Box<[Edge]> =
            rings.flat_map(LineString::lines).map(|line| (line.start.into(), line.end.into())).collect();
        if edges.is_empty() {
            return Err(GridError::Empty(code));
        }
        let envelope = AABB::from_points(edges.iter().map(|(from, _)| from));
        Ok(Self { code, envelope, edges })
    }

    /// Whether the place is inside or on the border.
    fn contains(&self, at: [f64; 2]) -> bool {
        let mut inside = false;
        for &edge in &self.edges {
            match Side::of(at, edge) {
                Side::Border => return true,
                Side::RayCrosses => inside = !inside,
                Side::Apart => {}
            }
        }
        inside
    }
}

/// How a place and the ray east of it lie to an edge.
enum Side {
    Border,
    RayCrosses,
    Apart,
}

impl Side {
    fn of(at: [f64; 2], (from, to): Edge) -> Self {
        let ([x, y], [from_x, from_y], [to_x, to_y]) = (at, from, to);
        // Half-open in y: a ray through a vertex crosses one of two edges that pass it, and both or none that touch it.
        if (from_y > y) == (to_y > y) {
            let on_level_edge =
                from_y == y && to_y == y && (from_x.min(to_x)..=from_x.max(to_x)).contains(&x);
            return if on_level_edge || at == from || at == to { Self::Border } else { Self::Apart };
        }
        let upwards = to_y > from_y;
        match RobustKernel::orient2d(Coord::from(from), Coord::from(to), Coord::from(at)) {
            Orientation::Collinear => Self::Border,
            Orientation::CounterClockwise if upwards => Self::RayCrosses,
            Orientation::Clockwise if !upwards => Self::RayCrosses,
            Orientation::CounterClockwise | Orientation::Clockwise => Self::Apart,
        }
    }
}

/// A flat map around a place, in metres. At the distances asked for (kilometres) it errs by less than 0.1 % against the
/// sphere.
struct Plane {
    place: LonLat,
    metres_per_lon: f64,
}

impl Plane {
    fn around(place: LonLat) -> Self {
        Self { place, metres_per_lon: METRES_PER_DEGREE * place.lat.to_radians().cos() }
    }

    fn square(&self, radius_m: f64) -> AABB<[f64; 2]> {
        let LonLat { lon, lat } = self.place;
        let (east, north) = (radius_m / self.metres_per_lon, radius_m / METRES_PER_DEGREE);
        AABB::from_corners([lon - east, lat - north], [lon + east, lat + north])
    }

    fn project(&self, [lon, lat]: [f64; 2]) -> (f64, f64) {
        ((lon - self.place.lon) * self.metres_per_lon, (lat - self.place.lat) * METRES_PER_DEGREE)
    }

    fn distance_m(&self, cell: &Cell) -> f64 {
        if cell.contains([self.place.lon, self.place.lat]) {
            return 0.0;
        }
        let nearest = cell.edges.iter().map(|edge| self.edge_distance_m(*edge)).fold(f64::INFINITY, f64::min);
        // Zero is kept for places inside, which the exact test above has ruled out.
        nearest.max(f64::MIN_POSITIVE)
    }

    /// From the origin of the plane, which is the place, to the nearest point of an edge.
    fn edge_distance_m(&self, (from, to): Edge) -> f64 {
        let ((from_x, from_y), (to_x, to_y)) = (self.project(from), self.project(to));
        let (dx, dy) = (to_x - from_x, to_y - from_y);
        let length_squared = dx * dx + dy * dy;
        let along = if length_squared > 0.0 { -(from_x * dx + from_y * dy) / length_squared } else { 0.0 };
        let along = along.clamp(0.0, 1.0);
        (from_x + along * dx).hypot(from_y + along * dy)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use geo::{Closest, ClosestPoint, Distance, Geodesic, Intersects, LinesIter, Point, polygon};
    use proptest::prelude::*;

    use super::*;
    use crate::geography::datum::{Datum, distance_m, to_wgs84};

    /// One grid for each village of Sanmenxia, as the product is delivered.
    static VILLAGES: LazyLock<GridIndex> = LazyLock::new(|| GridIndex::new(villages()).unwrap());

    fn villages() -> Vec<Grid> {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../api/data/sanmenxia/village_cells.geojson");
        let cells: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        cells["features"].as_array().unwrap().iter().map(village).collect()
    }

    fn village(feature: &serde_json::Value) -> Grid {
        let pair = |pair: &serde_json::Value| (pair[0].as_f64().unwrap(), pair[1].as_f64().unwrap());
        let ring = feature["geometry"]["coordinates"][0].as_array().unwrap().iter().map(pair).collect();
        let code = GridCode::parse(&format!("{}001", feature["id"].as_str().unwrap())).unwrap();
        grid(code, geo::Polygon::new(ring, vec![]))
    }

    fn grid(code: GridCode, shape: geo::Polygon) -> Grid {
        Grid { code, name: code.to_string(), shape: MultiPolygon::from(shape), synthetic: true }
    }

    fn code(number: u16) -> GridCode {
        GridCode::parse(&format!("411224107201{number:03}")).unwrap()
    }

    fn square(number: u16, west: f64, south: f64, side: f64) -> Grid {
        let (east, north) = (west + side, south + side);
        let corners = [(west, south), (east, south), (east, north), (west, north), (west, south)];
        grid(code(number), geo::Polygon::new(corners.to_vec().into(), vec![]))
    }

    fn at(lon: f64, lat: f64) -> LonLat {
        LonLat { lon, lat }
    }

    /// What geo says about all grids, without any index.
    fn by_brute_force(place: LonLat) -> Option<GridCode> {
        let point = Point::from(Coord::from(place));
        VILLAGES.iter().find(|grid| grid.shape.intersects(&point)).map(|grid| grid.code)
    }

    fn vertices() -> impl Iterator<Item = (GridCode, Coord, Coord)> {
        let rings = VILLAGES.iter().map(|grid| (grid.code, grid.shape.0[0].exterior()));
        rings.flat_map(|(code, ring)| ring.lines().map(move |line| (code, line.start, line.end)))
    }

    #[test]
    fn the_datum_decides_the_village() {
        let village = |place| VILLAGES.locate(place).unwrap().village().to_string();
        assert_eq!(village(at(111.2003, 34.7726)), "411202003013");
        assert_eq!(village(to_wgs84(at(111.206294, 34.771612), Datum::Gcj02)), "411202003013");
        assert_eq!(village(at(111.206294, 34.771612)), "411202003010");
        assert_eq!(VILLAGES.locate(at(116.404, 39.915)), None);
        assert_eq!(VILLAGES.locate(at(f64::NAN, 34.7)), None);
        assert_eq!(VILLAGES.len(), 1381);
    }

    #[test]
    fn every_vertex_belongs_to_the_lowest_code_it_touches() {
        let mut lowest = std::collections::BTreeMap::new();
        for (code, vertex, _) in vertices() {
            let key = (vertex.x.to_bits(), vertex.y.to_bits());
            let known = lowest.entry(key).or_insert(code);
            *known = code.min(*known);
        }
        for (code, vertex, _) in vertices() {
            let found = VILLAGES.locate(at(vertex.x, vertex.y)).unwrap();
            // A vertex may also lie on the middle of an edge of a third grid.
            assert!(found <= lowest[&(vertex.x.to_bits(), vertex.y.to_bits())], "{vertex:?} of {code}");
        }
        for (_, vertex, _) in vertices().step_by(17) {
            let place = at(vertex.x, vertex.y);
            assert_eq!(VILLAGES.locate(place), by_brute_force(place), "{place:?}");
        }
    }

    #[test]
    fn edges_have_no_gap() {
        let key = |from: Coord, to: Coord| [from.x, from.y, to.x, to.y].map(f64::to_bits);
        let owners: std::collections::BTreeMap<_, _> =
            vertices().map(|(code, start, end)| (key(start, end), code)).collect();
        for (index, (code, start, end)) in vertices().enumerate() {
            let middle = (start + end) / 2.0;
            let found = VILLAGES.locate(at(middle.x, middle.y));
            if let Some(neighbour) = owners.get(&key(end, start)) {
                assert!(found == Some(code) || found == Some(*neighbour), "{middle:?} is in {found:?}");
            }
            if index % 17 == 0 {
                let rounded = at(middle.x, middle.y).rounded();
                assert_eq!(found, by_brute_force(at(middle.x, middle.y)), "{middle:?}");
                assert_eq!(VILLAGES.locate(rounded), by_brute_force(rounded), "{rounded:?}");
            }
        }
    }

    #[test]
    fn a_border_belongs_to_the_lowest_code() {
        let squares = vec![
            square(4, 1.0, 1.0, 1.0),
            square(3, 0.0, 1.0, 1.0),
            square(2, 1.0, 0.0, 1.0),
            square(1, 0.0, 0.0, 1.0),
        ];
        let index = GridIndex::new(squares).unwrap();
        assert_eq!(index.iter().map(|grid| grid.code.number()).collect::<Vec<_>>(), [1, 2, 3, 4]);
        for (lon, lat, number) in [
            (0.5, 0.5, 1),
            (1.0, 1.0, 1),
            (1.0, 0.5, 1),
            (0.5, 1.0, 1),
            (0.0, 0.0, 1),
            (1.5, 1.0, 2),
            (2.0, 0.0, 2),
            (1.0, 1.5, 3),
            (1.0, 2.0, 3),
            (0.0, 2.0, 3),
            (2.0, 2.0, 4),
            (1.5, 2.0, 4),
        ] {
            assert_eq!(index.locate(at(lon, lat)), Some(code(number)), "{lon} {lat}");
        }
        assert_eq!(index.locate(at(2.0 + f64::EPSILON * 2.0, 1.5)), None);
        assert_eq!(index.candidates(at(1.0, 1.0), 0.0).len(), 4, "a corner touches all");
        assert_eq!(
            index.in_bbox(at(1.1, 0.1), at(1.9, 1.9)).map(|grid| grid.code).collect::<Vec<_>>(),
            [code(2), code(4)]
        );
    }

    #[test]
    fn a_hole_is_outside_and_its_border_inside() {
        let ring = polygon!(
            exterior: [(x: 0.0, y: 0.0), (x: 3.0, y: 0.0), (x: 3.0, y: 3.0), (x: 0.0, y: 3.0)],
            interiors: [[(x: 1.0, y: 1.0), (x: 2.0, y: 1.0), (x: 2.0, y: 2.0), (x: 1.0, y: 2.0)]],
        );
        let index = GridIndex::new(vec![grid(code(1), ring)]).unwrap();
        assert_eq!(index.locate(at(1.5, 1.5)), None);
        for (lon, lat) in [(1.0, 1.5), (1.5, 1.0), (2.0, 2.0), (0.5, 1.0), (2.5, 2.0)] {
            assert_eq!(index.locate(at(lon, lat)), Some(code(1)), "{lon} {lat}");
        }
    }

    #[test]
    fn what_is_no_area_is_refused() {
        let error = |grids| GridIndex::new(grids).unwrap_err();
        assert_eq!(
            error(vec![square(1, 0.0, 0.0, 1.0), square(1, 5.0, 5.0, 1.0)]),
            GridError::Duplicate(code(1))
        );
        let empty = Grid { shape: MultiPolygon::new(vec![]), ..square(1, 0.0, 0.0, 1.0) };
        assert_eq!(error(vec![empty]), GridError::Empty(code(1)));
        let bow_tie = polygon![(x: 0.0, y: 0.0), (x: 1.0, y: 1.0), (x: 1.0, y: 0.0), (x: 0.0, y: 1.0)];
        let line = polygon![(x: 0.0, y: 0.0), (x: 1.0, y: 1.0)];
        let flat = polygon![(x: 0.0, y: 0.0), (x: 1.0, y: 0.0), (x: 2.0, y: 0.0)];
        let infinite = polygon![(x: 0.0, y: 0.0), (x: 1.0, y: f64::NAN), (x: 1.0, y: 0.0)];
        let nothing = geo::Polygon::new(LineString::new(vec![]), vec![]);
        for shape in [bow_tie, line, flat, infinite, nothing] {
            let refused = error(vec![grid(code(1), shape.clone())]);
            assert!(matches!(refused, GridError::Invalid { .. } | GridError::Empty(_)), "{shape:?}");
            assert!(refused.to_string().contains("411224107201001"));
        }
        assert!(GridIndex::new(vec![]).unwrap().is_empty());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn the_index_agrees_with_brute_force(lon in 110.2..112.2_f64, lat in 33.4..35.2_f64) {
            prop_assert_eq!(VILLAGES.locate(at(lon, lat)), by_brute_force(at(lon, lat)));
            prop_assert_eq!(VILLAGES.locate(at(lon, lat).rounded()), by_brute_force(at(lon, lat).rounded()));
        }

        #[test]
        fn candidates_are_all_grids_in_reach(lon in 110.3..112.1_f64, lat in 33.5..35.1_f64, radius_m in 0.0..5_000.0_f64) {
            let place = at(lon, lat);
            let point = Point::new(lon, lat);
            let near = VILLAGES.candidates(place, radius_m);
            prop_assert!(near.is_sorted_by_key(|candidate| candidate.distance_m));
            prop_assert!(near.iter().all(|candidate| candidate.distance_m <= radius_m));
            if let Some(inside) = VILLAGES.locate(place) {
                prop_assert_eq!(near[0], Candidate { grid: inside, distance_m: 0.0 });
            }
            let reached: BTreeSet<GridCode> = near.iter().map(|candidate| candidate.grid).collect();
            for grid in VILLAGES.iter().filter(|grid| !reached.contains(&grid.code)) {
                let border = match grid.shape.closest_point(&point) {
                    Closest::Intersection(closest) | Closest::SinglePoint(closest) => closest,
                    Closest::Indeterminate => unreachable!("a grid has points"),
                };
                // geo looks for the nearest point in degrees; on the ground it is that one or a nearer one, and the
                // ellipsoid differs from the sphere by less than 0.5 %.
                prop_assert!(Geodesic.distance(point, border) > radius_m * 0.995, "{} is missing", grid.code);
            }
        }
    }

    #[test]
    fn distances_are_metres_on_the_ground() {
        for (lon, lat) in
            [(111.2, 34.77), (110.9, 34.5), (111.05, 33.95), (111.7, 34.76), (110.4, 34.45), (111.0, 34.0)]
        {
            for near in
                VILLAGES.candidates(at(lon, lat), 3_000.0).into_iter().filter(|near| near.distance_m > 0.0)
            {
                let grid = VILLAGES.get(near.grid).unwrap();
                let border = grid.shape.lines_iter().flat_map(|line| {
                    (0..=400).map(move |step| line.start + line.delta() * (f64::from(step) / 400.0))
                });
                let distances_m = border.map(|step| distance_m(at(lon, lat), at(step.x, step.y)));
                let shortest_m = distances_m.fold(f64::INFINITY, f64::min);
                assert!(
                    (near.distance_m - shortest_m).abs() < 0.5 + shortest_m * 0.001,
                    "{near:?} {shortest_m}"
                );
            }
        }
    }
}
