//! One test binary that drives the product through HTTP, on SQLite and on PostgreSQL.
//!
//! `both! { async fn name(app: TestApp) { … } }` makes two tests of one. Each has a database of its own, a clock of its
//! own and a server on a free port; nothing is shared, nothing sleeps.

#[cfg(test)]
mod support;

#[cfg(test)]
mod accounts;
#[cfg(test)]
mod by_itself;
#[cfg(test)]
mod catalogue;
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
mod exactly_once;
#[cfg(test)]
mod hand_over;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod intake_input;
#[cfg(test)]
mod joint_work;
#[cfg(test)]
mod linkages;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod model;
#[cfg(test)]
mod operations;
#[cfg(test)]
mod photos;
#[cfg(test)]
mod readme;
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
mod story;
#[cfg(test)]
mod uploads;
#[cfg(test)]
mod visibility;
