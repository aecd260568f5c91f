//! `/docs`: the API manual, readable without internet.

use actix_web::{HttpResponse, web};
use utoipa_swagger_ui::SwaggerUi;

use crate::problem_code::ProblemCode;

/// Registers `/docs`, `/openapi.yaml` and the list of problems.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/docs", web::get().to(|| async { see("/docs/") }))
        .route("/docs/problems", web::get().to(problems))
        .route("/openapi.yaml", web::get().to(yaml))
        .service(SwaggerUi::new("/docs/{_:.*}").url("/openapi.json", crate::openapi::document()));
}

fn see(path: &'static str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header(("Location", path)).finish()
}

async fn yaml() -> HttpResponse {
    match crate::openapi::yaml() {
        Ok(yaml) => HttpResponse::Ok().content_type("application/yaml").body(yaml),
        Err(error) => {
            tracing::error!(error = %error, "openapi.yaml could not be written");
            HttpResponse::InternalServerError().finish()
        }
    }
}

/// Every error code, with what it means in both languages.
async fn problems() -> HttpResponse {
    let rows: String = ProblemCode::ALL
        .iter()
        .map(|code| {
            let (zh, en) = code.title();
            format!(
                "<tr id=\"{name}\"><td><code>{name}</code></td><td>{status}</td><td>{retry}</td><td>{zh}</td><td>{en}</td></tr>\n",
                name = code.as_str(),
                status = code.status(),
                retry = code.retry().as_str(),
            )
        })
        .collect();
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(format!(
        "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>grassroots: 错误代码 · problems</title>\
         <style>body{{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}}\
         td,th{{border-bottom:1px solid #ccc;padding:.3rem .8rem;text-align:left}}tr:target{{background:#ffc}}</style>\
         <h1>错误代码 · Problems</h1><table><tr><th>code<th>status<th>retry<th>中文<th>English</tr>\n{rows}</table></html>"
    ))
}
