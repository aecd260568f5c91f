//! `/docs`: the API manual. It works without internet access.

use std::io::{self, Read as _};

use actix_web::{
    HttpResponse,
    http::header::{AcceptEncoding, CONTENT_ENCODING, Encoding, VARY},
    web,
};
use flate2::read::GzDecoder;

use crate::problem_code::ProblemCode;

/// An uncompressed file of the page that shows `/openapi.json`.
struct Plain {
    path: &'static str,
    media_type: &'static str,
    bytes: &'static [u8],
}

/// A file of the same page that is stored compressed.
struct Compressed {
    path: &'static str,
    media_type: &'static str,
    gzip: &'static [u8],
}

/// Includes a file of the Swagger UI folder.
macro_rules! swagger_ui {
    ($name:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/swagger-ui/", $name))
    };
}

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";

const PLAIN: [Plain; 4] = [
    Plain { path: "/docs/", media_type: HTML, bytes: swagger_ui!("index.html") },
    Plain { path: "/docs/index.html", media_type: HTML, bytes: swagger_ui!("index.html") },
    Plain {
        path: "/docs/swagger-initializer.js",
        media_type: SCRIPT,
        bytes: swagger_ui!("swagger-initializer.js"),
    },
    Plain {
        path: "/docs/favicon-32x32.png",
        media_type: "image/png",
        bytes: swagger_ui!("favicon-32x32.png"),
    },
];

const COMPRESSED: [Compressed; 3] = [
    Compressed { path: "/docs/swagger-ui.css", media_type: STYLE, gzip: swagger_ui!("swagger-ui.css.gz") },
    Compressed {
        path: "/docs/swagger-ui-bundle.js",
        media_type: SCRIPT,
        gzip: swagger_ui!("swagger-ui-bundle.js.gz"),
    },
    Compressed {
        path: "/docs/swagger-ui-standalone-preset.js",
        media_type: SCRIPT,
        gzip: swagger_ui!("swagger-ui-standalone-preset.js.gz"),
    },
];

/// Registers `/docs`, `/openapi.yaml`, `/openapi.json` and the list of error codes.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/docs", web::get().to(|| async { see("/docs/") }))
        .route("/docs/problems", web::get().to(problems))
        .route("/openapi.yaml", web::get().to(yaml))
        .route("/openapi.json", web::get().to(json));
    for Plain { path, media_type, bytes } in PLAIN {
        let file = move || async move {
            HttpResponse::Ok().content_type(media_type).body(web::Bytes::from_static(bytes))
        };
        config.route(path, web::get().to(file));
    }
    for Compressed { path, media_type, gzip } in COMPRESSED {
        let file = move |accepted: web::Header<AcceptEncoding>| async move {
            compressed(media_type, gzip, &accepted)
        };
        config.route(path, web::get().to(file));
    }
}

fn see(path: &'static str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header(("Location", path)).finish()
}

/// Sends the file compressed if the client accepts gzip, and uncompressed otherwise.
fn compressed(media_type: &str, gzip: &'static [u8], accepted: &AcceptEncoding) -> HttpResponse {
    let mut answer = HttpResponse::Ok();
    answer.content_type(media_type).insert_header((VARY, "Accept-Encoding"));
    let known = [Encoding::gzip(), Encoding::identity()];
    if accepted.negotiate(known.iter()) != Some(Encoding::identity()) {
        return answer.insert_header((CONTENT_ENCODING, "gzip")).body(web::Bytes::from_static(gzip));
    }
    match unpacked(gzip) {
        Ok(bytes) => answer.body(bytes),
        Err(error) => {
            tracing::error!(error = %error, "a file of the manual could not be unpacked");
            HttpResponse::InternalServerError().finish()
        }
    }
}

fn unpacked(gzip: &[u8]) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    GzDecoder::new(gzip).read_to_end(&mut bytes)?;
    Ok(bytes)
}

async fn json() -> HttpResponse {
    HttpResponse::Ok().json(crate::openapi::document())
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

/// Lists every error code with its meaning in both languages.
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

#[cfg(test)]
mod tests {
    use actix_web::{App, http::StatusCode, test};

    use super::*;

    #[actix_web::test]
    async fn who_can_unpack_gets_files_packed_and_others_get_the_same() {
        let app = test::init_service(App::new().configure(configure)).await;
        for Compressed { path, .. } in COMPRESSED {
            let mut read = Vec::new();
            for (accepted, packed) in [
                (None, false),
                (Some("identity"), false),
                (Some("br"), false),
                (Some("gzip;q=0"), false),
                (Some("gzip, deflate, br, zstd"), true),
            ] {
                let request = test::TestRequest::get().uri(path);
                let request = match accepted {
                    Some(accepted) => request.insert_header(("Accept-Encoding", accepted)),
                    None => request,
                };
                let answer = test::call_service(&app, request.to_request()).await;
                assert_eq!(answer.status(), StatusCode::OK, "{path}");
                let encoding = answer.headers().get(CONTENT_ENCODING).cloned();
                assert_eq!(encoding.is_some_and(|it| it == "gzip"), packed, "{path} for {accepted:?}");
                assert!(answer.headers().get(VARY).is_some_and(|it| it == "Accept-Encoding"));
                let bytes = test::read_body(answer).await;
                read.push(if packed { unpacked(&bytes).unwrap() } else { bytes.to_vec() });
            }
            assert!(read[0].len() > 100_000 && read.iter().all(|bytes| *bytes == read[0]), "{path}");
        }
    }
}
