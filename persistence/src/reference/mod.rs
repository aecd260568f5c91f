//! Units, grids, organisations and rules.

pub mod grids;
pub mod organisations;
pub mod reference_data;
pub mod rules;
pub mod units;
