//! Databases, accounts, a small city, and random incidents in it.

mod accounts;
mod city;
mod database;
mod incidents;

pub use accounts::{OTHER_CITY, VILLAGE, account, at, password, seed_village};
pub use city::{city, monday, overseen, people, seed, unit};
pub use database::Database;
pub(crate) use database::both;
pub use grassroots_domain::testing::rng::Rng;
pub use incidents::{History, opening, reported, save, save_all, transfer_at_first_desk, tell};
