//! What people read: lists, worklists and figures, within what they may see.

pub mod lists;
pub(crate) mod scopes;
pub mod shares;
pub mod worklists;
