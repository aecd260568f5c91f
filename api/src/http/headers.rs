//! The headers that protect commands: `If-Match` and `Idempotency-Key`.

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header::{ETAG, HeaderName, HeaderValue, IF_MATCH},
};
use uuid::Uuid;

use crate::{http::problem::Problem, problem_code::ProblemCode};
use grassroots_domain::text::localized::localized;

/// The header that lets the server carry out a repeated command only once.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The protecting headers of a command. Missing headers are reported after the visibility check.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Guards {
    /// The version the caller last saw.
    pub version: Option<u32>,
    /// The key of the command. A repeat with the same key gets the same answer.
    pub key: Option<Uuid>,
}

impl FromRequest for Guards {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(parse(request))
    }
}

fn parse(request: &HttpRequest) -> Result<Guards, Problem> {
    let version = request.headers().get(IF_MATCH).map(version).transpose()?;
    let key = request.headers().get(IDEMPOTENCY_KEY).map(key).transpose()?;
    Ok(Guards { version, key })
}

/// Reads the version from an entity tag such as `"3"`.
fn version(value: &HeaderValue) -> Result<u32, Problem> {
    let text = value.to_str().unwrap_or("?");
    text.strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|digits| digits.parse().ok())
        .ok_or_else(|| {
            Problem::new(
                ProblemCode::InvalidIfMatch,
                localized!(
                    "If-Match 为“{text}”，应为事件的 ETag，例如 \"3\"",
                    "If-Match is {text:?}; the ETag of the incident is needed, such as \"3\""
                ),
            )
        })
}

fn key(value: &HeaderValue) -> Result<Uuid, Problem> {
    let text = value.to_str().unwrap_or("?");
    text.parse().map_err(|_| {
        Problem::new(
            ProblemCode::IdempotencyKeyInvalid,
            localized!(
                "Idempotency-Key 为“{text}”，须为 UUID",
                "Idempotency-Key is {text:?}; a UUID is needed"
            ),
        )
    })
}

/// The `ETag` header of a version.
#[must_use]
pub fn etag(version: u32) -> (HeaderName, String) {
    (ETAG, format!("\"{version}\""))
}
