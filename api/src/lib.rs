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
mod csv_view;
pub mod demo;
mod docs;
pub mod examiner;
mod explain;
mod fields;
pub mod handlers;
pub mod import;
mod json;
pub mod logging;
pub mod openapi;
pub mod problem;
mod problems;
pub mod query_code;
mod queue;
pub mod random;
pub mod routes;
pub mod views;
pub mod web;
