//! Uploads: the bytes of photos, by the resumable protocol tus 1.0 (core, creation, creation-with-upload, checksum,
//! expiration, termination).

use std::time::Duration;

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION},
    web,
};
use futures_util::{
    StreamExt as _,
    future::{Either, select},
};
use uuid::Uuid;

use crate::{
    app::{
        App,
        error::PhotoError,
        upload_reception::{self, Piece, Reception},
        uploads::{self, UploadProgress},
    },
    checksum::{ALGORITHMS, Checksum},
    http::{
        identity::Identity,
        params::PathPart,
        problem::Problem,
        tus::{self, Tus, VERSION},
    },
    localization::localized,
    problem_code::ProblemCode,
    urls,
};

/// A line that brings nothing for so long is dead; what it brought is kept.
const DEAD_AFTER: Duration = Duration::from_secs(60);
/// A request may take so long: on the slowest line 20 MiB take an hour.
const MAX_REQUEST: Duration = Duration::from_secs(3_600);
/// Bytes of a refused request that are read all the same, so that the client sees why, and for how long.
const DRAINED_BYTES: usize = 1024 * 1024;
const DRAINED_FOR: Duration = Duration::from_secs(5);

/// What the server can do.
#[utoipa::path(
    options, path = urls::UPLOADS, tag = "uploads",
    responses((status = 204, description = "`Tus-Version`, `Tus-Extension`, `Tus-Max-Size`, `Tus-Checksum-Algorithm`"))
)]
pub async fn options() -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header((tus::TUS_VERSION, VERSION))
        .insert_header((tus::TUS_EXTENSION, "creation,creation-with-upload,checksum,expiration,termination"))
        .insert_header((tus::TUS_MAX_SIZE, grassroots_domain::incident::photo::MAX_BYTES))
        .insert_header((tus::TUS_CHECKSUM_ALGORITHM, ALGORITHMS))
        .finish()
}

/// Begin to send a photo.
///
/// The photo was named before, in a report or by `add-photos`, by the account that sends it. `Upload-Metadata` holds
/// `incident` and `sha256` (hexadecimal); `filename` and `filetype` are kept and not believed. The body may hold the
/// first bytes.
#[utoipa::path(
    post, path = urls::UPLOADS, tag = "uploads",
    params(
        ("Tus-Resumable" = String, Header, description = "`1.0.0`"),
        ("Upload-Length" = u64, Header, description = "Bytes of the photo, as named"),
        ("Upload-Metadata" = String, Header, description = "`incident BASE64,sha256 BASE64`"),
    ),
    responses(
        (status = 201, description = "Send the bytes to `Location`", headers(("Location" = String), ("Upload-Offset" = u64), ("Upload-Expires" = String))),
        (status = 404, description = "`photo_not_named`", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
        (status = 422, description = "Metadata or length are wrong", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
        (status = 423, description = "`too_many_uploads`", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
    )
)]
pub async fn create(
    who: Identity,
    _tus: Tus,
    request: HttpRequest,
    app: web::Data<App>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let announced = tus::announced(request.headers())?;
    let brings_bytes = request.headers().contains_key(CONTENT_TYPE);
    let checksum = brings_bytes.then(|| bytes_follow(&request)).transpose()?.flatten();
    let mut progress = uploads::create(&app, who.actor(), announced).await?;
    if brings_bytes {
        let received = u64::from(progress.received);
        let reception =
            upload_reception::receive(app.into_inner(), &who.actor(), progress.id, received, checksum)
                .await?;
        progress = take_in(reception, payload).await?;
    }
    let location = (LOCATION, urls::upload(progress.id));
    Ok(so_far(HttpResponse::Created(), &progress).insert_header(location).finish())
}

/// How far an upload is.
///
/// A request that still sends to it is stopped: what it brought counts.
#[utoipa::path(
    head, path = urls::UPLOAD, tag = "uploads", params(("id" = Uuid, Path, description = "The upload")),
    responses(
        (status = 200, description = "Go on behind `Upload-Offset`", headers(("Upload-Offset" = u64), ("Upload-Length" = u64), ("Upload-Expires" = String))),
        (status = 404, description = "None, or not yours"),
        (status = 410, description = "It waited too long, or was refused"),
    )
)]
pub async fn head(
    who: Identity,
    _tus: Tus,
    app: web::Data<App>,
    id: PathPart<Uuid>,
) -> Result<HttpResponse, Problem> {
    let progress = upload_reception::progress(&app, &who.actor(), id.0).await?;
    let mut response = so_far(HttpResponse::Ok(), &progress);
    response.insert_header((tus::UPLOAD_LENGTH, progress.length)).insert_header((CACHE_CONTROL, "no-store"));
    if !progress.metadata.is_empty() {
        response.insert_header((tus::UPLOAD_METADATA, progress.metadata));
    }
    Ok(response.finish())
}

