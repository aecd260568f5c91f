//! Logs to standard error, one line an event, as text or as JSON.

use std::io::{self, IsTerminal as _};

use clap::Args;
use tracing_subscriber::{
    filter::{LevelFilter, ParseError, Targets},
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

use crate::config::LogFormat;

/// The settings of logging.
#[derive(Args, Clone, Debug)]
pub struct LogConfig {
    /// 日志过滤 · Which events are logged, such as info, debug or warn,grassroots=debug.
    #[arg(
        long = "log",
        env = "GRASSROOTS_LOG",
        default_value = "info",
        value_name = "FILTER",
        global = true
    )]
    pub filter: String,

    /// 日志格式 · Format of the log lines.
    #[arg(
        long = "log-format",
        env = "GRASSROOTS_LOG_FORMAT",
        value_enum,
        default_value_t = LogFormat::Text,
        value_name = "FORMAT",
        global = true
    )]
    pub format: LogFormat,
}

/// An error at the start of logging.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The filter cannot be parsed.
    #[error("{filter:?} is not a log filter ({reason}); write for example info or warn,grassroots=debug")]
    Filter { filter: String, reason: String },
    #[error("logging was started already")]
    Started,
}

/// Starts logging. A process can do this once.
///
/// # Errors
/// The filter is invalid, or logging was started before.
pub fn init(config: &LogConfig) -> Result<(), LogError> {
    let filter = parse(&config.filter)
        .map_err(|error| LogError::Filter { filter: config.filter.clone(), reason: error.to_string() })?;
    let logs = tracing_subscriber::fmt().with_max_level(LevelFilter::TRACE).with_writer(io::stderr);
    let started = match config.format {
        LogFormat::Text => logs.with_ansi(io::stderr().is_terminal()).finish().with(filter).try_init(),
        LogFormat::Json => logs.json().flatten_event(true).with_ansi(false).finish().with(filter).try_init(),
    };
    started.map_err(|_| LogError::Started)
}

/// A level, or pairs of a target and its level; spaces and commas too many do no harm.
fn parse(filter: &str) -> Result<Targets, ParseError> {
    let parts: Vec<&str> = filter.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    parts.join(",").parse()
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn a_filter_is_a_level_or_levels_by_target() {
        for (filter, target, level, logged) in [
            ("info", "grassroots::app", Level::INFO, true),
            ("info", "grassroots::app", Level::DEBUG, false),
            ("warn,grassroots=debug", "grassroots::app", Level::DEBUG, true),
            (" warn, grassroots=debug,", "grassroots::app", Level::DEBUG, true),
            ("warn,grassroots=debug", "grassroots::app", Level::TRACE, false),
            ("warn,grassroots=debug", "actix_server", Level::INFO, false),
            ("WARN,grassroots=debug,", "actix_server", Level::WARN, true),
            ("off", "grassroots::app", Level::ERROR, false),
            ("", "grassroots::app", Level::ERROR, true),
            ("", "grassroots::app", Level::WARN, false),
        ] {
            let enabled = parse(filter).unwrap().would_enable(target, &level);
            assert_eq!(enabled, logged, "{filter:?} for {target} at {level}");
        }
        for filter in ["grassroots=loud", "a=b=c", "info,grassroots=2=3"] {
            assert!(parse(filter).is_err(), "{filter}");
        }
    }
}
