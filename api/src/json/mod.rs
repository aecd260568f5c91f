//! JSON: text that is hashed or kept for repeats, and shapes that stored answers and views share.

pub mod deadline;
pub mod organisation;
pub mod schema;
pub mod time;

use serde::Serialize;

/// `value` as JSON. Only for structures of texts, numbers and times, which always serialise: an empty text in their
/// place would make two different requests look the same.
pub(crate) fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|error| unreachable!("our own JSON: {error}"))
}
