//! The bare server: what actix-web does alone. It reads a report and answers as many bytes as `grassroots` does.

use actix_web::{
    App, HttpResponse, HttpServer,
    web::{self, Bytes, Data, Json},
};
use serde::Deserialize;

use crate::Result;

#[derive(Deserialize)]
#[expect(dead_code, reason = "it is read as `grassroots` reads it, and thrown away")]
struct BareReport {
    id: uuid::Uuid,
    category: String,
    description: String,
    location: Location,
    reported_at: String,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "it is read as `grassroots` reads it, and thrown away")]
struct Location {
    lon: f64,
    lat: f64,
    datum: String,
    accuracy_m: f64,
}

/// Serves until the process ends, with as many threads as `grassroots`. The first line it prints is its URL.
pub fn serve(answer_bytes: usize) -> Result<()> {
    let answer = Data::new(Bytes::from(vec![b' '; answer_bytes]));
    actix_web::rt::System::new().block_on(async move {
        let server = HttpServer::new(move || {
            App::new().app_data(answer.clone()).route("/v1/incidents", web::post().to(take))
        })
        .bind(("127.0.0.1", 0))?;
        for address in server.addrs() {
            println!("http://{address}");
        }
        Ok(server.run().await?)
    })
}

async fn take(_report: Json<BareReport>, answer: Data<Bytes>) -> HttpResponse {
    HttpResponse::Created().content_type("application/json").body(answer.get_ref().clone())
}
