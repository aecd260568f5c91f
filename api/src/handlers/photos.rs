//! The photos of incidents, and their previews.

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder, Responder, ResponseError as _,
    http::{
        StatusCode,
        header::{
            ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LANGUAGE, CONTENT_RANGE,
            CONTENT_SECURITY_POLICY, ContentRange, ContentRangeSpec, ETAG, Header as _, HeaderValue,
            IF_NONE_MATCH, RANGE, Range, TryIntoHeaderValue as _, VARY, X_CONTENT_TYPE_OPTIONS,
        },
    },
    web,
};
use grassroots_domain::{
    ids::{IncidentId, PhotoId},
    text::localized::localized,
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    app::{
        App,
        photos::{self, ReadablePhoto, SentPhoto},
    },
    http::{
        identity::Identity,
        params::{Params, PathPart, optional},
        problem::Problem,
    },
    json::schema::{codes, optional_codes},
    language::Language,
    problem_code::ProblemCode,
    urls,
    views::photo::PhotosView,
};

/// How long a client may cache a preview, in seconds.
const KEEP_S: u32 = 86_400;

/// An announcement of a photo. Upload the file with `POST /v1/uploads`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PhotoBody {
    /// The SHA-256 of the file: 64 hexadecimal digits.
    #[schema(example = "d1716e0a7788048df65c8dba3e0e1a1c7c3b1b1d2ffb9d8e4d1b0a1f6b8d3c55")]
    pub sha256: String,
    /// The size of the file in bytes: at most 20,971,520.
    #[schema(example = 118_121)]
    pub size_bytes: u64,
    /// The media type of the file.
    #[schema(schema_with = codes::<grassroots_domain::incident::photo::MediaType>)]
    pub media_type: String,
    /// Whether the photo shows the site before, during or after the work. If left out, `before` in a report and `after`
    /// in a result.
    #[schema(schema_with = optional_codes::<grassroots_domain::incident::photo::Phase>)]
    pub phase: Option<String>,
}

impl From<PhotoBody> for SentPhoto {
    fn from(body: PhotoBody) -> Self {
        let PhotoBody { sha256, size_bytes, media_type, phase } = body;
        Self { sha256, size_bytes, media_type, phase }
    }
}

/// List the photos of an incident, including those that have not been uploaded yet.
#[utoipa::path(
    get, path = urls::INCIDENT_PHOTOS, tag = "photos", params(("id" = Uuid, Path, description = "The id of the incident")),
    responses(
        (status = 200, description = "The photos, in the order they were announced", body = PhotosView),
        (status = 403, description = "You may only see a summary of the incident", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
        (status = 404, description = "There is no such incident, or you may not see it", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
    )
)]
pub async fn list(
    who: Identity,
    language: Language,
    app: web::Data<App>,
    id: PathPart<Uuid>,
) -> Result<impl Responder, Problem> {
    let photos = photos::of(&app, who.actor(), IncidentId(id.0)).await?;
    let view = web::Json(PhotosView::new(&photos, language));
    Ok(view.customize().insert_header((CONTENT_LANGUAGE, language.tag())))
}

/// The size of the picture.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SizeParams {
    /// `thumb` (at most 320 pixels) or `large` (at most 1,600 pixels): an upright JPEG without the metadata of the
    /// camera. The original file if left out.
    pub size: Option<String>,
}

