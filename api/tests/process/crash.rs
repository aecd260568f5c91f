//! `kill -9` in the middle of a burst: what was acknowledged is there, and nothing is there twice.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use reqwest::Client;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::installation::{Installation, Server};

/// Phones that send at once.
const PHONES: usize = 16;
/// How often the plug is pulled.
const KILLS: usize = 20;
/// Acknowledged reports after which it is.
const ENOUGH: usize = 50;

pub async fn sign_in(http: &Client, url: &str) -> String {
    let body = json!({ "username": "worker", "password": "Grassroots-2023" });
    let answer = http.post(format!("{url}/v1/sessions")).json(&body).send().await.unwrap();
    let answer: Value = answer.json().await.unwrap();
    answer["access_token"].as_str().unwrap().to_owned()
}

/// Sends a report; its status, or nothing when the server is gone.
async fn report(http: &Client, url: &str, token: &str, id: Uuid) -> Option<u16> {
    let body = json!({
        "id": id, "category": "5003", "description": "路灯不亮，夜间看不清路", "place_text": "村口",
    });
    let request = http.post(format!("{url}/v1/incidents")).bearer_auth(token).json(&body);
    request.send().await.ok().map(|answer| answer.status().as_u16())
}

/// What the phones of one burst sent, and which of it was answered.
struct Burst {
    sent: Vec<Uuid>,
    acknowledged: Vec<Uuid>,
}

/// Sends from all phones until enough is acknowledged, and kills the server in the middle of it.
async fn interrupted(server: Server, token: &str) -> Burst {
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

/// Kills the server again and again. After each restart everything that was answered is there, and what was not is
/// taken now or was taken then; in the end nothing is there twice.
async fn nothing_acknowledged_is_lost(installation: &Installation) {
    let mut expected = Vec::new();
    for _ in 0..KILLS {
        let server = Server::start(installation, &["--demo"]);
        let token = sign_in(&Client::new(), &server.url()).await;
        let burst = interrupted(server, &token).await;

        let server = Server::start(installation, &["--demo"]);
        let (http, url) = (Client::new(), server.url());
        let token = sign_in(&http, &url).await;
        for id in &burst.acknowledged {
            let status = report(&http, &url, &token, *id).await;
            assert_eq!(status, Some(200), "{id} was acknowledged and is lost");
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

/// The ids of everything the worker reported.
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
async fn nothing_acknowledged_is_lost_on_sqlite() {
    nothing_acknowledged_is_lost(&Installation::new()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_on_postgresql() {
    nothing_acknowledged_is_lost(&Installation::on_postgres()).await;
}
