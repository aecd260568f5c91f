//! The texts of every problem, by theme: an error becomes the problem that is answered.

mod accounts;
mod app;
mod incidents;
mod linkages;
mod photos;
mod refusals;
mod rules;
mod sessions;
pub(super) mod shape;
mod store;
