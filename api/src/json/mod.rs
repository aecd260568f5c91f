//! JSON: text that is hashed or stored for repeated requests, and structures that stored answers and views share.

pub mod deadline;
pub mod organisation;
pub mod schema;
pub mod time;

use serde::Serialize;

/// `value` as JSON. Only for structures of texts, numbers and times, which always serialise. There is no default text on
/// failure, because then two different requests would look equal.
pub(crate) fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|error| unreachable!("our own JSON: {error}"))
}
