//! The real city, its people, and incidents that are changed by real commands.

mod city;
mod commands;
mod people;
mod scenario;

pub use city::{RealCity, at, category, city, desk, organisation, place, unit};
pub use commands::*;
pub use people::{Staff, person};
pub use scenario::*;
