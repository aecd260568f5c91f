//! Health checks for load balancers and operators.

use actix_web::{HttpResponse, web};

use crate::{
    app::{App, health},
    http::problem::Problem,
    problem_code::ProblemCode,
    urls,
};
use grassroots_domain::text::localized::localized;

/// Check that the process runs.
#[utoipa::path(get, path = urls::HEALTHZ_LIVE, tag = "health", security(()), responses((status = 200, description = "The process runs")))]
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("ok\n")
}

/// Check that the server can work: the database answers and its schema is up to date.
#[utoipa::path(get, path = urls::HEALTHZ_READY, tag = "health", security(()),
    responses((status = 200, description = "The server can work"), (status = 503, description = "The server cannot work yet", body = crate::views::problem::ProblemView, content_type = "application/problem+json")))]
pub async fn ready(app: web::Data<App>) -> Result<HttpResponse, Problem> {
    if health::is_ready(&app).await? {
        Ok(HttpResponse::Ok().content_type("text/plain").body("ready\n"))
    } else {
        Err(Problem::new(
            ProblemCode::Unavailable,
            localized!("数据库需要升级：grassroots migrate", "the database needs grassroots migrate"),
        ))
    }
}
