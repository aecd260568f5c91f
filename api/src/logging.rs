//! Logs: one line each to standard error, for people or for collectors.

use std::io::{self, IsTerminal as _};

use clap::Args;
use tracing_subscriber::{EnvFilter, util::SubscriberInitExt as _};

use crate::config::LogFormat;

/// How much is logged, and how.
#[derive(Args, Clone, Debug)]
pub struct LogConfig {
    /// 日志过滤 · What is logged, such as info, debug or warn,grassroots=debug.
    #[arg(
        long = "log",
        env = "GRASSROOTS_LOG",
        default_value = "info",
        value_name = "FILTER",
        global = true
    )]
    pub filter: String,

    /// 日志格式 · How it is written.
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

/// Why there are no logs.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The filter is not understood.
    #[error("{filter:?} is no log filter ({reason}); info and warn,grassroots=debug are")]
    Filter {
        /// The filter.
        filter: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Logs are being written already.
    #[error("logging was started already")]
    Started,
}

/// Starts logging, once in the life of a process.
///
/// # Errors
/// [`LogError`].
pub fn init(config: &LogConfig) -> Result<(), LogError> {
    let filter = EnvFilter::try_new(&config.filter)
        .map_err(|error| LogError::Filter { filter: config.filter.clone(), reason: error.to_string() })?;
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    let started = match config.format {
        LogFormat::Text => logs.with_ansi(io::stderr().is_terminal()).finish().try_init(),
        LogFormat::Json => logs.json().flatten_event(true).with_ansi(false).finish().try_init(),
    };
    started.map_err(|_| LogError::Started)
}
