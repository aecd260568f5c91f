//! The API document: the committed file is up to date and complete.

use serde_json::Value;

/// The root of the workspace.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

#[test]
fn the_committed_document_is_up_to_date() {
    let committed = std::fs::read_to_string(format!("{ROOT}/openapi.yaml")).unwrap_or_default();
    let made = grassroots::openapi::yaml().expect("YAML");
    assert!(committed == made, "openapi.yaml is out of date: run `cargo run -- openapi > openapi.yaml`");
}

/// All operations, named like `get /v1/me`.
fn operations() -> Vec<(String, Value)> {
    let document = serde_json::to_value(grassroots::openapi::document()).expect("JSON");
    let paths = document["paths"].as_object().expect("paths").clone();
    let operations = |(path, methods): (String, Value)| -> Vec<(String, Value)> {
        let methods = methods.as_object().expect("methods").clone();
        methods.into_iter().map(|(method, operation)| (format!("{method} {path}"), operation)).collect()
    };
    paths.into_iter().flat_map(operations).collect()
}

#[test]
fn every_operation_has_a_summary_a_tag_and_a_success() {
    let mut lacking = Vec::new();
    for (name, operation) in operations() {
        let summary = operation["summary"].as_str().unwrap_or_default();
        let tags = operation["tags"].as_array().map_or(0, Vec::len);
        let responses = operation["responses"].as_object().expect("responses");
        let success =
            responses.iter().find(|(status, _)| status.starts_with('2')).map(|(_, response)| response);
        let has_success = success.is_some_and(|response| {
            let described = response["description"].as_str().is_some_and(|text| !text.is_empty());
            let content = response["content"].as_object();
            described
                && content.is_none_or(|content| content.values().all(|media| !media["schema"].is_null()))
        });
        if summary.is_empty() || tags != 1 || !has_success {
            lacking.push(name);
        }
    }
    assert!(lacking.is_empty(), "no summary, tag or success: {lacking:#?}");
}

#[test]
fn every_parameter_is_described() {
    for (name, operation) in operations() {
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        for part in name.split('{').skip(1).filter_map(|rest| rest.split('}').next()) {
            let known = parameters.iter().any(|it| it["in"] == "path" && it["name"] == part);
            assert!(known, "{name} does not describe {{{part}}}");
        }
        for parameter in &parameters {
            assert!(
                parameter["description"].as_str().is_some_and(|text| !text.is_empty()),
                "{name}: {parameter}"
            );
        }
    }
}

#[test]
fn every_field_is_described() {
    let document = serde_json::to_value(grassroots::openapi::document()).expect("JSON");
    let mut undescribed = Vec::new();
    for (name, schema) in document["components"]["schemas"].as_object().expect("schemas") {
        let parts = schema["allOf"].as_array().cloned().unwrap_or_else(|| vec![schema.clone()]);
        for part in parts {
            for (field, property) in part["properties"].as_object().into_iter().flatten() {
                // The description of a reference is beside `$ref`, or in `oneOf` around it.
                let described = property["description"].is_string()
                    || property["oneOf"]
                        .as_array()
                        .is_some_and(|all| all.iter().any(|one| one["description"].is_string()));
                if !described && !is_code(property) {
                    undescribed.push(format!("{name}.{field}"));
                }
            }
        }
    }
    assert!(undescribed.is_empty(), "not described: {undescribed:#?}");
}

/// Whether a property is a list of codes. These are explained in the glossary.
fn is_code(property: &Value) -> bool {
    property["enum"].is_array()
}

#[test]
fn operations_without_a_token_are_marked() {
    let open: Vec<String> = operations()
        .into_iter()
        .filter(|(_, operation)| {
            operation["security"].as_array().is_some_and(|list| list == &[serde_json::json!({})])
        })
        .map(|(name, _)| name)
        .collect();
    let mut open = open;
    open.sort();
    assert_eq!(
        open,
        [
            "get /.well-known/jwks.json",
            "get /healthz/live",
            "get /healthz/ready",
            "post /v1/sessions",
            "post /v1/sessions/refresh",
        ]
    );
}
