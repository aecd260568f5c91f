//! `kill -9` during uploads: every acknowledged byte is stored, and every photo arrives.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    crash::sign_in,
    installation::{Installation, Server},
};

/// Photos that are uploaded when the server is killed: as many as a report may announce.
const PHOTOS: usize = 9;
/// How often the server is killed. The uploads have different offsets at each kill.
const KILLS: usize = 23;
const PHOTO_BYTES: usize = 600_000;
/// Bytes sent in one request.
const CHUNK: usize = 30_000;

/// A phone that sends one photo.
#[derive(Clone)]
struct Phone {
    http: Client,
    photo: Arc<Vec<u8>>,
    /// The path of its upload.
    upload: String,
    /// The offset in the last answer.
    acknowledged: usize,
}

fn tus(http: &Client, method: Method, url: &str, token: &str) -> RequestBuilder {
    http.request(method, url).bearer_auth(token).header("Tus-Resumable", "1.0.0")
}

fn offset(answer: &Response) -> usize {
    answer.headers()["upload-offset"].to_str().unwrap().parse().unwrap()
}

fn sha256(photo: &[u8]) -> String {
    digest(&SHA256, photo).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Sends a report with photos, and creates an upload for each photo.
async fn begin(server: &Server, token: &str, round: usize) -> Vec<Phone> {
    let (http, url, id) = (Client::new(), server.url(), Uuid::new_v4());
    let photo = |number: usize| {
        let seed = format!("{round}/{number}").into_bytes();
        let noise = seed.iter().copied().cycle().zip(0_u32..).map(|(byte, at)| byte ^ at.to_be_bytes()[2]);
        Arc::new([0xff, 0xd8, 0xff, 0xe0].into_iter().chain(noise).take(PHOTO_BYTES).collect::<Vec<u8>>())
    };
    let photos: Vec<_> = (0..PHOTOS).map(photo).collect();
    let announced: Vec<Value> = photos
        .iter()
        .map(
            |photo| json!({ "sha256": sha256(photo), "size_bytes": PHOTO_BYTES, "media_type": "image/jpeg" }),
        )
        .collect();
    let body = json!({
        "id": id, "category": "5003", "description": "路灯不亮，夜间看不清路", "place_text": "村口", "photos": announced,
    });
    let request = http.post(format!("{url}/v1/incidents")).bearer_auth(token).json(&body);
    assert_eq!(request.send().await.unwrap().status(), 201);
    let mut phones = Vec::new();
    for photo in photos {
        let (incident, hash) = (STANDARD.encode(id.to_string()), STANDARD.encode(sha256(&photo)));
        let created = tus(&http, Method::POST, &format!("{url}/v1/uploads"), token)
            .header("Upload-Length", PHOTO_BYTES)
            .header("Upload-Metadata", format!("incident {incident},sha256 {hash}"));
        let created = created.send().await.unwrap();
        assert_eq!(created.status(), 201);
        let upload = created.headers()["location"].to_str().unwrap().to_owned();
        phones.push(Phone { http: Client::new(), photo, upload, acknowledged: 0 });
    }
    phones
}

impl Phone {
    /// Sends from the acknowledged offset until the photo is complete or the server is killed. Counts the answers.
    async fn send(mut self, url: String, token: String, answers: Arc<AtomicUsize>) -> Self {
        while self.acknowledged < PHOTO_BYTES {
            let chunk = self.photo[self.acknowledged..].iter().copied().take(CHUNK).collect::<Vec<u8>>();
            let request = tus(&self.http, Method::PATCH, &format!("{url}{}", self.upload), &token)
                .header("Upload-Offset", self.acknowledged)
                .header("Content-Type", "application/offset+octet-stream")
                .body(chunk);
            let Ok(answer) = request.send().await else { return self };
            assert_eq!(answer.status(), 204);
            self.acknowledged = offset(&answer);
            answers.fetch_add(1, Ordering::SeqCst);
        }
        self
    }

    /// Asks the server for the offset. It must not be less than the acknowledged one.
    async fn ask_offset(mut self, url: &str, token: &str) -> Self {
        let answer =
            tus(&self.http, Method::HEAD, &format!("{url}{}", self.upload), token).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert!(offset(&answer) >= self.acknowledged, "{} after {}", offset(&answer), self.acknowledged);
        self.acknowledged = offset(&answer);
        self
    }
}

async fn send_all(phones: Vec<Phone>, url: &str, token: &str, answers: &Arc<AtomicUsize>) -> Vec<Phone> {
    let sending: Vec<_> = phones
        .into_iter()
        .map(|phone| tokio::spawn(phone.send(url.to_owned(), token.to_owned(), Arc::clone(answers))))
        .collect();
    let mut sent = Vec::new();
    for phone in sending {
        sent.push(phone.await.unwrap());
    }
    sent
}

/// Kills the server many times, each time after more answers than the time before.
async fn every_photo_arrives(installation: &Installation) {
    for round in 0..KILLS {
        let server = Server::start(installation, &["--demo"]);
        let url = server.url();
        let token = sign_in(&Client::new(), &url).await;
        let phones = begin(&server, &token, round).await;
        let answers = Arc::new(AtomicUsize::new(0));
        let sending = tokio::spawn({
            let (url, token, answers) = (url.clone(), token.clone(), Arc::clone(&answers));
            async move { send_all(phones, &url, &token, &answers).await }
        });
        // The last kills come after all bytes were sent, while the photos are verified.
        let enough = round * PHOTOS * PHOTO_BYTES.div_ceil(CHUNK) / KILLS;
        while answers.load(Ordering::SeqCst) < enough {
            tokio::task::yield_now().await;
        }
        server.kill();
        let phones = sending.await.unwrap();

        let server = Server::start(installation, &["--demo"]);
        let url = server.url();
        let token = sign_in(&Client::new(), &url).await;
        let mut asked = Vec::new();
        for phone in phones {
            asked.push(phone.ask_offset(&url, &token).await);
        }
        let phones = send_all(asked, &url, &token, &answers).await;
        assert!(phones.iter().all(|phone| phone.acknowledged == PHOTO_BYTES));
        assert_eq!(missing(&server, &token).await, 0, "round {round}");
    }
}

/// The number of photos of the latest report that cannot be read as they were sent.
async fn missing(server: &Server, token: &str) -> usize {
    let (http, url) = (Client::new(), server.url());
    let read = |path: String| http.get(format!("{url}{path}")).bearer_auth(token).send();
    let list: Value = read("/v1/incidents?limit=1".to_owned()).await.unwrap().json().await.unwrap();
    let id = list["incidents"][0]["id"].as_str().unwrap().to_owned();
    let list: Value = read(format!("/v1/incidents/{id}/photos")).await.unwrap().json().await.unwrap();
    let photos = list["photos"].as_array().unwrap();
    let mut missing = PHOTOS;
    for photo in photos {
        let path = format!("/v1/photos/{}", photo["id"].as_str().unwrap());
        let bytes = read(path).await.unwrap().bytes().await.unwrap();
        missing -= usize::from(photo["sha256"] == sha256(&bytes));
    }
    missing
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_photo_arrives_on_sqlite() {
    every_photo_arrives(&Installation::new()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_photo_arrives_on_postgresql() {
    every_photo_arrives(&Installation::on_postgres()).await;
}
