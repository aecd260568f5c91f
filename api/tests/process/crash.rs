//! `kill -9` while many clients send reports: every acknowledged report is stored, and none is stored twice.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use reqwest::Client;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::installation::{Installation, Server};

/// Number of clients that send at the same time.
const PHONES: usize = 16;
/// How often the server is killed.
const KILLS: usize = 20;
/// The server is killed after this number of acknowledged reports.
const ENOUGH: usize = 50;

pub async fn sign_in(http: &Client, url: &str) -> String {
    let body = json!({ "username": "worker", "password": "Grassroots-2023" });
    let answer = http.post(format!("{url}/v1/sessions")).json(&body).send().await.unwrap();
    let answer: Value = answer.json().await.unwrap();
    answer["access_token"].as_str().unwrap().to_owned()
}

/// Sends a report. Returns the status of the answer, or `None` if the server is killed.
async fn report(http: &Client, url: &str, token: &str, id: Uuid) -> Option<u16> {
    let body = json!({
        "id": id, "category": "5003", "description": "路灯不亮，夜间看不清路", "place_text": "村口",
    });
    let request = http.post(format!("{url}/v1/incidents")).bearer_auth(token).json(&body);
    request.send().await.ok().map(|answer| answer.status().as_u16())
}

/// The reports that the clients sent before one kill, and those of them that were acknowledged.
struct Burst {
    sent: Vec<Uuid>,
    acknowledged: Vec<Uuid>,
}

/// Sends from all clients until enough reports are acknowledged, then kills the server while they go on sending.
async fn send_until_killed(server: Server, token: &str) -> Burst {
    let (http, url) = (Client::new(), server.url());
    let count = Arc::new(AtomicUsize::new(0));
    let phones: Vec<_> = (0..PHONES)
        .map(|_| {
            let (http, url, token, count) = (http.clone(), url.clone(), token.to_owned(), count.clone());
            tokio::spawn(async move {
                let mut burst = Burst { sent: Vec::new(), acknowledged: Vec::new() };
                loop {
                    let id = Uuid::new_v4();
                    burst.sent.push(id);
                    match report(&http, &url, &token, id).await {
                        Some(status) => assert_eq!(status, 201),
                        None => return burst,
                    }
                    burst.acknowledged.push(id);
                    count.fetch_add(1, Ordering::SeqCst);
                }
            })
        })
        .collect();
    while count.load(Ordering::SeqCst) < ENOUGH {
        tokio::task::yield_now().await;
    }
    server.kill();
    let mut all = Burst { sent: Vec::new(), acknowledged: Vec::new() };
    for phone in phones {
        let burst = phone.await.unwrap();
        all.sent.extend(burst.sent);
        all.acknowledged.extend(burst.acknowledged);
    }
    all
}

/// Kills the server many times. After each restart every acknowledged report is stored, and every other report can be
/// sent again. In the end each report is stored once.
async fn acknowledged_reports_survive_kills(installation: &Installation) {
    let mut expected = Vec::new();
    for _ in 0..KILLS {
        let server = Server::start(installation, &["--demo"]);
        let token = sign_in(&Client::new(), &server.url()).await;
        let burst = send_until_killed(server, &token).await;

        let server = Server::start(installation, &["--demo"]);
        let (http, url) = (Client::new(), server.url());
        let token = sign_in(&http, &url).await;
        for id in &burst.acknowledged {
            let status = report(&http, &url, &token, *id).await;
            assert_eq!(status, Some(200), "the acknowledged report {id} is lost");
        }
        for id in &burst.sent {
            assert!(matches!(report(&http, &url, &token, *id).await, Some(200 | 201)));
        }
        expected.extend(burst.sent.iter().map(Uuid::to_string));
    }
    let server = Server::start(installation, &["--demo"]);
    let mut seen = all_reports(&server).await;
    seen.sort();
    expected.sort();
    assert_eq!(seen, expected);
}

/// The ids of all reports of the worker.
async fn all_reports(server: &Server) -> Vec<String> {
    let (http, url) = (Client::new(), server.url());
    let token = sign_in(&http, &url).await;
    let mut seen = Vec::new();
    let mut next = Some("/v1/incidents?limit=200".to_owned());
    while let Some(path) = next {
        let answer = http.get(format!("{url}{path}")).bearer_auth(&token).send().await.unwrap();
        let page: Value = answer.json().await.unwrap();
        let incidents = page["incidents"].as_array().unwrap();
        seen.extend(incidents.iter().map(|one| one["id"].as_str().unwrap().to_owned()));
        next = page["next"].as_str().map(str::to_owned);
    }
    seen
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acknowledged_reports_survive_kills_on_sqlite() {
    acknowledged_reports_survive_kills(&Installation::new()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acknowledged_reports_survive_kills_on_postgresql() {
    acknowledged_reports_survive_kills(&Installation::on_postgres()).await;
}
