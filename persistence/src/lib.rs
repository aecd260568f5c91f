//! SQL and files: one schema and one set of queries for SQLite and PostgreSQL, and one way to write.
//!
//! [`Store`](database::store::Store) runs closures in a transaction and gives them a connection. The functions of the table
//! modules take that connection. Row structs are private: the functions take and return domain types.
//!
//! Order of the folders, from the bottom: `database`, `reference`, `account`, `photo`, `incident`, `reading`. A file imports
//! only from files below it.

pub mod account;
pub mod database;
pub mod incident;
pub mod photo;
pub mod reading;
pub mod reference;
