//! Both databases: connections, reading and writing, schema, migrations and backup.

pub mod backup;
pub(crate) mod columns;
pub mod db;
pub mod epoch;
pub mod error;
pub(crate) mod error_words;
pub mod installation;
pub mod leader_lock;
pub mod migrations;
pub(crate) mod pool;
pub(crate) mod schema;
pub mod store;
pub(crate) mod writer;
