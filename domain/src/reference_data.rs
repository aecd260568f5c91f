//! Reference data: units, grids and organisations. It is held in memory and read by every decision about a place.

use crate::{
    geography::{grid::GridIndex, unit_tree::UnitTree},
    organisation::Organisations,
};

/// The units, grids and organisations of the administered area.
#[derive(Debug, Default)]
pub struct ReferenceData {
    pub units: UnitTree,
    pub grids: GridIndex,
    pub organisations: Organisations,
}
