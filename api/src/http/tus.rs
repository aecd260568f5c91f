//! The headers of the protocol tus 1.0.

use actix_web::{
    Error, FromRequest, HttpRequest,
    body::MessageBody,
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use grassroots_domain::{hash::Hash, ids::IncidentId, text::localized::localized, time::Instant};
use uuid::Uuid;

use crate::{
    app::uploads::AnnouncedUpload,
    checksum::{ALGORITHMS, Checksum},
    http::problem::Problem,
    problem_code::ProblemCode,
    urls,
    validation::fields::quoted,
};

/// The version of the protocol.
pub const VERSION: &str = "1.0.0";
/// The media type of a request that contains bytes of a file.
pub const OFFSET_OCTET_STREAM: &str = "application/offset+octet-stream";
/// The largest length of the metadata, in characters.
const MAX_METADATA: usize = 4_096;

/// Declares header names.
macro_rules! headers {
    ($($(#[$doc:meta])* $name:ident $text:literal;)+) => {
        $($(#[$doc])* pub const $name: HeaderName = HeaderName::from_static($text);)+
    };
}

headers! {
    /// The protocol version of a message.
    TUS_RESUMABLE "tus-resumable";
    /// The protocol versions that the server supports.
    TUS_VERSION "tus-version";
    /// The protocol extensions that the server supports.
    TUS_EXTENSION "tus-extension";
    /// The largest size of an upload, in bytes.
    TUS_MAX_SIZE "tus-max-size";
    /// The checksum algorithms that the server supports.
    TUS_CHECKSUM_ALGORITHM "tus-checksum-algorithm";
    /// The number of bytes received.
    UPLOAD_OFFSET "upload-offset";
    /// The size of the upload, in bytes.
    UPLOAD_LENGTH "upload-length";
    /// The metadata of the upload.
    UPLOAD_METADATA "upload-metadata";
    /// The checksum of the bytes in a request.
    UPLOAD_CHECKSUM "upload-checksum";
    /// The method that replaces the `POST` of the request.
    X_HTTP_METHOD_OVERRIDE "x-http-method-override";
    /// When the upload expires.
    UPLOAD_EXPIRES "upload-expires";
}

/// Proof that the request uses the supported version of the protocol.
#[derive(Clone, Copy, Debug)]
pub struct Tus;

impl FromRequest for Tus {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let given = text(request.headers(), &TUS_RESUMABLE).unwrap_or("");
        std::future::ready(if given == VERSION {
            Ok(Self)
        } else {
            let given = quoted(given);
            Err(Problem::new(
                ProblemCode::TusVersion,
                localized!(
                    "Tus-Resumable 为“{given}”，本服务使用 {VERSION}",
                    "Tus-Resumable is {given:?}; {VERSION} is spoken here"
                ),
            ))
        })
    }
}

/// Lets a `POST` to an upload replace another method (`X-HTTP-Method-Override`). Clients behind old proxies need this,
/// because such proxies do not pass newer methods on.
///
/// # Errors
/// The errors of the inner services.
pub async fn override_method(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let is_meant = request.method() == Method::POST && request.path().starts_with(urls::UPLOADS);
    let method = text(request.headers(), &X_HTTP_METHOD_OVERRIDE).and_then(|method| method.parse().ok());
    if let Some(method) = method.filter(|_| is_meant) {
        request.head_mut().method = method;
    }
    next.call(request).await
}

/// Adds the protocol version to answers about uploads.
pub fn mark(path: &str, headers: &mut HeaderMap) {
    if path.starts_with(urls::UPLOADS) {
        headers.insert(TUS_RESUMABLE, HeaderValue::from_static(VERSION));
        headers.insert(TUS_VERSION, HeaderValue::from_static(VERSION));
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn wrong(name: &HeaderName, given: Option<&str>, right: (&str, &str)) -> Problem {
    let given = quoted(given.unwrap_or(""));
    let (zh, en) = right;
    Problem::new(
        ProblemCode::UploadHeader,
        localized!("{name} 为“{given}”，应为{zh}", "{name} is {given:?}; {en} is right"),
    )
}

/// Reads a number of bytes from a header.
///
/// # Errors
/// The header is missing or is not a number.
pub fn number(headers: &HeaderMap, name: &HeaderName) -> Result<u64, Problem> {
    let given = text(headers, name);
    let digits = given.filter(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()));
    digits
        .and_then(|digits| digits.parse().ok())
        .ok_or_else(|| wrong(name, given, ("字节数", "a number of bytes")))
}

/// Reads the checksum of the bytes in a request, if there is one.
///
/// # Errors
/// The checksum is malformed, or its algorithm is not supported.
pub fn checksum(headers: &HeaderMap) -> Result<Option<Checksum>, Problem> {
    let Some(value) = headers.get(&UPLOAD_CHECKSUM) else { return Ok(None) };
    let given = value.to_str().ok();
    let right = (
        format!("算法（{ALGORITHMS}）、空格和 Base64 摘要"),
        format!("an algorithm ({ALGORITHMS}), a space and a digest in Base64"),
    );
    let checksum = given.and_then(Checksum::parse);
    checksum.map(Some).ok_or_else(|| wrong(&UPLOAD_CHECKSUM, given, (&right.0, &right.1)))
}

/// Reads the length and the metadata of a new upload.
///
/// # Errors
/// The length or the metadata is missing or malformed.
pub fn announced(headers: &HeaderMap) -> Result<AnnouncedUpload, Problem> {
    let length = number(headers, &UPLOAD_LENGTH)?;
    let most = grassroots_domain::incident::photo::MAX_BYTES;
    if length > u64::from(most) {
        return Err(Problem::new(
            ProblemCode::UploadTooLong,
            localized!(
                "Upload-Length 为 {length}，最多 {most}",
                "Upload-Length is {length}; at most {most} are taken"
            ),
        ));
    }
    let metadata = text(headers, &UPLOAD_METADATA).unwrap_or("");
    let right = ("键和 Base64 值，以逗号分隔", "keys and values in Base64, with commas between them");
    let malformed = || wrong(&UPLOAD_METADATA, Some(metadata), right);
    if metadata.len() > MAX_METADATA {
        return Err(malformed());
    }
    let (mut incident, mut sha256) = (None, None);
    for pair in metadata.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once(' ').unwrap_or((pair, ""));
        let value = STANDARD.decode(value).map_err(|_| malformed())?;
        let slot = match key {
            "incident" => &mut incident,
            "sha256" => &mut sha256,
            _ => continue,
        };
        if slot.replace(String::from_utf8(value).map_err(|_| malformed())?).is_some() {
            return Err(malformed());
        }
    }
    let incident: Option<Uuid> = incident.as_deref().and_then(|text| text.parse().ok());
    let incident = incident.ok_or_else(|| {
        wrong(
            &UPLOAD_METADATA,
            Some(metadata),
            ("含 incident（事件编号 UUID）", "with incident, the id of the incident,"),
        )
    })?;
    let sha256: Option<Hash> = sha256.as_deref().and_then(|text| text.parse().ok());
    let sha256 = sha256.ok_or_else(|| {
        wrong(
            &UPLOAD_METADATA,
            Some(metadata),
            ("含 sha256（64 位十六进制）", "with sha256, 64 hexadecimal digits,"),
        )
    })?;
    Ok(AnnouncedUpload { incident: IncidentId(incident), sha256, length, metadata: metadata.to_owned() })
}

/// Writes a time in the format of HTTP headers.
#[must_use]
pub fn http_date(at: Instant) -> String {
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn announce(metadata: &str) -> Result<AnnouncedUpload, Problem> {
        let mut headers = HeaderMap::new();
        headers.insert(UPLOAD_LENGTH, HeaderValue::from_static("7"));
        headers.insert(UPLOAD_METADATA, HeaderValue::from_str(metadata).unwrap());
        announced(&headers)
    }

    #[test]
    fn metadata_is_read_as_clients_send_it() {
        let (incident, hash) = (Uuid::from_u128(7), Hash([0xab; 32]));
        let (id, sha256) = (STANDARD.encode(incident.to_string()), STANDARD.encode(hash.to_string()));
        let whole =
            format!("incident {id},sha256 {sha256},filename {}, is_private", STANDARD.encode("井盖.jpg"));
        let read = announce(&whole).unwrap();
        assert_eq!((read.incident, read.sha256, read.length), (IncidentId(incident), hash, 7));
        assert_eq!(read.metadata, whole);
        for wrong in [
            "",
            "incident",
            &format!("incident {id}"),
            &format!("incident {id},sha256 {id}"),
            "a !",
            &format!("incident {id},incident {id},sha256 {sha256}"),
        ] {
            assert_eq!(announce(wrong).unwrap_err().code, ProblemCode::UploadHeader, "{wrong}");
        }
    }

    #[test]
    fn moments_are_those_of_http() {
        let at = "2014-06-25T16:00:00Z".parse().unwrap();
        assert_eq!(http_date(at), "Wed, 25 Jun 2014 16:00:00 GMT");
    }
}
