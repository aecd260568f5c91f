//! Grids, and the index that finds the grid of a position.
//!
//! Point-in-polygon tests are exact, without rounding errors. If the grids cover an area without gaps, every point in the
//! area has a grid. A point on a border belongs to the touching grid with the lowest code.

use std::collections::BTreeSet;

use geo::MultiPolygon;
use rstar::{AABB, RTree, RTreeObject};

use crate::{
    geography::{
        datum::LonLat,
        local_plane::LocalPlane,
        outline::{Outline, OutlineError},
        unit::UnitCode,
    },
    text::invalid_value::{InvalidValue, invalid},
};

pub use crate::geography::unit::{GridCode, GridKind};

/// A grid (网格): the smallest area with a responsible grid worker.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    pub code: GridCode,
    /// The name, such as 第一网格.
    pub name: String,
    /// The area, in degrees of WGS-84.
    pub shape: MultiPolygon<f64>,
    /// Whether the area is generated because no official one exists.
    pub synthetic: bool,
}

/// A grid near a position.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Candidate {
    pub grid: GridCode,
    /// The distance to the border of the grid in metres. It is 0 only for a position inside the grid or on its border.
    pub distance_m: f64,
}

/// All grids, indexed by position.
#[derive(Clone, Debug, Default)]
pub struct GridIndex {
    /// Sorted by code.
    grids: Vec<Grid>,
    cells: RTree<Cell>,
}

impl GridIndex {
    /// Builds the index. Where grids overlap, the lowest code wins.
    ///
    /// # Errors
    /// [`InvalidValue`] if a code is listed twice, or if a shape is empty or not a valid area.
    pub fn new(mut grids: Vec<Grid>) -> Result<Self, InvalidValue> {
        let mut codes = BTreeSet::new();
        for grid in &grids {
            let code = grid.code;
            if !codes.insert(code) {
                return Err(invalid!(
                    "网格 {code} 出现两次；一个代码对应一个网格，多块区域请用 MultiPolygon",
                    "grid {code} is listed twice; a code names one grid, so give both areas as one MultiPolygon"
                ));
            }
        }
        grids.sort_unstable_by_key(|grid| grid.code);
        let cells = grids.iter().map(Cell::new).collect::<Result<_, _>>()?;
        Ok(Self { grids, cells: RTree::bulk_load(cells) })
    }

    /// The number of grids.
    #[must_use]
    pub fn len(&self) -> usize {
        self.grids.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.grids.is_empty()
    }

    #[must_use]
    pub fn get(&self, code: GridCode) -> Option<&Grid> {
        let index = self.grids.binary_search_by_key(&code, |grid| grid.code).ok()?;
        self.grids.get(index)
    }

    /// Every grid, in code order.
    pub fn iter(&self) -> impl Iterator<Item = &Grid> {
        self.grids.iter()
    }

    /// The grid that contains a WGS-84 position. A position on a border belongs to the touching grid with the lowest code.
    #[must_use]
    pub fn locate(&self, place: LonLat) -> Option<GridCode> {
        let at = [place.lon, place.lat];
        let mut lowest = None;
        for cell in self.cells.locate_in_envelope_intersecting(&AABB::from_point(at)) {
            if lowest.is_none_or(|code| cell.code < code) && cell.outline.contains(at) {
                lowest = Some(cell.code);
            }
        }
        lowest
    }

    /// The grids that contain the position or have a border within `radius_m` metres. They are sorted by distance, then by
    /// code. If [`GridIndex::locate`] finds a grid, that grid comes first.
    #[must_use]
    pub fn candidates(&self, place: LonLat, radius_m: f64) -> Vec<Candidate> {
        let plane = LocalPlane::around(place);
        let mut near: Vec<Candidate> = self
            .cells
            .locate_in_envelope_intersecting(&plane.square(radius_m.max(0.0)))
            .map(|cell| Candidate { grid: cell.code, distance_m: plane.distance_m(&cell.outline) })
            .filter(|candidate| candidate.distance_m == 0.0 || candidate.distance_m <= radius_m)
            .collect();
        near.sort_by(|a, b| a.distance_m.total_cmp(&b.distance_m).then(a.grid.cmp(&b.grid)));
        near
    }

    /// Whether a grid of `unit` contains the position or has a border within `radius_m` metres.
    #[must_use]
    pub fn is_near(&self, unit: UnitCode, place: LonLat, radius_m: f64) -> bool {
        let plane = LocalPlane::around(place);
        let around = self.cells.locate_in_envelope_intersecting(&plane.square(radius_m));
        // Only the few grids of the unit are measured.
        around
            .filter(|cell| unit.covers(cell.code.village()))
            .any(|cell| plane.distance_m(&cell.outline) <= radius_m)
    }

    /// The grids whose bounding box intersects the box from `min` (south-west) to `max` (north-east), in code order.
    pub fn in_bbox(&self, min: LonLat, max: LonLat) -> impl Iterator<Item = &Grid> {
        let view = AABB::from_corners([min.lon, min.lat], [max.lon, max.lat]);
        let codes: BTreeSet<GridCode> =
            self.cells.locate_in_envelope_intersecting(&view).map(|cell| cell.code).collect();
        codes.into_iter().filter_map(|code| self.get(code))
    }
}

/// A grid in the R-tree.
#[derive(Clone, Debug)]
struct Cell {
    code: GridCode,
    outline: Outline,
}

