//! One test binary that drives the product through HTTP, on SQLite and on PostgreSQL.
//!
//! `both! { async fn name(app: TestApp) { … } }` makes two tests of one. Each has a database of its own, a clock of its
//! own and a server on a free port; nothing is shared, nothing sleeps.

#[cfg(test)]
mod support;

#[cfg(test)]
mod catalogue;
#[cfg(test)]
mod commands;
#[cfg(test)]
mod deadlines;
#[cfg(test)]
mod documentation;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod operations;
#[cfg(test)]
mod readme;
#[cfg(test)]
mod routing;
#[cfg(test)]
mod share;
#[cfg(test)]
mod story;
#[cfg(test)]
mod visibility;
