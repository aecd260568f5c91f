//! JSON schemas of fixed lists of codes, for the API manual.

use grassroots_domain::{code::Codes, geography::unit::Level};
use utoipa::openapi::{
    ObjectBuilder, Schema,
    schema::{SchemaType, Type},
};

/// The schema of a fixed list of codes.
pub fn codes<T: Codes>() -> Schema {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(T::NAMES.iter().copied())).into()
}

/// The schema of a fixed list of codes, or null.
pub fn optional_codes<T: Codes>() -> Schema {
    nullable(T::NAMES)
}

fn nullable(names: &[&str]) -> Schema {
    let values = names.iter().map(|name| serde_json::Value::from(*name)).chain([serde_json::Value::Null]);
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .enum_values(Some(values))
        .into()
}

/// The schema of a level, or null.
pub fn optional_level() -> Schema {
    nullable(&Level::ALL.map(Level::as_str))
}

/// The schema of a level.
pub fn level() -> Schema {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(Level::ALL.map(Level::as_str))).into()
}
