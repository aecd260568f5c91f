//! How each error is answered: the edge where errors meet HTTP.

mod accounts;
mod commands;
pub mod intake;
mod sessions;
mod store;
