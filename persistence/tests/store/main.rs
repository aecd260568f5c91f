//! The database layer on SQLite and on PostgreSQL: what it stores, what it finds again, and in which order.
//!
//! `both! { async fn name(database: Database) { … } }` makes two tests of one, each on a database of its own.
//! PostgreSQL is found in `GRASSROOTS_TEST_POSTGRES`, which `./test` and `scripts/with-postgres` set; without it those
//! tests fail rather than pass unseen.

#[cfg(test)]
mod feed;
#[cfg(test)]
mod figures;
#[cfg(test)]
mod history;
#[cfg(test)]
mod intake;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod migrations;
#[cfg(test)]
mod reading;
#[cfg(test)]
mod scopes;
#[cfg(test)]
mod support;
#[cfg(test)]
mod worklists;
#[cfg(test)]
mod writing;
