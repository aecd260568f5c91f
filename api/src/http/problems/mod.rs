//! The texts of all problems, one file for each topic. Each error is converted into a problem.

mod accounts;
mod app;
mod incidents;
pub(super) mod json_syntax;
mod linkages;
mod names;
mod photos;
mod refusals;
mod rules;
mod sessions;
pub(super) mod shape;
mod store;
mod table;
