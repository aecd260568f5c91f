//! The rules of grid governance.
//!
//! Pure: no I/O, no async, no clock, no SQL, no HTTP. Time comes in as a parameter, facts come in resolved, decisions
//! go out as events. [`open`](open::open) and [`decide`](decide::decide) are the two doors.

pub mod account;
pub mod code;
pub mod command_kind;
pub mod commands;
pub mod decide;
pub mod decision;
pub mod events;
pub mod geography;
pub mod hand_over;
pub mod hash;
pub mod ids;
pub mod incident;
pub mod open;
pub mod organisation;
pub mod reading;
pub mod reconcile;
pub mod reference_data;
pub mod refusal;
pub mod rules;
#[cfg(feature = "testing")]
pub mod testing;
pub mod text;
pub mod time;
pub mod warning;
