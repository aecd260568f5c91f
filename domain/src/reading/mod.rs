//! Reading: visibility of incidents, worklists and statistics.

pub mod hearings;
pub mod share;
pub mod small_cells;
pub mod unit_figure;
pub mod visibility;
pub mod worklist;
