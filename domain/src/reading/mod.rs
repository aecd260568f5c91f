//! Reading: visibility of incidents, worklists and statistics.

pub mod hearings;
pub mod share;
pub mod visibility;
pub mod worklist;
