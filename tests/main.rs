//! One test binary that drives the product through HTTP, on SQLite and on PostgreSQL.
//!
//! `both! { async fn name(app: TestApp) { … } }` makes two tests of one. Each has a database of its own, a clock of its
//! own and a server on a free port; nothing is shared, nothing sleeps.

mod support;

mod catalogue;
mod commands;
mod deadlines;
mod documentation;
mod lists;
mod operations;
mod readme;
mod routing;
mod share;
mod story;
mod visibility;
