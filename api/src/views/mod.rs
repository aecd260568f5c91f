//! Views: structures of the JSON answers. The comments of the fields become the API manual.

pub mod account;
pub mod actions;
pub mod catalogue;
pub mod csv;
pub mod deadlines;
mod disclosure;
pub mod event_details;
pub mod hearings;
pub mod incident;
pub mod legs;
pub mod linkage;
pub mod location;
pub mod open_work;
pub mod origin;
pub mod photo;
pub mod problem;
pub mod proceedings;
pub mod reader;
pub mod routing;
pub mod share;
pub mod similar;
pub mod timeline;
