//! Tests of the database layer on SQLite and on PostgreSQL.
//!
//! `both! { async fn name(database: Database) { … } }` defines a test for each database. Each test has a database of its own. The
//! environment variable `GRASSROOTS_TEST_POSTGRES` holds the URL of the PostgreSQL server; `./test` and `scripts/with-postgres`
//! set it. Without it the tests on PostgreSQL fail.

#[cfg(test)]
mod accounts;
#[cfg(test)]
mod error_words;
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
mod sessions;
#[cfg(test)]
mod support;
#[cfg(test)]
mod worklists;
#[cfg(test)]
mod writing;
