//! Lists, worklists and counts, limited to the incidents that the reader may see.

pub mod linkages;
pub mod lists;
pub mod period;
pub(crate) mod scopes;
pub mod shares;
pub mod worklists;
