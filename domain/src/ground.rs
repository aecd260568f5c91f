//! The ground: units, grids and organisations, held in memory and read by every decision about a place.

use crate::{grid::GridIndex, organisation::Organisations, unit_tree::UnitTree};

/// Everything known about the administered area.
#[derive(Debug, Default)]
pub struct Ground {
    /// The unit tree.
    pub units: UnitTree,
    /// The grids with their shapes.
    pub grids: GridIndex,
    /// Desks and departments.
    pub organisations: Organisations,
}