/// Read a photo or a preview of it.
///
/// Previews are shown to those who see the incident in full, to auditors, and to the person who took the photo. The
/// original file is shown to desks that hold or held the incident, to organisations that work on it, to auditors, and
/// to the person who took the photo. A photo by a protected reporter is only shown as an original to those who may know
/// the reporter. `Range` is supported.
#[utoipa::path(
    get, path = urls::PHOTO, tag = "photos", params(("id" = Uuid, Path, description = "The id of the photo"), SizeParams),
    responses(
        (status = 200, description = "The file: a preview is a JPEG, an original has the media type of the photo", body = Vec<u8>, content_type = "image/*", headers(("ETag" = String))),
        (status = 206, description = "The requested bytes", body = Vec<u8>, content_type = "image/*"),
        (status = 304, description = "The file has not changed"),
        (status = 403, description = "You may only see previews", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
        (status = 404, description = "There is no such photo, you may not see it, it is not ready yet (`photo_coming`, `preview_coming`), or it has no preview (`no_preview`)", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
        (status = 416, description = "The requested bytes lie outside the file"),
    )
)]
pub async fn read(
    who: Identity,
    request: HttpRequest,
    app: web::Data<App>,
    id: PathPart<Uuid>,
    params: Params<SizeParams>,
) -> Result<HttpResponse, Problem> {
    let wanted = optional("size", params.0.size.as_deref())?;
    let readable = photos::open(&app, who.actor(), PhotoId(id.0), wanted).await?;
    let tag = etag(&readable);
    let has_it = request.headers().get_all(IF_NONE_MATCH).any(|given| names(given, &tag));
    let mut response = if has_it { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    describe(&mut response, &readable, tag);
    if has_it {
        return Ok(response.finish());
    }
    let size = u64::from(readable.size_bytes);
    let (from, to) = match wanted_range(&request, size) {
        WantedRange::All => (0, size),
        WantedRange::Outside => return Ok(no_such_range(size)),
        WantedRange::Part { first, last } => {
            let range = Some((first, last));
            let spec = ContentRangeSpec::Bytes { range, instance_length: Some(size) };
            response.status(StatusCode::PARTIAL_CONTENT).insert_header(ContentRange(spec));
            (first, last + 1)
        }
    };
    let bytes = photos::bytes(&app, &readable, (from, to)).await?;
    Ok(response.content_type(readable.media_type.as_str()).no_chunking(to - from).streaming(bytes))
}

fn etag(readable: &ReadablePhoto) -> String {
    match readable.size {
        None => format!("\"{}\"", readable.sha256),
        Some(preview) => format!("\"{}-{preview}\"", readable.sha256),
    }
}

/// Adds the headers for caching and display. A preview never changes. An original may contain hidden data, and some
/// people may see only the preview. The next user of the same browser must therefore ask the server again.
fn describe(response: &mut HttpResponseBuilder, readable: &ReadablePhoto, etag: String) {
    let (disposition, caching) = match readable.size {
        Some(_) => ("inline", format!("private, max-age={KEEP_S}")),
        None => ("attachment", "private, no-cache".to_owned()),
    };
    response
        .insert_header((ETAG, etag))
        .insert_header((CACHE_CONTROL, caching))
        .insert_header((VARY, "Authorization"))
        .insert_header((ACCEPT_RANGES, "bytes"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .insert_header((CONTENT_DISPOSITION, disposition));
}

/// The bytes that a request asks for.
enum WantedRange {
    All,
    /// From the first to the last byte, both included.
    Part {
        first: u64,
        last: u64,
    },
    /// No byte of the file is in the range.
    Outside,
}

/// Reads `Range`. An invalid header, or one with several ranges, is answered with the whole file.
fn wanted_range(request: &HttpRequest, size: u64) -> WantedRange {
    if !request.headers().contains_key(RANGE) {
        return WantedRange::All;
    }
    let Ok(Range::Bytes(ranges)) = Range::parse(request) else { return WantedRange::All };
    let [only] = ranges.as_slice() else { return WantedRange::All };
    only.to_satisfiable_range(size)
        .map_or(WantedRange::Outside, |(first, last)| WantedRange::Part { first, last })
}

/// Whether `If-None-Match` contains the tag. The tag may stand in a list, be marked as weak, or be `*`.
fn names(given: &HeaderValue, etag: &str) -> bool {
    let mut tags = given.to_str().unwrap_or_default().split(',').map(str::trim);
    tags.any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag)
}

fn no_such_range(size: u64) -> HttpResponse {
    let problem = Problem::new(
        ProblemCode::NoSuchRange,
        localized!(
            "照片有 {size} 字节，没有请求的这一段",
            "the photo has {size} bytes, and none of those asked for"
        ),
    );
    let mut response = problem.error_response();
    let all = ContentRange(ContentRangeSpec::Bytes { range: None, instance_length: Some(size) });
    if let Ok(value) = all.try_into_value() {
        response.headers_mut().insert(CONTENT_RANGE, value);
    }
    response
}
