//! Generates `openapi.yaml` from the code.

use utoipa::{
    Modify, OpenApi,
    openapi::{
        ContentBuilder, Ref, RefOr, Response, ResponseBuilder, SecurityRequirement,
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use crate::routes;

/// Makes every operation require an access token, unless the operation says otherwise.
struct BearerScheme;

impl Modify for BearerScheme {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        document
            .components
            .get_or_insert_default()
            .add_security_scheme("access_token", SecurityScheme::Http(scheme));
        document.security = Some(vec![SecurityRequirement::new("access_token", Vec::<String>::new())]);
    }
}

/// Adds the error response to every operation, and makes operation ids unique. Handlers of different nouns have the same
/// function names, so the noun is put first (`incidents_list`, `accounts_list`).
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

/// Builds the OpenAPI document.
#[must_use]
pub fn document() -> utoipa::openapi::OpenApi {
    let mut document = routes::Api::openapi();
    BearerScheme.modify(&mut document);
    Operations.modify(&mut document);
    document
}

/// Builds the OpenAPI document as YAML.
pub fn yaml() -> Result<String, Box<dyn std::error::Error>> {
    Ok(document().to_yaml()?)
}
