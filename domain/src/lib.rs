//! The rules of grid governance.
//!
//! Pure: no I/O, no async, no clock, no SQL, no HTTP. Time comes in as a parameter, facts come in resolved, decisions
//! go out as events. [`open`](open::open) and [`decide`](decide::decide) are the two doors.

pub mod account;
pub mod calendar;
pub mod case;
pub mod category;
pub mod checked;
pub mod clock;
pub mod code;
pub mod commands;
pub mod datum;
pub mod deadline;
pub mod decide;
pub mod duty;
pub mod event;
pub mod evidence;
pub mod grid;
pub mod ground;
pub mod hand_over;
pub mod hearings;
pub mod incident;
pub mod leg;
pub mod linkage;
pub mod name;
pub mod open;
pub mod organisation;
pub mod photo;
pub mod place;
pub mod position;
pub mod proceedings;
pub mod queue;
pub mod reason;
pub mod reconcile;
pub mod refusal;
pub mod remark;
pub mod replay;
pub mod routing;
pub mod rules;
pub mod scan;
pub mod schedule;
pub mod share;
pub mod text;
pub mod time;
pub mod unit;
pub mod unit_tree;
pub mod visibility;
pub mod warning;