/// Send bytes.
///
/// What came in when the line broke is kept. `Upload-Checksum` is judged when all of the request came in. With the last
/// byte the photo is judged by the hash that was named.
#[utoipa::path(
    patch, path = urls::UPLOAD, tag = "uploads",
    params(
        ("id" = Uuid, Path, description = "The upload"),
        ("Upload-Offset" = u64, Header, description = "Bytes that were received before"),
        ("Upload-Checksum" = Option<String>, Header, description = "`sha1 BASE64` or `sha256 BASE64` of the bytes of this request"),
    ),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    responses(
        (status = 204, description = "Received", headers(("Upload-Offset" = u64), ("Upload-Expires" = String))),
        (status = 409, description = "`wrong_offset`", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
        (status = 410, description = "It waited too long, or was refused", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
        (status = 422, description = "`wrong_hash`, `no_picture`: begin anew", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
        (status = 423, description = "`superseded`: a newer request goes on", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
        (status = 460, description = "`wrong_checksum`: send the same bytes again", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
    )
)]
pub async fn append(
    who: Identity,
    _tus: Tus,
    request: HttpRequest,
    app: web::Data<App>,
    id: PathPart<Uuid>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let offset = tus::number(request.headers(), &tus::UPLOAD_OFFSET)?;
    let checksum = bytes_follow(&request)?;
    let reception =
        match upload_reception::receive(app.into_inner(), &who.actor(), id.0, offset, checksum).await {
            Ok(reception) => reception,
            Err(error) => {
                drain(payload).await;
                return Err(error.into());
            }
        };
    let progress = take_in(reception, payload).await?;
    Ok(so_far(HttpResponse::NoContent(), &progress).finish())
}

/// Give an upload up. A photo that arrived stays.
#[utoipa::path(
    delete, path = urls::UPLOAD, tag = "uploads", params(("id" = Uuid, Path, description = "The upload")),
    responses(
        (status = 204, description = "It is gone"),
        (status = 404, description = "None, or not yours", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
    )
)]
pub async fn terminate(
    who: Identity,
    _tus: Tus,
    app: web::Data<App>,
    id: PathPart<Uuid>,
) -> Result<HttpResponse, Problem> {
    uploads::terminate(&app, &who.actor(), id.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn so_far(mut response: HttpResponseBuilder, progress: &UploadProgress) -> HttpResponseBuilder {
    response
        .insert_header((tus::UPLOAD_OFFSET, progress.received))
        .insert_header((tus::UPLOAD_EXPIRES, tus::http_date(progress.expires_at)));
    response
}

/// The checksum of the bytes that follow, if it was sent, once it is clear that bytes follow.
fn bytes_follow(request: &HttpRequest) -> Result<Option<Checksum>, Problem> {
    let given = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    if given != tus::OFFSET_OCTET_STREAM {
        let right = tus::OFFSET_OCTET_STREAM;
        return Err(Problem::new(
            ProblemCode::UnsupportedMediaType,
            localized!(
                "Content-Type 为“{given}”，应为 {right}",
                "the Content-Type is {given:?}; {right} is right"
            ),
        ));
    }
    tus::checksum(request.headers())
}

/// Hands what the line brings to the disk, until the line ends, breaks or dies, or a newer request goes on.
async fn take_in(mut reception: Reception, mut payload: web::Payload) -> Result<UploadProgress, Problem> {
    let mut superseded = false;
    let started = tokio::time::Instant::now();
    while started.elapsed() < MAX_REQUEST {
        let next = tokio::time::timeout(DEAD_AFTER, payload.next());
        let arrived = match select(Box::pin(next), Box::pin(reception.superseded())).await {
            Either::Left((arrived, _)) => arrived,
            Either::Right(((), _)) => {
                superseded = true;
                break;
            }
        };
        let piece = match arrived {
            Ok(Some(Ok(bytes))) => Piece::Bytes(bytes),
            Ok(None) => Piece::End,
            // The line broke, or died.
            Ok(Some(Err(_))) | Err(_) => break,
        };
        let is_last = matches!(piece, Piece::End);
        if !reception.give(piece).await || is_last {
            break;
        }
    }
    let progress = reception.finish().await;
    if superseded { Err(PhotoError::Superseded.into()) } else { Ok(progress?) }
}

/// Reads on for a while.
async fn drain(mut payload: web::Payload) {
    let read = async {
        let mut read = 0;
        while let Some(Ok(bytes)) = payload.next().await {
            read += bytes.len();
            if read > DRAINED_BYTES {
                break;
            }
        }
    };
    if tokio::time::timeout(DRAINED_FOR, read).await.is_err() {
        tracing::debug!("a refused request still sends");
    }
}
