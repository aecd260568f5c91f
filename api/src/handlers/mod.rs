//! Handlers: each reads the request, calls `app` once and returns a view. Their comments become the API manual.

pub mod accounts;
pub mod catalogue;
pub mod commands;
pub mod hand_over;
pub mod health;
pub mod incident_list;
pub mod incidents;
pub mod photos;
pub mod reports;
pub mod rules;
pub mod sessions;
pub mod statistics;
pub mod uploads;
pub mod worklists;
