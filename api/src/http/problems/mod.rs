//! How each error is answered: the edge where errors meet HTTP.

mod accounts;
mod commands;
mod intake;
mod linkages;
mod photos;
mod refusals;
mod rules;
mod sessions;
mod store;
