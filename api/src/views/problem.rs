//! Problems as the documentation describes them; `web::render` writes them.

use serde::Serialize;
use utoipa::ToSchema;

/// A problem (RFC 9457). `detail` says what is wrong and how to mend it, in the language of `Accept-Language`.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemView {
    /// Where the code is explained.
    #[serde(rename = "type")]
    #[schema(example = "/docs/problems#stale_version")]
    pub kind: String,
    /// The same for every problem with this code.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong here and how to mend it.
    pub detail: String,
    /// A stable code.
    #[schema(example = "stale_version")]
    pub code: String,
    /// `retry`: send the same again. `fix`: mend it first. `never`: do not send it again.
    #[schema(example = "fix")]
    pub retry: String,
    /// Name of the request in the server's log.
    pub request_id: String,
    /// Fields that are wrong.
    pub errors: Option<Vec<FieldErrorView>>,
    /// Of a command that was refused: those that you may give now.
    #[schema(value_type = Option<Vec<String>>, example = json!(["accept", "escalate", "comment"]))]
    pub allowed: Option<Vec<String>>,
    /// Of a version that is missing or stale: the one there is now.
    pub current_version: Option<u32>,
}

/// A field that is wrong.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldErrorView {
    /// JSON pointer to the field; the name of a query parameter.
    #[schema(example = "/location/datum")]
    pub pointer: String,
    /// A stable code.
    pub code: String,
    /// What is wrong and what would be right.
    pub detail: String,
}
