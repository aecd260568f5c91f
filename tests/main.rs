//! Tests of the product through HTTP, on SQLite and on PostgreSQL.
//!
//! `both! { async fn name(app: TestApp) { … } }` makes two tests of one function. Each test has its own database, its own
//! clock and a server on a free port. Tests never sleep: they set the clock forward.
//!
//! Clippy allows `unwrap` and indexing only in modules with `cfg(test)`.

#[cfg(test)]
mod support;

#[cfg(test)]
mod account_input;
#[cfg(test)]
mod accounts;
#[cfg(test)]
mod automatic_actions;
#[cfg(test)]
mod catalogue;
#[cfg(test)]
mod chinese;
#[cfg(test)]
mod clients;
#[cfg(test)]
mod command_input;
#[cfg(test)]
mod commands;
#[cfg(test)]
mod deadlines;
#[cfg(test)]
mod documentation;
#[cfg(test)]
mod duplicates;
#[cfg(test)]
mod end_to_end;
#[cfg(test)]
mod hand_over;
#[cfg(test)]
mod idempotency;
#[cfg(test)]
mod intake_input;
#[cfg(test)]
mod joint_work;
#[cfg(test)]
mod linkages;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod malformed_input;
#[cfg(test)]
mod model;
#[cfg(test)]
mod one_step;
#[cfg(test)]
mod operations;
#[cfg(test)]
mod photos;
#[cfg(test)]
mod readme;
#[cfg(test)]
mod reporter;
#[cfg(test)]
mod request_limits;
#[cfg(test)]
mod routing;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod share;
#[cfg(test)]
mod sources;
#[cfg(test)]
mod upload_protocol;
#[cfg(test)]
mod uploads;
#[cfg(test)]
mod visibility;
#[cfg(test)]
mod worklists;
