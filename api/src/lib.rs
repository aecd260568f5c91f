//! The HTTP API, the use cases and the command line of `grassroots`.
//!
//! A module imports only modules below it. From the bottom to the top:
//!
//! - Basics: `secret` hides passwords and tokens, `random` makes random bytes, `checksum` checks request bodies, `clock`
//!   reads the time, `urls` holds the URL paths, `query_code` makes case query codes, `problem_code` lists all errors.
//! - `examiner` decodes photos in a separate process.
//! - `config` holds the settings, `logging` writes the log, `language` chooses Chinese or English.
//! - `validation` checks what clients send. `auth` handles passwords, tokens and keys.
//! - `json` holds JSON types that are both stored and shown.
//! - `app` holds the use cases. Each is one function and one transaction.
//! - `jobs` are the background jobs. `views` are the JSON and CSV answers.
//! - `http` holds extractors, headers and the texts of errors. `import` reads data files, `demo` makes demo data.
//! - `handlers` connect HTTP and use cases. `routes` is the URL table.
//! - `openapi` and `docs` describe the API.
//! - `application` starts and stops the server. `cli` is the command line.
//!
//! Example: a new report. `handlers::incidents` reads the request and calls `app::intake`. `grassroots_domain` applies
//! the rules. `grassroots_persistence` writes the rows. `views` make the answer.

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
mod language;
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
