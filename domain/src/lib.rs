//! The rules of grid governance.
//!
//! This crate is pure: it has no I/O, no async code, no clock, no SQL and no HTTP. Callers pass in the time and all facts.
//! The result of a decision is a list of events.
//!
//! The modules, from the bottom to the top (each uses only modules above it in this list):
//!
//! | modules | content |
//! |---|---|
//! | [`code`], [`hash`], [`ids`], [`warning`], [`command_kind`] | code names, digests, identifiers |
//! | [`text`], [`time`], [`geography`] | checked free text; deadlines and the working calendar; units, grids and positions |
//! | [`organisation`], [`account`], [`reference_data`] | who exists and who acts |
//! | [`rules`] | categories, time limits, routing |
//! | [`incident`] | the facts of an incident: its legs, linkages, photos and remarks |
//! | [`refusal`] | why a command is refused |
//! | [`events`] | what happened, and how each event changes an incident |
//! | [`reading`] | visibility, worklists, statistics |
//! | [`decision`] | the result of a decision |
//! | [`commands`] | one file for each command |
//! | [`open`], [`decide`], [`reconcile`], [`hand_over`] | the entry points: a report, a command, automatic events, the hand-over of a person's reports and checks |

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
mod stored;
#[cfg(feature = "testing")]
pub mod testing;
pub mod text;
pub mod time;
pub mod warning;
