//! Creates reports as request bodies and as rows. They have distinct ids, equal lengths and positions in all grids.

use std::sync::Arc;

use geo::BoundingRect as _;
use grassroots::{app::snapshot::Snapshot, clock::TimeSource, query_code, random::random_bytes};
use grassroots_domain::{
    account::Actor,
    decision::Decision,
    geography::{
        datum::{Datum, LonLat},
        grid::GridIndex,
        place::locate,
        position::{Position, PositionSource, RawPosition},
        unit::GridCode,
    },
    hash::Hash,
    ids::IncidentId,
    open::{Report, open},
    rules::category::CategoryCode,
    time::Instant,
};
use grassroots_persistence::incident::{intake::NewIncident, reports::ReportContent};
use uuid::Uuid;

use crate::{Result, numbers::Random};

/// 市政设施: a missing manhole cover.
const CATEGORY: &str = "5002";
/// A text of 60 characters.
const DESCRIPTION: &str = "村口通往小学的水泥路中间井盖缺失，旁边无警示标志，夜间无路灯，放学时段学生经过较多，已临时摆放树枝提醒，请尽快更换处理。";
/// The accuracy that the phone reports.
const ACCURACY_M: f64 = 8.0;

/// Random positions. Each grid is chosen equally often.
struct Places<'a> {
    index: &'a GridIndex,
    grids: Vec<(GridCode, geo::Rect)>,
    random: Random,
}

impl<'a> Places<'a> {
    fn new(index: &'a GridIndex) -> Self {
        let grids = index.iter().filter_map(|grid| Some((grid.code, grid.shape.bounding_rect()?))).collect();
        Self { index, grids, random: Random::new(4112) }
    }

    fn next(&mut self) -> Result<LonLat> {
        let (grid, around) = *self.random.one_of(&self.grids).ok_or("the demo has no grids")?;
        let (min, max) = (around.min(), around.max());
        loop {
            let lon = self.random.between(min.x, max.x);
            let place = LonLat { lon, lat: self.random.between(min.y, max.y) }.rounded();
            if self.index.locate(place) == Some(grid) {
                return Ok(place);
            }
        }
    }
}

/// The bodies of many reports in one buffer. All have the same length.
pub struct Bodies {
    bytes: Vec<u8>,
    size: usize,
}

impl Bodies {
    pub fn new(count: usize, grids: &GridIndex) -> Result<Self> {
        let mut places = Places::new(grids);
        let now = TimeSource::system().now().to_rfc3339();
        let mut bodies = Self { bytes: Vec::new(), size: 0 };
        for _ in 0..count {
            let body = body(places.next()?, &now);
            if bodies.bytes.is_empty() {
                bodies.size = body.len();
                bodies.bytes.reserve_exact(body.len() * count);
            }
            if body.len() != bodies.size {
                return Err("reports of different lengths".into());
            }
            bodies.bytes.extend_from_slice(body.as_bytes());
        }
        Ok(bodies)
    }

    /// The length of each body, in bytes.
    pub const fn size(&self) -> usize {
        self.size
    }

    pub fn count(&self) -> usize {
        self.bytes.len().checked_div(self.size).unwrap_or(0)
    }

    /// A body, or `None` after the last.
    pub fn get(&self, index: usize) -> Option<&[u8]> {
        let start = index * self.size;
        self.bytes.get(start..start + self.size)
    }
}

fn body(place: LonLat, now: &str) -> String {
    let LonLat { lon, lat } = place;
    format!(
        r#"{{"id":"{id}","category":"{CATEGORY}","description":"{DESCRIPTION}","location":{{"lon":{lon:.6},"lat":{lat:.6},"datum":"wgs84","accuracy_m":{ACCURACY_M}}},"reported_at":"{now}"}}"#,
        id = Uuid::new_v4(),
    )
}

/// Creates reports as rows. The decisions that `grassroots` makes about a report are made here, before the measurement.
pub struct ReportSource<'a> {
    snapshot: &'a Snapshot,
    worker: &'a Actor,
    places: Places<'a>,
}

impl<'a> ReportSource<'a> {
    pub fn new(snapshot: &'a Arc<Snapshot>, worker: &'a Actor) -> Self {
        Self { snapshot, worker, places: Places::new(&snapshot.reference_data.grids) }
    }

    pub fn next(&mut self) -> Result<Arc<NewIncident>> {
        let now = TimeSource::system().now();
        let rules = self.snapshot.rules.as_ref().ok_or("the demo has no rules")?;
        let code: CategoryCode = CATEGORY.parse()?;
        let position = position(self.places.next()?)?;
        let (place, _) = locate(Some(&position), self.worker.area(), &self.snapshot.reference_data.grids)
            .ok_or("no place")?;
        let id = IncidentId(Uuid::new_v4());
        let category = rules.category(code).ok_or("the demo has no such category")?;
        let report = Report::new(id, category, place);
        let decision = open(&report, self.worker, now, rules, &self.snapshot.reference_data)
            .map_err(|refusal| format!("{refusal:?}"))?;
        let content = content(id, position, &decision, now);
        let salt = || random_bytes::<16>().to_vec();
        Ok(Arc::new(NewIncident::new(decision, query_code::secret(), content, &salt)?))
    }
}

fn position(place: LonLat) -> Result<Position> {
    let raw = RawPosition {
        lon: place.lon,
        lat: place.lat,
        datum: Datum::Wgs84,
        accuracy_m: Some(ACCURACY_M),
        captured_at: None,
        source: PositionSource::Gps,
    };
    Ok(Position::parse(raw).map_err(|error| format!("{error:?}"))?.0)
}

fn content(id: IncidentId, position: Position, decision: &Decision, now: Instant) -> ReportContent {
    ReportContent {
        salt: random_bytes::<16>().to_vec(),
        content_hash: Hash::of(&[id.0.as_bytes()]),
        title: None,
        description: DESCRIPTION.to_owned(),
        place_text: None,
        position: Some(position),
        occurred_at: None,
        reported_at: Some(now),
        sent_at: None,
        warnings: decision.warnings.iter().map(|warning| warning.as_str().to_owned()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use grassroots::demo;

    use super::*;

    #[test]
    fn bodies_have_one_length_and_positions_in_different_grids() {
        assert_eq!(DESCRIPTION.chars().count(), 60);
        let reference_data = demo::load_reference_data().unwrap();
        let bodies = Bodies::new(3, &reference_data.grids).unwrap();
        let mut grids = BTreeSet::new();
        for index in 0..3 {
            let body: serde_json::Value = serde_json::from_slice(bodies.get(index).unwrap()).unwrap();
            let degrees = |name: &str| body["location"][name].as_f64().unwrap();
            let place = LonLat { lon: degrees("lon"), lat: degrees("lat") };
            grids.insert(reference_data.grids.locate(place).unwrap());
        }
        assert_eq!(grids.len(), 3, "each report is in another grid");
        assert_ne!(bodies.get(0), bodies.get(1));
        assert_eq!(bodies.get(3), None);
    }
}
