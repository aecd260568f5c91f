//! The HTTP layer: everything that requests and responses pass through.

pub mod body;
pub mod demo_guard;
pub mod headers;
pub mod identity;
pub mod language;
pub mod params;
pub mod problem;
mod problems;
mod reader;
pub mod render;
pub mod tus;
