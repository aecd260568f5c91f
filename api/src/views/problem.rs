//! Problems as described in the API manual. `http::render` writes them.

use serde::Serialize;
use utoipa::ToSchema;

/// A problem (RFC 9457). `detail` says what is wrong and how to correct it, in the language of `Accept-Language`.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemView {
    /// A link to the explanation of the code.
    #[serde(rename = "type")]
    #[schema(example = "/docs/problems#stale_version")]
    pub kind: String,
    /// The title of the code. It is the same for every problem with this code.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong with this request and how to correct it.
    pub detail: String,
    /// The code of the problem. It does not change between versions.
    #[schema(example = "stale_version")]
    pub code: String,
    /// What the client should do. `retry`: send the same request again. `fix`: correct the request first. `never`: do
    /// not send the request again.
    #[schema(example = "fix")]
    pub retry: String,
    /// The id of the request in the server's log.
    pub request_id: String,
    /// The wrong fields; absent if the problem is not about fields.
    pub errors: Option<Vec<FieldErrorView>>,
    /// For a refused command: the commands that you may give now. Absent for other problems.
    #[schema(value_type = Option<Vec<String>>, example = json!(["accept", "escalate", "comment"]))]
    pub allowed: Option<Vec<String>>,
    /// If the sent version is missing or outdated: the current version. Absent for other problems.
    pub current_version: Option<u32>,
}

/// A wrong field.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldErrorView {
    /// JSON pointer to the field in the body, or the name of the query parameter.
    #[schema(example = "/location/datum")]
    pub pointer: String,
    /// The code of the error. It does not change between versions.
    pub code: String,
    /// What is wrong with the field and what would be right.
    pub detail: String,
}
