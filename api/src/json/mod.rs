//! JSON text for hashing and for stored answers, and structures that stored answers and views share.

pub mod deadline;
pub mod organisation;
pub mod schema;
pub mod time;

use serde::Serialize;

/// Writes `value` as JSON. It works only for structures of texts, numbers and times, which always serialise. It does
/// not fall back to a default text, because then two different requests would look the same.
pub(crate) fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|error| unreachable!("our own JSON: {error}"))
}