impl RTreeObject for Cell {
    type Envelope = AABB<[f64; 2]>;

    fn envelope(&self) -> Self::Envelope {
        self.outline.envelope()
    }
}

impl Cell {
    fn new(grid: &Grid) -> Result<Self, InvalidValue> {
        let code = grid.code;
        let outline = Outline::new(&grid.shape).map_err(|error| match error {
            OutlineError::Empty => invalid!(
                "网格 {code} 的形状为空；至少需要一个环",
                "grid {code} has an empty shape; give it at least one ring"
            ),
            OutlineError::Invalid(reason) => invalid!(
                "网格 {code} 的形状不是有效的面（{reason}）；请重新绘制，边线不得交叉或重复",
                "the shape of grid {code} is not an area: {reason}; draw it again without crossing or repeated lines"
            ),
        })?;
        Ok(Self { code, outline })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use geo::{
        Closest, ClosestPoint, Coord, Distance, Geodesic, Intersects, LineString, LinesIter, Point, polygon,
    };
    use proptest::prelude::*;

    use super::*;
    use crate::geography::datum::{Datum, distance_m, to_wgs84};

    /// The delivered grids: one for each village of Sanmenxia.
    static VILLAGES: LazyLock<GridIndex> = LazyLock::new(|| GridIndex::new(village_grids()).unwrap());

    fn village_grids() -> Vec<Grid> {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../api/data/sanmenxia/village_cells.geojson");
        let cells: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        cells["features"].as_array().unwrap().iter().map(village_grid).collect()
    }

    fn village_grid(feature: &serde_json::Value) -> Grid {
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

    /// The grid found by testing every shape with `geo`, without the index.
    fn by_brute_force(place: LonLat) -> Option<GridCode> {
        let point = Point::from(Coord::from(place));
        VILLAGES.iter().find(|grid| grid.shape.intersects(&point)).map(|grid| grid.code)
    }

    /// The edges of all grids: the code, the start and the end.
    fn edges() -> impl Iterator<Item = (GridCode, Coord, Coord)> {
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
        for (code, vertex, _) in edges() {
            let key = (vertex.x.to_bits(), vertex.y.to_bits());
            let lowest_code = lowest.entry(key).or_insert(code);
            *lowest_code = code.min(*lowest_code);
        }
        for (code, vertex, _) in edges() {
            let found = VILLAGES.locate(at(vertex.x, vertex.y)).unwrap();
            // The vertex may also lie on an edge of a third grid, which has no vertex there.
            assert!(found <= lowest[&(vertex.x.to_bits(), vertex.y.to_bits())], "{vertex:?} of {code}");
        }
        for (_, vertex, _) in edges().step_by(17) {
            let place = at(vertex.x, vertex.y);
            assert_eq!(VILLAGES.locate(place), by_brute_force(place), "{place:?}");
        }
    }

    #[test]
    fn there_is_no_gap_between_neighbouring_grids() {
        let key = |from: Coord, to: Coord| [from.x, from.y, to.x, to.y].map(f64::to_bits);
        let owners: std::collections::BTreeMap<_, _> =
            edges().map(|(code, start, end)| (key(start, end), code)).collect();
        for (index, (code, start, end)) in edges().enumerate() {
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
        assert_eq!(index.candidates(at(1.0, 1.0), 0.0).len(), 4, "all four squares touch this corner");
        assert_eq!(
            index.in_bbox(at(1.1, 0.1), at(1.9, 1.9)).map(|grid| grid.code).collect::<Vec<_>>(),
            [code(2), code(4)]
        );
    }

    #[test]
    fn a_hole_is_outside_but_its_border_is_inside() {
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
    fn shapes_without_a_valid_area_are_refused() {
        let error = |grids| GridIndex::new(grids).unwrap_err().to_string();
        let twice = error(vec![square(1, 0.0, 0.0, 1.0), square(1, 5.0, 5.0, 1.0)]);
        assert!(twice.starts_with("grid 411224107201001 is listed twice"), "{twice}");
        let empty = Grid { shape: MultiPolygon::new(vec![]), ..square(1, 0.0, 0.0, 1.0) };
        assert!(error(vec![empty]).starts_with("grid 411224107201001 has an empty shape"));
        let bow_tie = polygon![(x: 0.0, y: 0.0), (x: 1.0, y: 1.0), (x: 1.0, y: 0.0), (x: 0.0, y: 1.0)];
        let line = polygon![(x: 0.0, y: 0.0), (x: 1.0, y: 1.0)];
        let flat = polygon![(x: 0.0, y: 0.0), (x: 1.0, y: 0.0), (x: 2.0, y: 0.0)];
        let infinite = polygon![(x: 0.0, y: 0.0), (x: 1.0, y: f64::NAN), (x: 1.0, y: 0.0)];
        let nothing = geo::Polygon::new(LineString::new(vec![]), vec![]);
        for shape in [bow_tie, line, flat, infinite, nothing] {
            let refused = error(vec![grid(code(1), shape.clone())]);
            let named = |problem: &str| refused.contains(problem) && refused.contains("411224107201001");
            assert!(named("is not an area") || named("has an empty shape"), "{shape:?}: {refused}");
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
        fn candidates_are_all_grids_within_the_radius(
            lon in 110.3..112.1_f64, lat in 33.5..35.1_f64, radius_m in 0.0..5_000.0_f64,
        ) {
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
                // `geo` finds the point that is nearest in degrees. Another point may be nearer in metres. The
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
