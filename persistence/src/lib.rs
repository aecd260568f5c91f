//! SQL and files: one schema and one set of queries for SQLite and PostgreSQL, and the one way to write.
//!
//! [`Store`](store::Store) runs closures; inside them the functions of the table modules take the connection. Row
//! structs stay in here: what goes out and comes in are domain types.

pub mod accounts;
pub mod backup;
pub mod db;
pub mod error;
pub mod events;
pub mod feed;
pub mod grids;
pub mod incidents;
pub mod installation;
pub mod intake;
pub mod leader_lock;
mod legs;
pub mod linkages;
pub mod lists;
pub mod migrations;
pub mod objects;
pub mod organisations;
pub mod orphans;
pub mod photos;
pub mod pictures;
mod pool;
pub mod receipts;
pub mod reference_data;
pub mod reports;
pub mod rules;
mod schema;
mod scopes;
pub mod sessions;
pub mod shares;
pub mod similar;
pub mod store;
pub mod units;
pub mod uploads;
pub mod worklists;
mod writer;
