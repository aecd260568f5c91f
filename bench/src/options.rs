//! The command line.

use std::{num::NonZeroUsize, path::PathBuf, time::Duration};

use clap::{Parser, Subcommand, ValueEnum};

use crate::{Result, database::DatabaseKind};

/// Measures report intake, photo uploads and grid lookups, and compares them with the limits of this machine.
#[derive(Parser)]
#[command(name = "grassroots-bench")]
pub struct Options {
    #[command(subcommand)]
    pub role: Option<Role>,

    /// Number of runs. The table shows medians.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    pub runs: u32,

    /// Length of each measurement, in seconds.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=120))]
    pub seconds: u32,

    /// Numbers of clients that send at the same time.
    #[arg(long, value_delimiter = ',', default_values = ["1", "16", "64"])]
    pub clients: Vec<NonZeroUsize>,

    /// Measure only one part.
    #[arg(long, value_enum)]
    pub only: Option<BenchPart>,

    /// The program to measure. Default: `grassroots` beside this one.
    #[arg(long, value_name = "FILE")]
    pub server: Option<PathBuf>,
}

/// Another role of this program than to measure.
#[derive(Subcommand)]
pub enum Role {
    /// Run a bare HTTP server, for comparison.
    #[command(hide = true)]
    Bare {
        /// Length of the answers.
        #[arg(long)]
        answer_bytes: usize,
    },
}

/// A part that can be measured alone.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BenchPart {
    Sqlite,
    Postgres,
    Photos,
    Grids,
}

impl Options {
    pub fn wants_database(&self, kind: DatabaseKind) -> bool {
        self.only.is_none_or(|part| match kind {
            DatabaseKind::Sqlite => part == BenchPart::Sqlite,
            DatabaseKind::Postgres => part == BenchPart::Postgres,
        })
    }

    pub fn wants_photos(&self) -> bool {
        self.only.is_none_or(|part| part == BenchPart::Photos)
    }

    pub fn wants_grids(&self) -> bool {
        self.only.is_none_or(|part| part == BenchPart::Grids)
    }

    pub fn time(&self) -> Duration {
        Duration::from_secs(self.seconds.into())
    }

    pub fn server(&self) -> Result<PathBuf> {
        let file = match &self.server {
            Some(file) => file.clone(),
            None => std::env::current_exe()?.with_file_name("grassroots"),
        };
        if file.is_file() {
            return Ok(file);
        }
        Err(format!(
            "{} is missing; build it with `cargo build --profile dist -p grassroots`",
            file.display()
        )
        .into())
    }
}
