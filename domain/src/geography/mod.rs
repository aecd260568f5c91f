//! Administrative units, grids with their shapes, positions and datums.

pub mod datum;
pub mod grid;
mod local_plane;
mod outline;
pub mod place;
pub mod position;
pub mod unit;
pub mod unit_tree;
