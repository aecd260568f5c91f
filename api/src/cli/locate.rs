//! `locate`: shows the grid and the units of a position.

use clap::Args;
use grassroots_domain::{
    geography::{
        datum::Datum,
        position::{Position, PositionSource, RawPosition},
    },
    reference_data::ReferenceData,
};

use crate::{
    cli::{console::Console, database, failure::CliFailure},
    config::DataConfig,
    demo,
    validation::fields::position_error,
};

#[derive(Args, Debug)]
pub(super) struct LocateArgs {
    /// Longitude, in degrees east.
    #[arg(long, allow_negative_numbers = true, value_name = "DEGREES")]
    lon: f64,

    /// Latitude, in degrees north.
    #[arg(long, allow_negative_numbers = true, value_name = "DEGREES")]
    lat: f64,

    /// Datum of the coordinates: wgs84 (GPS), gcj02 (AMap, Tencent), bd09 (Baidu) or cgcs2000 (Tianditu).
    #[arg(long)]
    datum: Datum,

    /// Accuracy of the position. Grids within this radius are candidates; at most 500 metres are searched.
    #[arg(long, value_name = "METRES")]
    accuracy_m: Option<f64>,

    /// Use the demo data in the program instead of a database.
    #[arg(long)]
    demo: bool,

    #[command(flatten)]
    data: DataConfig,
}

/// Writes the grid, the unit and the candidates.
pub(super) async fn run(args: LocateArgs, console: &mut Console<'_>) -> Result<(), CliFailure> {
    let raw = RawPosition {
        lon: args.lon,
        lat: args.lat,
        datum: args.datum,
        accuracy_m: args.accuracy_m,
        captured_at: None,
        source: PositionSource::Manual,
    };
    let (position, _) =
        Position::parse(raw).map_err(|error| CliFailure::new(position_error("", &error).detail))?;
    let text = if args.demo {
        format!("{}\n{}", describe(&demo::load_reference_data()?, &position), demo::ATTRIBUTION)
    } else {
        let store = database::open_existing(&args.data).await?;
        database::with_reference_data(&store, |reference_data| describe(reference_data, &position)).await?
    };
    writeln!(console.out, "{text}")?;
    Ok(())
}

fn describe(reference_data: &ReferenceData, position: &Position) -> String {
    let place = position.wgs84;
    let mut lines = vec![format!("WGS-84             {:.6} {:.6}", place.lon, place.lat)];
    match reference_data.grids.locate(place) {
        Some(code) => {
            let grid = reference_data.grids.get(code);
            let name = grid.map_or("", |grid| grid.name.as_str());
            let synthetic =
                if grid.is_some_and(|grid| grid.synthetic) { "（合成形状 synthetic）" } else { "" };
            let village = code.village();
            lines.push(format!("网格 grid          {code} {name}{synthetic}"));
            lines.push(format!("单位 unit          {village} {}", reference_data.units.full_name(village)));
        }
        None => lines.push("网格 grid          不在任何网格内 · in no grid".to_owned()),
    }
    for near in reference_data.grids.candidates(place, position.accuracy_m()) {
        let name = reference_data.units.full_name(near.grid.village());
        lines.push(format!("候选 candidate     {} {name} {:.1} m", near.grid, near.distance_m));
    }
    lines.join("\n")
}
