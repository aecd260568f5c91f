//! Incidents with their legs, events and reports.

pub(crate) mod attention;
pub(crate) mod checkers;
pub mod events;
pub mod external_numbers;
pub mod feed;
pub mod incidents;
pub mod intake;
pub(crate) mod linkages;
pub(crate) mod marks;
pub(crate) mod participation;
pub mod receipts;
pub(crate) mod reopenings;
pub mod reports;
pub mod responsibility;
pub mod similar;
