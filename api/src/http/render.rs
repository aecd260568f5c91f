//! Turns problems into responses, in the language of the request and with the request id.

use actix_web::{
    Error, HttpMessage, HttpRequest, HttpResponse, ResponseError,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        StatusCode,
        header::{
            ALLOW, CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_RANGE, CONTENT_TYPE, HeaderName, HeaderValue,
            RETRY_AFTER, WWW_AUTHENTICATE,
        },
    },
    middleware::Next,
};
use tracing::Instrument;
use uuid::Uuid;

use crate::{
    http::{language::accepted_language, problem::Problem, tus},
    problem_code::ProblemCode,
};
use grassroots_domain::text::localized::localized;

/// The header with the request id, which appears in logs and problems. The caller's id is used if it is short and
/// contains only plain characters.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The number of seconds to wait when the server is busy.
const RETRY_AFTER_S: u32 = 2;
/// The largest length of a request id from the caller, in characters.
const MAX_REQUEST_ID: usize = 64;

#[derive(Clone, Debug)]
pub struct RequestId(pub String);

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        status_of(self.code)
    }

    /// Passes the problem to [`around`], which knows the request.
    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::new(status_of(self.code));
        response.extensions_mut().insert(self.clone());
        response
    }
}

fn status_of(code: ProblemCode) -> StatusCode {
    // Every status in the table is valid.
    StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Handles every request: gives it an id and a log span, and writes its problems.
///
/// # Errors
/// The errors of inner middleware. Errors of handlers are already responses.
pub async fn around(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let id = request_id(&request);
    request.extensions_mut().insert(RequestId(id.clone()));
    let span = tracing::info_span!(
        "request",
        request.id = %id,
        http.method = %request.method(),
        http.path = request.path(),
    );
    let started = std::time::Instant::now();
    let response = next.call(request).instrument(span.clone()).await?;
    let mut response = finish(response.map_into_boxed_body());
    span.in_scope(|| {
        let status = response.status().as_u16();
        tracing::debug!(http.status = status, elapsed_us = started.elapsed().as_micros(), "answered");
    });
    let path = response.request().path().to_owned();
    tus::mark(&path, response.headers_mut());
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    Ok(response)
}

fn request_id(request: &ServiceRequest) -> String {
    request
        .headers()
        .get(REQUEST_ID)
        .and_then(|value| value.to_str().ok())
        .filter(|id| {
            (1..=MAX_REQUEST_ID).contains(&id.len())
                && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        })
        .map_or_else(|| Uuid::now_v7().to_string(), str::to_owned)
}

/// Writes the body of a problem. Errors of the framework are converted into problems first.
fn finish(response: ServiceResponse) -> ServiceResponse {
    let carried = response.response().extensions().get::<Problem>().cloned();
    let problem = match (carried, response.status()) {
        (Some(problem), _) => problem,
        (None, status) if is_bare_error(&response) => of_status(status, &response),
        (None, _) => return response,
    };
    let request = response.request().clone();
    let mut rendered = render(&problem, &request);
    for name in [ALLOW, CONTENT_RANGE] {
        if let Some(value) = response.headers().get(&name) {
            rendered.headers_mut().insert(name, value.clone());
        }
    }
    ServiceResponse::new(request, rendered)
}

/// Whether the framework created this error response itself.
fn is_bare_error(response: &ServiceResponse) -> bool {
    let status = response.status();
    let ours = response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"application/problem+json"));
    (status.is_client_error() || status.is_server_error()) && !ours
}

fn of_status(status: StatusCode, response: &ServiceResponse) -> Problem {
    match status {
        StatusCode::NOT_FOUND => Problem::not_found(),
        StatusCode::METHOD_NOT_ALLOWED => Problem::new(
            ProblemCode::MethodNotAllowed,
            localized!(
                "此地址不支持 {method}",
                "{method} is not allowed here",
                method = response.request().method()
            ),
        ),
        StatusCode::PAYLOAD_TOO_LARGE => crate::http::body::too_large(),
        status if status.is_client_error() => {
            Problem::new(ProblemCode::InvalidPath, localized!("请求有误", "the request is not understood"))
        }
        status => {
            tracing::error!(http.status = status.as_u16(), "the framework failed");
            internal()
        }
    }
}

/// The problem for an internal error. It tells the client nothing about the cause.
#[must_use]
pub fn internal() -> Problem {
    Problem::new(
        ProblemCode::Internal,
        localized!(
            "系统出错，已记录。请稍后重试，或将 request_id 告知管理员",
            "something went wrong and was logged; try again later, or give request_id to an administrator"
        ),
    )
}

fn render(problem: &Problem, request: &HttpRequest) -> HttpResponse {
    let language = accepted_language(request.headers());
    let code = problem.code;
    let mut body = serde_json::json!({
        "type": format!("/docs/problems#{}", code.as_str()),
        "title": language.choose(code.title()),
        "status": code.status(),
        "detail": language.of_words(&problem.detail),
        "code": code.as_str(),
        "retry": code.retry().as_str(),
        "request_id": request.extensions().get::<RequestId>().map(|id| id.0.clone()),
    });
    if let Some(members) = body.as_object_mut() {
        if !problem.errors.is_empty() {
            let errors = problem.errors.iter().map(|error| {
                serde_json::json!({
                    "pointer": error.pointer,
                    "code": error.code.as_str(),
                    "detail": language.of_words(&error.detail),
                })
            });
            members.insert("errors".to_owned(), errors.collect());
        }
        for (name, value) in &problem.extra {
            members.insert((*name).to_owned(), value.clone());
        }
    }
    let status = status_of(code);
    let mut response = HttpResponse::build(status);
    response
        .insert_header((CONTENT_TYPE, "application/problem+json"))
        .insert_header((CONTENT_LANGUAGE, language.tag()))
        .insert_header((CACHE_CONTROL, "no-store"));
    if status == StatusCode::UNAUTHORIZED {
        response.insert_header((WWW_AUTHENTICATE, "Bearer"));
    }
    let busy = matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
    if let Some(seconds) = problem.retry_after_s.or(busy.then_some(RETRY_AFTER_S)) {
        response.insert_header((RETRY_AFTER, seconds));
    }
    response.body(body.to_string())
}
