//! Incidents with their legs, events and reports.

pub mod events;
pub mod feed;
pub mod incidents;
pub mod intake;
pub(crate) mod legs;
pub(crate) mod linkages;
pub mod receipts;
pub mod reports;
pub mod responsibility;
pub mod similar;
