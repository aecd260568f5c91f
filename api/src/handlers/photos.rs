//! Photos of incidents: which there are, and what they show.

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
use grassroots_domain::ids::{IncidentId, PhotoId};
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
    localization::{language::Language, localized},
    problem_code::ProblemCode,
    urls,
    views::photo::PhotosView,
};

/// For how long a phone may keep a preview it has read, in seconds.
const KEEP_S: u32 = 86_400;

/// A photo by what its bytes are. They follow by `POST /v1/uploads`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PhotoBody {
    /// SHA-256 of the bytes: 64 hexadecimal digits.
    #[schema(example = "d1716e0a7788048df65c8dba3e0e1a1c7c3b1b1d2ffb9d8e4d1b0a1f6b8d3c55")]
    pub sha256: String,
    /// How many they are: up to 20,971,520.
    #[schema(example = 118_121)]
    pub size_bytes: u64,
    /// What they are.
    #[schema(schema_with = codes::<grassroots_domain::incident::photo::MediaType>)]
    pub media_type: String,
    /// When it was taken, seen from the work. In a report `before` is meant if it is left out, in a result `after`.
    #[schema(schema_with = optional_codes::<grassroots_domain::incident::photo::Phase>)]
    pub phase: Option<String>,
}

impl From<PhotoBody> for SentPhoto {
    fn from(body: PhotoBody) -> Self {
        let PhotoBody { sha256, size_bytes, media_type, phase } = body;
        Self { sha256, size_bytes, media_type, phase }
    }
}

/// The photos of an incident, those that have not arrived among them.
#[utoipa::path(
    get, path = urls::INCIDENT_PHOTOS, tag = "photos", params(("id" = Uuid, Path, description = "The incident")),
    responses(
        (status = 200, description = "In the order they were named", body = PhotosView),
        (status = 403, description = "You see a summary only", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
        (status = 404, description = "None, or not yours to see", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
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

/// Which photo.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SizeParams {
    /// `thumb` (320 pixels at most) or `large` (1,600): JPEG of the picture alone, the right way up. The photo as it was taken,
    /// if left out.
    pub size: Option<String>,
}

/// A photo as it was taken, or a preview of it.
///
/// Previews are for those who see the incident in full, for auditors, and for who took the photo. As it was taken it is read
/// by the desks that have or had the incident, by who works on it, by auditors, and by who took it; what a protected reporter
/// took, only by who may know the reporter. `Range` is understood.
#[utoipa::path(
    get, path = urls::PHOTO, tag = "photos", params(("id" = Uuid, Path, description = "The photo"), SizeParams),
    responses(
        (status = 200, description = "Its bytes: a preview is JPEG, a photo what it is", body = Vec<u8>, content_type = "image/*", headers(("ETag" = String))),
        (status = 206, description = "The bytes asked for", body = Vec<u8>, content_type = "image/*"),
        (status = 304, description = "You have it"),
        (status = 403, description = "You see previews only", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
        (status = 404, description = "None, not yours to see, not here yet (`photo_coming`, `preview_coming`), or cannot be shown (`no_preview`)", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
        (status = 416, description = "It has no such bytes"),
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

/// How the bytes may be kept and shown. A preview never changes. An original may carry anything behind its picture, and
/// not everybody who sees the preview sees it: the next user of the same browser has to ask.
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

/// The bytes a request asks for.
enum WantedRange {
    All,
    /// From the first to the last, both included.
    Part {
        first: u64,
        last: u64,
    },
    /// None that there are.
    Outside,
}

/// Reads `Range`. What is not understood, and several ranges at once, are answered with all bytes.
fn wanted_range(request: &HttpRequest, size: u64) -> WantedRange {
    if !request.headers().contains_key(RANGE) {
        return WantedRange::All;
    }
    let Ok(Range::Bytes(ranges)) = Range::parse(request) else { return WantedRange::All };
    let [only] = ranges.as_slice() else { return WantedRange::All };
    only.to_satisfiable_range(size)
        .map_or(WantedRange::Outside, |(first, last)| WantedRange::Part { first, last })
}

/// Whether `If-None-Match` names the tag: in a list, as a weak one, or as any.
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
