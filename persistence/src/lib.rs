//! SQL and files: one schema and one set of queries for SQLite and PostgreSQL, and the one way to write.
//!
//! [`Store`](database::store::Store) runs closures; inside them the functions of the table modules take the connection. Row
//! structs stay in here: what goes out and comes in are domain types.

pub mod account;
pub mod database;
pub mod incident;
pub mod photo;
pub mod reading;
pub mod reference;
