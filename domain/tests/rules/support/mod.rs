//! The real city, its people, and incidents that live through real commands.

mod city;
mod people;
mod story;

pub use city::{City, at, category, city, desk, organisation, place, unit};
pub use people::{Cast, person};
pub use story::*;
