//! Databases, a small city, and random incidents in it.

mod city;
mod database;
mod dice;
mod incidents;

pub use city::{city, monday, overseen, people, seed, unit};
pub use database::Database;
pub(crate) use database::both;
pub use dice::Dice;
pub use incidents::{Told, opening, reported, save, save_all, send_aside, tell};
