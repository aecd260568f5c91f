//! What people read: lists, worklists and figures, within what they may see.

pub mod linkages;
pub mod lists;
pub mod period;
pub(crate) mod scopes;
pub mod shares;
pub mod worklists;
