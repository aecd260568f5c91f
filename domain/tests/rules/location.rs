//! The place of a report: from its position, or from the area of the reporter.

use geo::{MultiPolygon, polygon};
use grassroots_domain::{
    account::{Actor, Role},
    geography::{
        datum::Datum,
        grid::{Grid, GridIndex},
        place::{Located, Place, is_far, locate},
        position::{Position, PositionSource, RawPosition},
    },
};

use crate::support::{person, place};

const WEST: &str = "411224107202001";
const EAST: &str = "411224107203001";

/// Two adjacent squares of about 1 km. The border is at longitude 111.01.
fn grids() -> GridIndex {
    let square = |code: &str, west: f64| Grid {
        code: code.parse().unwrap(),
        name: code.to_owned(),
        shape: MultiPolygon::new(vec![polygon![
            (x: west, y: 34.0),
            (x: west + 0.01, y: 34.0),
            (x: west + 0.01, y: 34.01),
            (x: west, y: 34.01),
        ]]),
        synthetic: true,
    };
    GridIndex::new(vec![square(WEST, 111.0), square(EAST, 111.01)]).unwrap()
}

fn position(lon: f64, accuracy_m: Option<f64>) -> Position {
    let raw = RawPosition {
        lon,
        lat: 34.005,
        datum: Datum::Wgs84,
        accuracy_m,
        captured_at: None,
        source: PositionSource::Gps,
    };
    Position::parse(raw).unwrap().0
}

fn worker(grids: &[&str]) -> Actor {
    let mut worker = person(1, Role::GridWorker, "411224107205-desk");
    worker.grids = grids.iter().map(|grid| grid.parse().unwrap()).collect();
    worker
}

fn found(lon: f64, accuracy_m: Option<f64>, reporter: &Actor) -> Option<(Place, Located)> {
    locate(Some(&position(lon, accuracy_m)), reporter.area(), &grids())
}

#[test]
fn a_position_well_inside_a_grid_gives_that_grid_for_every_reporter() {
    for reporter in [worker(&[]), worker(&[WEST]), worker(&[EAST])] {
        assert_eq!(found(111.005, Some(20.0), &reporter), Some((place(WEST), Located::Inside)));
    }
}

#[test]
fn near_a_border_the_reporters_own_grid_is_chosen() {
    // 92 m west of the border.
    let (lon, rough, fine) = (111.009, Some(150.0), Some(50.0));
    assert_eq!(found(lon, rough, &worker(&[EAST])), Some((place(EAST), Located::NearBorder)));
    assert_eq!(found(lon, rough, &worker(&[WEST])), Some((place(WEST), Located::NearBorder)));
    assert_eq!(found(lon, rough, &worker(&[])), Some((place(WEST), Located::NearBorder)));
    assert_eq!(found(lon, fine, &worker(&[EAST])), Some((place(WEST), Located::Inside)));
    assert_eq!(
        found(lon, None, &worker(&[EAST])),
        Some((place(WEST), Located::Inside)),
        "no accuracy, no doubt"
    );
}

#[test]
fn on_a_border_the_lower_code_is_chosen_unless_the_other_grid_is_the_reporters() {
    assert_eq!(found(111.01, None, &worker(&[])), Some((place(WEST), Located::NearBorder)));
    assert_eq!(found(111.01, None, &worker(&[EAST])), Some((place(EAST), Located::NearBorder)));
}

#[test]
fn borders_beyond_500_m_do_not_count_at_any_accuracy() {
    // 740 m west of the border.
    assert_eq!(found(111.002, Some(90_000.0), &worker(&[EAST])), Some((place(WEST), Located::Inside)));
}

#[test]
fn outside_every_grid_the_area_of_the_reporter_is_used() {
    let far = 111.5;
    assert_eq!(found(far, Some(20.0), &worker(&[EAST, WEST])), Some((place(EAST), Located::OutsideGrid)));
    assert_eq!(found(far, Some(20.0), &worker(&[])), Some((place("411224107205"), Located::OutsideGrid)));
    let dispatcher = person(2, Role::TownshipDispatcher, "411224107-desk");
    assert_eq!(found(far, Some(20.0), &dispatcher), Some((place("411224107"), Located::OutsideGrid)));
    // 92 m east of the eastern grid.
    assert_eq!(
        found(111.021, Some(150.0), &worker(&[WEST])),
        Some((place(WEST), Located::OutsideGrid)),
        "a grid nearby is no reason to put it into a stranger's"
    );
}

#[test]
fn a_position_just_outside_the_reporters_grid_is_near_its_border() {
    assert_eq!(found(111.021, Some(150.0), &worker(&[EAST])), Some((place(EAST), Located::NearBorder)));
}

#[test]
fn without_a_position_the_area_of_the_reporter_is_used() {
    let from = |reporter: &Actor| locate(None, reporter.area(), &grids());
    assert_eq!(
        from(&worker(&[EAST, WEST])),
        Some((place(EAST), Located::NoPosition)),
        "the first grid is the usual one"
    );
    assert_eq!(from(&worker(&[])), Some((place("411224107205"), Located::NoPosition)));
    let county = person(3, Role::EscalationReviewer, "411224-desk");
    assert_eq!(from(&county), Some((place("411224"), Located::NoPosition)));
}

#[test]
fn a_reporter_of_the_whole_city_must_give_a_position() {
    let overseer = person(4, Role::CityOverseer, "4112-desk");
    assert_eq!(locate(None, overseer.area(), &grids()), None);
    assert_eq!(found(111.5, Some(20.0), &overseer), None);
    assert_eq!(found(111.005, Some(20.0), &overseer), Some((place(WEST), Located::Inside)));
}

/// What counts is the distance to the grids of the unit, not to the place where the report happened.
#[test]
fn a_position_is_far_from_the_unit_of_the_reporter_beyond_five_kilometres() {
    let far = |lon: f64, organisation: &str| {
        let reporter = person(5, Role::TownshipDispatcher, organisation);
        is_far(&position(lon, None), reporter.area(), &grids())
    };
    let (here, without_grids) = ("411224107-desk", "411224101-desk");
    // One degree of longitude is about 92.4 km here; the eastern grid ends at 111.02.
    assert!(!far(111.005, here) && !far(111.02 + 0.053, here));
    assert!(far(111.02 + 0.056, here));
    assert!(!far(111.005, without_grids), "nobody knows where its grids are");
}
