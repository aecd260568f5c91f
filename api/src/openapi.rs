//! `openapi.yaml`, made from the code.

use serde::Serialize;
use utoipa::{
    Modify, OpenApi, ToSchema,
    openapi::{
        ContentBuilder, Ref, RefOr, Response, ResponseBuilder, SecurityRequirement,
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use crate::routes;

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

/// Every operation asks for an access token unless it says otherwise.
struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        document
            .components
            .get_or_insert_default()
            .add_security_scheme("access_token", SecurityScheme::Http(scheme));
        document.security = Some(vec![SecurityRequirement::new("access_token", Vec::<String>::new())]);
    }
}

/// What holds for every operation: any may answer with a problem, and its id is unique although handlers of different
/// nouns share their verbs (`incidents_list`, `accounts_list`).
struct Operations;

impl Modify for Operations {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        for path in document.paths.paths.values_mut() {
            let operations =
                [&mut path.get, &mut path.post, &mut path.put, &mut path.patch, &mut path.delete];
            for operation in operations.into_iter().flatten() {
                let tag = operation.tags.iter().flatten().next().map_or("", String::as_str);
                operation.operation_id = operation.operation_id.take().map(|verb| format!("{tag}_{verb}"));
                operation.responses.responses.insert("default".to_owned(), problem());
            }
        }
    }
}

fn problem() -> RefOr<Response> {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("ProblemView"))).build();
    ResponseBuilder::new()
        .description("A problem, in the language of `Accept-Language`")
        .content("application/problem+json", content)
        .build()
        .into()
}

/// The document.
#[must_use]
pub fn document() -> utoipa::openapi::OpenApi {
    let mut document = routes::Api::openapi();
    Bearer.modify(&mut document);
    Operations.modify(&mut document);
    document
}

/// The document as YAML.
///
/// # Errors
/// When it cannot be written.
pub fn yaml() -> Result<String, Box<dyn std::error::Error>> {
    Ok(document().to_yaml()?)
}
