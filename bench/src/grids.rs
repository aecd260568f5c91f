//! Measures grid lookups of random positions in the bounding box of the city, on one core.

use std::{hint::black_box, time::Instant};

use geo::BoundingRect as _;
use grassroots::demo;
use grassroots_domain::geography::{datum::LonLat, grid::GridIndex};

use crate::{
    Result,
    numbers::{Random, count, rate},
    table::{BenchFigure, Table},
};

/// Number of random positions.
const PLACES: usize = 1_000_000;
/// Target, in lookups a second.
const TARGET: f64 = 2_000_000.0;

/// Measures `runs` times: with all positions, and with the positions that lie in a grid.
pub fn measure(runs: u32, table: &mut Table) -> Result<()> {
    let index = demo::load_reference_data().map_err(|error| format!("{error:?}"))?.grids;
    let everywhere = places(&index)?;
    let inside: Vec<LonLat> =
        everywhere.iter().copied().filter(|place| index.locate(*place).is_some()).collect();
    let share = 100.0 * count(inside.len()) / count(everywhere.len());
    let rows = [
        (format!("places in the box around the city, {share:.0} % of them in a grid"), &everywhere),
        ("places in a grid".to_owned(), &inside),
    ];
    for _ in 0..runs {
        for (what, places) in &rows {
            let name = format!("grid lookups, {} polygons, one core: {what}", index.len());
            let figure = BenchFigure::new(name, lookups_per_second(&index, places));
            table.add(figure.ratio(TARGET, "of 2 M (target ≥ 1)"));
        }
    }
    Ok(())
}

fn lookups_per_second(index: &GridIndex, places: &[LonLat]) -> f64 {
    let started = Instant::now();
    for place in places {
        black_box(index.locate(black_box(*place)));
    }
    rate(places.len(), started.elapsed())
}

fn places(index: &GridIndex) -> Result<Vec<LonLat>> {
    let boxes = index.iter().filter_map(|grid| grid.shape.bounding_rect());
    let city = boxes
        .reduce(|a, b| {
            let (low, high) = (a.min(), a.max());
            geo::Rect::new(
                (low.x.min(b.min().x), low.y.min(b.min().y)),
                (high.x.max(b.max().x), high.y.max(b.max().y)),
            )
        })
        .ok_or("there are no grids")?;
    let (min, max) = (city.min(), city.max());
    let mut random = Random::new(4112);
    let place = |_| {
        let lon = random.between(min.x, max.x);
        LonLat { lon, lat: random.between(min.y, max.y) }.rounded()
    };
    Ok((0..PLACES).map(place).collect())
}
