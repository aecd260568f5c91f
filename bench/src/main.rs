//! Measures `grassroots` and, in the same run, what it is compared with: a bare HTTP server, the same rows written without
//! HTTP, and `pgbench`.

mod bare;
mod database;
mod grids;
mod http;
mod intake;
mod machine;
mod numbers;
mod options;
mod pgbench;
mod raw;
mod reports;
mod round;
mod server;
mod table;
mod uploads;

use std::process::ExitCode;

use clap::Parser;

use crate::{
    database::{DatabaseKind, Template},
    options::{Options, Role},
    table::Table,
};

type Failure = Box<dyn std::error::Error + Send + Sync>;
type Result<T> = std::result::Result<T, Failure>;

fn main() -> ExitCode {
    let options = Options::parse();
    let done = match options.role {
        Some(Role::Bare { answer_bytes }) => bare::serve(answer_bytes),
        None => measure(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("grassroots-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(options: &Options) -> Result<()> {
    let scratch = tempfile::Builder::new().prefix("grassroots-bench.").tempdir()?;
    let mut table = Table::default();
    let mut notes = machine::describe(options, scratch.path())?;
    for kind in DatabaseKind::ALL.into_iter().filter(|kind| options.wants_database(*kind)) {
        let template = Template::create(kind, scratch.path())?;
        notes.extend(template.durability()?);
        for run in 1..=options.runs {
            eprintln!("{kind}: run {run} of {}", options.runs);
            round::measure(options, &template, scratch.path(), &mut table)?;
        }
    }
    if options.wants_photos() {
        let template = Template::create(DatabaseKind::Sqlite, scratch.path())?;
        uploads::measure(options, &template, scratch.path(), &mut table)?;
    }
    if options.wants_grids() {
        eprintln!("grids: {} runs", options.runs);
        grids::measure(options.runs, &mut table)?;
    }
    println!("{}\n{table}", notes.join("\n"));
    Ok(())
}
