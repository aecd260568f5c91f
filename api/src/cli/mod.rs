//! The command line. The doc comments of arguments are the texts of `--help`.

mod admin;
mod backup;
mod console;
mod database;
mod examine;
mod failure;
mod import;
mod locate;
pub mod serve;

use std::{io, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::{
    cli::{console::Console, failure::CliFailure},
    clock::TimeSource,
    config::ServeConfig,
    logging::{self, LogConfig},
    openapi,
};
use grassroots_domain::text::localized::localized;

/// Field reports for grid governance (基层网格化治理事件上报与流转).
///
/// Try it: grassroots serve --demo
///
/// Settings are flags or environment variables; a flag has priority. Results go to standard output, logs and errors to
/// standard error. The exit status is 0 only on success.
#[derive(Parser, Debug)]
#[command(name = "grassroots", version)]
pub struct Cli {
    #[command(subcommand)]
    command: CliCommand,

    #[command(flatten)]
    log: LogConfig,
}

#[derive(Subcommand, Debug)]
enum CliCommand {
    /// Serve the API (启动服务): creates the data folder, migrates the database, listens.
    Serve(ServeConfig),

    /// Migrate the database and create the first signing key (升级数据库).
    ///
    /// `serve` does the same. Where several nodes share a database and a key folder, run this before they start. It can
    /// be repeated.
    Migrate(database::MigrateArgs),

    /// Import divisions, grids, categories, the calendar or accounts (导入基础数据).
    ///
    /// All lines of a file are imported, or none; every wrong line is listed. A second run of the same file changes
    /// nothing. Codes are never deleted. Running servers notice within seconds.
    #[command(subcommand)]
    Import(import::ImportCommand),

    /// Create and change accounts directly in the database (账号管理).
    ///
    /// Create the first three administrators with it, because nobody can sign in before. Running servers notice within
    /// seconds.
    #[command(subcommand)]
    Admin(admin::AdminCommand),

    /// Show the grid and the units of a position (坐标定位).
    Locate(locate::LocateArgs),

    /// Copy the SQLite database while the server runs (在线备份).
    Backup(backup::BackupArgs),

    /// Examine a photo on standard input, within limits of memory and time (检查照片). Servers start this for each photo.
    #[command(hide = true)]
    Examine(examine::ExamineArgs),

    /// Print the description of the API, OpenAPI 3.1 in YAML (输出接口文档).
    Openapi,
}

/// Runs the program with the arguments it was started with.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let mut console = Console { out: &mut io::stdout(), err: &mut io::stderr() };
    let result = logging::init(&cli.log).map_err(CliFailure::from).and_then(|()| {
        actix_web::rt::System::new().block_on(run(cli.command, &TimeSource::system(), &mut console))
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Ignored: if standard error is closed, the failure cannot be shown anywhere.
            writeln!(console.err, "{failure}").ok();
            failure.exit_code()
        }
    }
}

async fn run(command: CliCommand, clock: &TimeSource, console: &mut Console<'_>) -> Result<(), CliFailure> {
    match command {
        CliCommand::Serve(config) => serve::run(config, clock, console).await,
        CliCommand::Migrate(args) => database::run(args, clock, console).await,
        CliCommand::Import(command) => import::run(command, clock, console).await,
        CliCommand::Admin(command) => admin::run(command, clock, console).await,
        CliCommand::Locate(args) => locate::run(args, console).await,
        CliCommand::Backup(args) => backup::run(args, console).await,
        CliCommand::Examine(args) => examine::run(&args, console),
        CliCommand::Openapi => openapi(console),
    }
}

fn openapi(console: &mut Console<'_>) -> Result<(), CliFailure> {
    let document = openapi::yaml().map_err(|error| {
        CliFailure::new(localized!("无法生成接口文档：{error}", "cannot create the API document: {error}"))
    })?;
    Ok(write!(console.out, "{document}")?)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_definition_is_valid() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_and_setting_has_a_help_text() {
        fn assert_help(command: &clap::Command) {
            for arg in command.get_arguments() {
                assert!(arg.get_help().is_some(), "{} {}", command.get_name(), arg.get_id());
            }
            for sub in command.get_subcommands() {
                assert!(sub.get_about().is_some(), "{}", sub.get_name());
                assert_help(sub);
            }
        }
        assert_help(&Cli::command());
    }
}
