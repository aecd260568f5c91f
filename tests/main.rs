//! One test binary that drives the product through HTTP, on SQLite and on PostgreSQL.
//!
//! `both! { async fn name(app: TestApp) { … } }` makes two tests of one. Each has a database of its own, a clock of its
//! own and a server on a free port; nothing is shared, nothing sleeps.

mod support;

mod readme;
mod story;
