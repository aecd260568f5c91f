//! The HTTP API, the use cases and the command line of `grassroots`.
//!
//! One report's way through this crate: `handlers::incidents` parses and authenticates, `app::intake` is the use case,
//! the rules decide in `grassroots_domain`, the rows are written by `grassroots_persistence`, and `views` show what came
//! of it.

pub mod app;
pub mod application;
pub mod auth;
mod checksum;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
mod docs;
pub mod examiner;
pub mod handlers;
pub mod http;
pub mod import;
pub mod jobs;
pub mod json;
mod localization;
pub mod logging;
pub mod openapi;
pub mod problem_code;
pub mod query_code;
pub mod random;
pub mod routes;
pub mod secret;
mod urls;
mod validation;
pub mod views;
