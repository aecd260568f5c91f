//! Photos: their rows, and the objects that hold their bytes.

pub mod objects;
pub mod orphans;
pub mod photos;
pub mod pictures;
pub mod uploads;
