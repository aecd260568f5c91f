//! `kill -9` in the middle of a burst: what was acknowledged is there, and nothing is there twice.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use reqwest::Client;
use serde_json::{Value, json};
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::installation::{Installation, Server};

/// Phones that send at once.
const PHONES: usize = 16;
/// Acknowledged reports after which the plug is pulled.
const ENOUGH: usize = 200;

async fn sign_in(http: &Client, url: &str) -> String {
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost() {
    let installation = Installation::new();
    let server = Server::start(&installation, &["--demo"]);
    let (http, url) = (Client::new(), server.url());
    let token = sign_in(&http, &url).await;

    let (sent, acknowledged) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(Vec::new())));
    let count = Arc::new(AtomicUsize::new(0));
    let phones: Vec<_> = (0..PHONES)
        .map(|_| {
            let (http, url, token) = (http.clone(), url.clone(), token.clone());
            let (sent, acknowledged, count) = (sent.clone(), acknowledged.clone(), count.clone());
            tokio::spawn(async move {
                loop {
                    let id = Uuid::new_v4();
                    sent.lock().await.push(id);
                    match report(&http, &url, &token, id).await {
                        Some(status) => assert_eq!(status, 201),
                        None => return,
                    }
                    acknowledged.lock().await.push(id);
                    count.fetch_add(1, Ordering::SeqCst);
                }
            })
        })
        .collect();
    while count.load(Ordering::SeqCst) < ENOUGH {
        tokio::task::yield_now().await;
    }
    server.kill();
    for phone in phones {
        phone.await.unwrap();
    }

    let server = Server::start(&installation, &["--demo"]);
    let (http, url) = (Client::new(), server.url());
    let token = sign_in(&http, &url).await;
    for id in acknowledged.lock().await.iter() {
        assert_eq!(report(&http, &url, &token, *id).await, Some(200), "{id} was acknowledged and is lost");
    }
    // Every phone sends again what it got no answer to: each is taken now, or was taken then.
    for id in sent.lock().await.iter() {
        assert!(matches!(report(&http, &url, &token, *id).await, Some(200 | 201)));
    }
    let mut seen = Vec::new();
    let mut next = Some("/v1/incidents?limit=200".to_owned());
    while let Some(path) = next {
        let answer = http.get(format!("{url}{path}")).bearer_auth(&token).send().await.unwrap();
        let page: Value = answer.json().await.unwrap();
        seen.extend(
            page["incidents"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()),
        );
        next = page["next"].as_str().map(str::to_owned);
    }
    let mut expected: Vec<String> = sent.lock().await.iter().map(Uuid::to_string).collect();
    seen.sort();
    expected.sort();
    assert_eq!(seen, expected);
}
