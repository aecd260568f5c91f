//! The documentation: made from the code, committed, and complete.

use serde_json::Value;

/// Where the workspace lies.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

#[test]
fn the_committed_document_is_the_one_the_code_makes() {
    let committed = std::fs::read_to_string(format!("{ROOT}/openapi.yaml")).unwrap_or_default();
    let made = grassroots::openapi::yaml().expect("YAML");
    assert!(committed == made, "openapi.yaml is out of date: run `cargo run -- openapi > openapi.yaml`");
}

/// Every operation, as `get /v1/me`.
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
fn every_operation_is_explained() {
    let mut lacking = Vec::new();
    for (name, operation) in operations() {
        let summary = operation["summary"].as_str().unwrap_or_default();
        let tags = operation["tags"].as_array().map_or(0, Vec::len);
        let responses = operation["responses"].as_object().expect("responses");
        let success =
            responses.iter().find(|(status, _)| status.starts_with('2')).map(|(_, response)| response);
        let says = success.is_some_and(|response| {
            let described = response["description"].as_str().is_some_and(|text| !text.is_empty());
            let content = response["content"].as_object();
            described
                && content.is_none_or(|content| content.values().all(|media| !media["schema"].is_null()))
        });
        if summary.is_empty() || tags != 1 || !says {
            lacking.push(name);
        }
    }
    assert!(lacking.is_empty(), "no summary, tag or success: {lacking:#?}");
}

#[test]
fn every_part_of_a_path_is_a_described_parameter() {
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
fn every_field_that_goes_in_or_out_is_described() {
    let document = serde_json::to_value(grassroots::openapi::document()).expect("JSON");
    let mut silent = Vec::new();
    for (name, schema) in document["components"]["schemas"].as_object().expect("schemas") {
        let parts = schema["allOf"].as_array().cloned().unwrap_or_else(|| vec![schema.clone()]);
        for part in parts {
            for (field, property) in part["properties"].as_object().into_iter().flatten() {
                // A reference is described where it is used, beside `$ref` or around it.
                let described = property["description"].is_string()
                    || property["oneOf"]
                        .as_array()
                        .is_some_and(|all| all.iter().any(|one| one["description"].is_string()));
                if !described && !is_code(property) {
                    silent.push(format!("{name}.{field}"));
                }
            }
        }
    }
    assert!(silent.is_empty(), "not described: {silent:#?}");
}

/// Whether a property is a closed list of names, which speaks for itself.
fn is_code(property: &Value) -> bool {
    property["enum"].is_array()
}

#[test]
fn what_needs_no_token_says_so() {
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
