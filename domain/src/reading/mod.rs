//! What people read: who sees what, worklists, and figures.

pub mod hearings;
pub mod share;
pub mod visibility;
pub mod worklist;
