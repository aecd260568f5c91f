//! The bare server: actix-web alone. It parses a report and answers as many bytes as `grassroots`, but stores nothing.

use actix_web::{
    App, HttpResponse, HttpServer,
    web::{self, Bytes, Data, Json},
};
use serde::Deserialize;

use crate::Result;

#[derive(Deserialize)]
#[expect(dead_code, reason = "the fields are parsed as in `grassroots`, but not used")]
struct BareReport {
    id: uuid::Uuid,
    category: String,
    description: String,
    location: Location,
    reported_at: String,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "the fields are parsed as in `grassroots`, but not used")]
struct Location {
    lon: f64,
    lat: f64,
    datum: String,
    accuracy_m: f64,
}

/// Serves until the process is killed, with as many threads as `grassroots`. Prints its URL first.
pub fn serve(answer_bytes: usize) -> Result<()> {
    let answer = Data::new(Bytes::from(vec![b' '; answer_bytes]));
    actix_web::rt::System::new().block_on(async move {
        let server = HttpServer::new(move || {
            App::new().app_data(answer.clone()).route("/v1/incidents", web::post().to(create_report))
        })
        .bind(("127.0.0.1", 0))?;
        for address in server.addrs() {
            println!("http://{address}");
        }
        Ok(server.run().await?)
    })
}

async fn create_report(_report: Json<BareReport>, answer: Data<Bytes>) -> HttpResponse {
    HttpResponse::Created().content_type("application/json").body(answer.get_ref().clone())
}
