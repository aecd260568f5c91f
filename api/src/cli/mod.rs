//! The command line: one program, and its `--help` is the manual.

mod admin;
mod backup;
mod console;
mod database;
mod examine;
mod failure;
mod import;
mod locate;
pub mod serve;

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use clap::{Parser, Subcommand};

use self::{console::Console, failure::CliFailure};
use crate::{
    clock::TimeSource,
    config::ServeConfig,
    localization::localized,
    logging::{self, LogConfig},
    openapi,
};

/// Field reports for grid governance (基层网格化治理事件上报与流转).
///
/// Try it: grassroots serve --demo
///
/// Settings can be given as flags or in the environment; a flag wins. Answers go to standard output, logs and errors to
/// standard error; the exit status is 0 only if all went well.
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
    /// Serve the API (启动服务): makes the data folder, migrates the database, listens.
    Serve(ServeConfig),

    /// Migrate the database and make the first signing key (升级数据库).
    ///
    /// `serve` does this too. Run it once beforehand where several nodes share a database and a folder of keys.
    /// Repeatable.
    Migrate(database::MigrateArgs),

    /// Import divisions, grids, categories, the calendar or accounts (导入基础数据).
    ///
    /// All of a file or nothing of it; every bad line is listed. Repeatable: a second run changes nothing. Codes are never
    /// deleted. Running servers notice within seconds.
    #[command(subcommand)]
    Import(import::ImportCommand),

    /// Make and change accounts directly in the database (账号管理).
    ///
    /// For the first three administrators, before there is anybody to sign in. Running servers notice within seconds.
    #[command(subcommand)]
    Admin(admin::AdminCommand),

    /// Say which grid and units a place lies in (坐标定位).
    Locate(locate::LocateArgs),

    /// Copy the SQLite database while the server runs (在线备份).
    Backup(backup::BackupArgs),

    /// Look at a photo on standard input, with little memory and time (检查照片). Servers start this for every photo.
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
            // Where standard error is gone there is nobody left to tell.
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
        CliFailure::new(localized!("无法生成接口文档：{error}", "cannot describe the API: {error}"))
    })?;
    Ok(write!(console.out, "{document}")?)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_setting_is_explained() {
        fn explained(command: &clap::Command) {
            for arg in command.get_arguments() {
                assert!(arg.get_help().is_some(), "{} {}", command.get_name(), arg.get_id());
            }
            for sub in command.get_subcommands() {
                assert!(sub.get_about().is_some(), "{}", sub.get_name());
                explained(sub);
            }
        }
        explained(&Cli::command());
    }
}
