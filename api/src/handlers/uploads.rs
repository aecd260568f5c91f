//! Uploads: the files of photos, sent by the resumable protocol tus 1.0 (core, creation, creation-with-upload,
//! checksum, expiration, termination).

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
    problem_code::ProblemCode,
    urls,
};
use grassroots_domain::text::localized::localized;

/// A connection without data for this time is considered dead. The bytes it delivered are kept.
const DEAD_AFTER: Duration = Duration::from_secs(60);
/// The longest duration of a request. On the slowest connection, 20 MiB take an hour.
const MAX_REQUEST: Duration = Duration::from_secs(3_600);
/// How many bytes of a refused request are still read, and for how long, so that the client receives the answer.
const DRAINED_BYTES: usize = 1024 * 1024;
const DRAINED_FOR: Duration = Duration::from_secs(5);

/// Read the capabilities of the server.
#[utoipa::path(
    options, path = urls::UPLOADS, tag = "uploads",
    responses((status = 204, description = "The capabilities, in the headers `Tus-Version`, `Tus-Extension`, `Tus-Max-Size` and `Tus-Checksum-Algorithm`"))
)]
pub async fn options() -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header((tus::TUS_VERSION, VERSION))
        .insert_header((tus::TUS_EXTENSION, "creation,creation-with-upload,checksum,expiration,termination"))
        .insert_header((tus::TUS_MAX_SIZE, grassroots_domain::incident::photo::MAX_BYTES))
        .insert_header((tus::TUS_CHECKSUM_ALGORITHM, ALGORITHMS))
        .finish()
}

/// Create an upload for a photo.
///
/// The same account must have announced the photo before, in a report or with `add-photos`. `Upload-Metadata` contains
/// `incident` and `sha256` (hexadecimal). `filename` and `filetype` are stored but not used. The body may contain the
/// first bytes of the file.
#[utoipa::path(
    post, path = urls::UPLOADS, tag = "uploads",
    params(
        ("Tus-Resumable" = String, Header, description = "`1.0.0`"),
        ("Upload-Length" = u64, Header, description = "The size of the photo in bytes, as announced"),
        ("Upload-Metadata" = String, Header, description = "`incident BASE64,sha256 BASE64`"),
    ),
    responses(
        (status = 201, description = "The upload was created. Send the bytes to the URL in `Location`", headers(("Location" = String), ("Upload-Offset" = u64), ("Upload-Expires" = String))),
        (status = 404, description = "`photo_not_named`: the photo was not announced", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
        (status = 422, description = "The metadata or the length is wrong", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
        (status = 423, description = "`too_many_uploads`: finish or delete another upload first", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
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

/// Read the progress of an upload.
///
/// Another request that still sends data to the upload is stopped. The bytes it delivered are kept.
#[utoipa::path(
    head, path = urls::UPLOAD, tag = "uploads", params(("id" = Uuid, Path, description = "The id of the upload")),
    responses(
        (status = 200, description = "Continue at the byte `Upload-Offset`", headers(("Upload-Offset" = u64), ("Upload-Length" = u64), ("Upload-Expires" = String))),
        (status = 404, description = "There is no such upload, or it belongs to another account"),
        (status = 410, description = "The upload has expired, or it was refused"),
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

/// Send bytes of the file.
///
/// If the connection breaks, the bytes received so far are kept. `Upload-Checksum` is checked after the whole request
/// was received. After the last byte, the SHA-256 of the file is compared with the announced one.
#[utoipa::path(
    patch, path = urls::UPLOAD, tag = "uploads",
    params(
        ("id" = Uuid, Path, description = "The id of the upload"),
        ("Upload-Offset" = u64, Header, description = "The number of bytes received before"),
        ("Upload-Checksum" = Option<String>, Header, description = "`sha1 BASE64` or `sha256 BASE64` of the bytes of this request"),
    ),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    responses(
        (status = 204, description = "The bytes were received", headers(("Upload-Offset" = u64), ("Upload-Expires" = String))),
        (status = 409, description = "`wrong_offset`: the server has received another number of bytes", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
        (status = 410, description = "The upload has expired, or it was refused", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
        (status = 422, description = "`wrong_hash`, `no_picture`: the file was refused; create a new upload", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
        (status = 423, description = "`superseded`: a newer request continues the upload", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
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

/// Delete an upload. A photo whose upload was complete is kept.
#[utoipa::path(
    delete, path = urls::UPLOAD, tag = "uploads", params(("id" = Uuid, Path, description = "The id of the upload")),
    responses(
        (status = 204, description = "The upload was deleted"),
        (status = 404, description = "There is no such upload, or it belongs to another account", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
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

/// Checks the media type of the body, and returns the checksum of its bytes if there is one.
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

/// Writes the received bytes to disk until the body ends, the connection breaks or times out, or a newer request
/// continues the upload.
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
            // The connection broke or timed out.
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

/// Reads and discards the rest of the body, up to a limit.
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
