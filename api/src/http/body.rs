//! Request bodies: JSON within limits. An error names the wrong field.

use std::{fmt, future::Future, marker::PhantomData, pin::Pin};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, web::Bytes};
use grassroots_domain::text::localized::{Localized, localized};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, MapAccess, Visitor, value::MapAccessDeserializer},
};

use crate::{
    http::{
        problem::Problem,
        problems::{json_syntax, shape},
    },
    problem_code::ProblemCode,
    validation::{
        FieldError,
        fields::quoted,
        shape_error::{Fault, Segment, ShapeError, escaped, pointer_to},
        shape_reader,
    },
};

/// The largest body, in bytes. A report is typically smaller than 4 kB.
pub const MAX_BODY_BYTES: usize = 64 * 1024;

/// A JSON body. Its type refuses unknown fields.
#[derive(Debug)]
pub struct Body<T>(pub T);

/// A JSON object. Without this wrapper, serde would also accept an array of the field values.
#[derive(Debug)]
pub struct StrictObject<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for StrictObject<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = StrictObject<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(StrictObject)
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let media_type = request.content_type().to_owned();
        let bytes = Bytes::from_request(request, payload);
        Box::pin(async move {
            if !media_type.eq_ignore_ascii_case("application/json") {
                return Err(Problem::new(
                    ProblemCode::UnsupportedMediaType,
                    localized!(
                        "Content-Type 为“{media_type}”，须为 application/json",
                        "Content-Type is {media_type:?}; application/json is needed"
                    ),
                ));
            }
            let bytes = bytes.await.map_err(|error| {
                if error.as_response_error().status_code() == actix_web::http::StatusCode::PAYLOAD_TOO_LARGE {
                    too_large()
                } else {
                    malformed(&localized!("没有收全", "the body did not arrive in full"))
                }
            })?;
            parse(&bytes).map(Self)
        })
    }
}

/// The problem for a body that is larger than the limit.
#[must_use]
pub fn too_large() -> Problem {
    Problem::new(
        ProblemCode::BodyTooLarge,
        localized!(
            "请求体超过 {MAX_BODY_BYTES} 字节的上限",
            "the body is over the limit of {MAX_BODY_BYTES} bytes"
        ),
    )
}

fn malformed(reason: &Localized) -> Problem {
    let Localized { zh, en } = reason;
    Problem::new(
        ProblemCode::MalformedJson,
        localized!("请求体不是有效的 JSON：{zh}", "the body is not valid JSON: {en}"),
    )
}

/// Reads `bytes` as JSON.
///
/// # Errors
/// 400 if `bytes` is not JSON or is nested too deeply; 422 with a pointer if a field is wrong.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut parser = serde_json::Deserializer::from_slice(bytes);
    let StrictObject(value) = shape_reader::read(&mut parser).map_err(|error| refused(&error, bytes))?;
    parser.end().map_err(|_| malformed(&json_syntax::text(bytes)))?;
    Ok(value)
}

/// The value at `pointer` for quoting. A long value is shortened.
fn given(bytes: &[u8], pointer: &str) -> String {
    let body: serde_json::Value = serde_json::from_slice(bytes).unwrap_or_default();
    quoted(&body.pointer(pointer).map(ToString::to_string).unwrap_or_default()).into_owned()
}

/// The problem for `error`: the code, and a pointer to the wrong field.
fn refused(error: &ShapeError, bytes: &[u8]) -> Problem {
    let pointer = pointer_to(&error.path);
    let (pointer, code, detail) = match &error.fault {
        Fault::Syntax => return malformed(&json_syntax::text(bytes)),
        Fault::MissingField(name) => (
            format!("{pointer}/{name}"),
            ProblemCode::MissingField,
            localized!("缺少字段 {name}", "the field {name} is missing"),
        ),
        Fault::DuplicateField(name) => (
            format!("{pointer}/{}", escaped(name)),
            ProblemCode::WrongType,
            localized!("字段 {name} 出现了两次", "the field {name} is there twice"),
        ),
        Fault::UnknownField { known } => {
            let (name, parent) = match error.path.split_last() {
                Some((Segment::Key(name), parent)) => (quoted(name), parent),
                Some((Segment::Index(_), _)) | None => ("".into(), error.path.as_slice()),
            };
            let Localized { zh, en } = shape::listed(known);
            (
                format!("{}/{}", pointer_to(parent), escaped(&name)),
                ProblemCode::UnknownField,
                localized!("没有 {name} 这个字段；可用字段：{zh}", "there is no field {name}; expected {en}"),
            )
        }
        Fault::UnknownVariant { .. }
        | Fault::WrongType { .. }
        | Fault::OutOfRange
        | Fault::Unreadable { .. }
        | Fault::NotWhole(_)
        | Fault::NotNumber
        | Fault::NotBoolean
        | Fault::Other(_) => {
            let (given, Localized { zh, en }) = (given(bytes, &pointer), shape::text(&error.fault));
            (
                pointer,
                ProblemCode::WrongType,
                localized!("值 {given} 有误：{zh}", "the value {given} is wrong: {en}"),
            )
        }
    };
    Problem::invalid(vec![FieldError { pointer, code, detail }])
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read by serde")]
    struct Outer {
        inner: Inner,
    }

    #[derive(Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read by serde")]
    struct Inner {
        number: u32,
    }

    fn refused(json: &str) -> (&'static str, Vec<String>) {
        let problem = parse::<Outer>(json.as_bytes()).unwrap_err();
        (problem.code.as_str(), problem.errors.into_iter().map(|error| error.pointer).collect())
    }

    #[test]
    fn wrong_fields_are_pointed_at() {
        assert_eq!(refused(r#"{"inner":{}}"#), ("missing_field", vec!["/inner/number".to_owned()]));
        assert_eq!(
            refused(r#"{"inner":{"number":1,"colour":2}}"#),
            ("unknown_field", vec!["/inner/colour".to_owned()])
        );
        assert_eq!(
            refused(r#"{"inner":{"number":"one"}}"#),
            ("wrong_type", vec!["/inner/number".to_owned()])
        );
        assert_eq!(refused(r#"{"inner":"#), ("malformed_json", vec![]));
        assert_eq!(refused(r#"{"inner":{"number":1}} x"#), ("malformed_json", vec![]));
        assert_eq!(refused(&"[".repeat(50_000)).0, "wrong_type");
    }
}
