//! The ground: units, grids and organisations, held in memory and read by every decision about a place.

use crate::{
    geography::{grid::GridIndex, unit_tree::UnitTree},
    organisation::Organisations,
};

/// Everything known about the administered area.
#[derive(Debug, Default)]
pub struct ReferenceData {
    /// The unit tree.
    pub units: UnitTree,
    /// The grids with their shapes.
    pub grids: GridIndex,
    /// Desks and departments.
    pub organisations: Organisations,
}
