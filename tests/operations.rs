//! Calls every operation of the API document with every account, and for incidents in every situation. The statuses are
//! a snapshot.

use std::{collections::BTreeMap, fmt::Write};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use grassroots_domain::account::Role;
use reqwest::{
    Method,
    header::{CONTENT_TYPE, IF_MATCH},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    both,
    support::{ApiAnswer, Client, TestApp, URBAN, body_of, through_township},
    visibility::EVERYBODY,
};

/// Operations that are not called. Keep this list empty.
const UNCOVERED: [&str; 0] = [];

const PERIOD: &str = "from=2026-11-01&to=2026-12-01&basis=reported";

/// The situation of an incident.
struct Situation {
    name: &'static str,
    /// A word that is only in the texts of this incident.
    mark: &'static str,
    /// The accounts that may read the texts. No other account may get an answer with the mark.
    readers: &'static [&'static str],
}

const SITUATIONS: [Situation; 6] = [
    // At the village desk.
    Situation {
        name: "arrived",
        mark: "标记甲",
        readers: &["worker", "village", "dispatcher", "county", "city"],
    },
    // Dispatched by the township to the demo's handler.
    Situation {
        name: "dispatched",
        mark: "标记乙",
        readers: &["worker", "village", "dispatcher", "handler", "county", "city"],
    },
    // Closed by the township.
    Situation {
        name: "closed",
        mark: "标记丙",
        readers: &["worker", "village", "dispatcher", "handler", "county", "city"],
    },
    // A family dispute, at the village desk.
    Situation { name: "private", mark: "标记丁", readers: &["worker", "village"] },
    // A complaint about officials of village and township, at the county desk.
    Situation { name: "skipped", mark: "标记戊", readers: &["worker", "county"] },
    // In another county.
    Situation { name: "elsewhere", mark: "标记己", readers: &["city"] },
];

impl Situation {
    /// Creates an incident in this situation.
    async fn create(&self, app: &TestApp, far: &Client) -> String {
        let words = json!({ "title": self.mark, "description": format!("{}的情况说明", self.mark), "place_text": self.mark });
        let worker = app.user("worker").await;
        match self.name {
            "arrived" => worker.file("1001", words).await,
            "dispatched" => {
                let id = worker.file("5002", words).await;
                let dispatcher = app.user("dispatcher").await;
                dispatcher.run_ok(&id, "accept", json!({})).await;
                dispatcher.run_ok(&id, "dispatch", json!({ "organisation": URBAN, "note": self.mark })).await;
                id
            }
            "closed" => {
                let id = worker.file("5002", words).await;
                through_township(app, &id, "resolved").await;
                app.user("dispatcher").await.run_ok(&id, "close", json!({ "reply": self.mark })).await;
                id
            }
            "private" => worker.file("1002", words).await,
            "skipped" => worker.file("8003", words).await,
            "elsewhere" => far.file("5002", words).await,
            other => panic!("no such situation: {other}"),
        }
    }
}

/// All operations of the API document, named like `GET /v1/me`.
fn operations() -> Vec<String> {
    let document = serde_json::to_value(grassroots::openapi::document()).expect("JSON");
    let paths = document["paths"].as_object().expect("paths");
    let mut all: Vec<String> = paths
        .iter()
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().expect("methods").keys();
            methods.map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect();
    all.sort_by_key(|operation| {
        operation.split_once(' ').map(|(method, path)| (path.to_owned(), method.to_owned()))
    });
    all
}

/// The path and the body of a valid request, so that the status depends only on the account. `None` for operations on one
/// incident.
fn request(operation: &str, who: &str, spare_account: &str) -> Option<(String, Option<Value>)> {
    let (_, path) = operation.split_once(' ').expect("method and path");
    let path = path
        .replace("{id}", spare_account)
        .replace("{code}", "411224107")
        .replace("{queue}", "mine")
        .replace("{version}", "1");
    let get = |query: &str| Some((format!("{path}{query}"), None));
    let post = |body: Value| Some((path.clone(), Some(body)));
    match operation {
        "GET /.well-known/jwks.json"
        | "GET /healthz/live"
        | "GET /healthz/ready"
        | "GET /v1/me"
        | "GET /v1/units"
        | "GET /v1/units/{code}"
        | "GET /v1/organisations"
        | "GET /v1/categories"
        | "GET /v1/queues"
        | "GET /v1/reasons"
        | "GET /v1/rules"
        | "GET /v1/rules/versions"
        | "GET /v1/rules/versions/{version}"
        | "GET /v1/accounts"
        | "GET /v1/accounts/{id}"
        | "GET /v1/accounts/{id}/open-work"
        | "GET /v1/photos/{id}"
        | "OPTIONS /v1/uploads"
        | "POST /v1/uploads"
        | "HEAD /v1/uploads/{id}"
        | "PATCH /v1/uploads/{id}"
        | "DELETE /v1/uploads/{id}"
        | "DELETE /v1/sessions/current" => get(""),
        "GET /v1/grids" => get("?bbox=110.85,33.75,110.86,33.76"),
        "GET /v1/locate" => get("?lon=111.2003&lat=34.7726&datum=wgs84"),
        "GET /v1/incidents" => get("?limit=200"),
        "GET /v1/statistics/grassroots" => get(&format!("?{PERIOD}&group_by=unit")),
        "GET /v1/statistics/grassroots/incidents" => get(&format!("?{PERIOD}&figure=open&limit=200")),
        "GET /v1/statistics/hearings" => get("?from=2026-11-01&to=2027-01-01"),
        "GET /v1/statistics/hearings/incidents" => {
            get("?from=2026-11-01&to=2027-01-01&figure=pending&limit=200")
        }
        "POST /v1/incidents" => post(crate::support::report("1001", json!({}))),
        "POST /v1/sessions" => post(json!({ "username": "worker", "password": "Grassroots-2023" })),
        "POST /v1/sessions/refresh" => post(json!({ "refresh_token": "made-up" })),
        "POST /v1/queues/{queue}/seen" => post(json!({ "until": "2026-11-23T10:00:00+08:00" })),
        "PATCH /v1/rules" => post(json!({ "changes": { "reopen_days": 30 }, "note": "试行" })),
        "POST /v1/rules/dry-run" => post(json!({ "changes": {} })),
        "POST /v1/rules/recompute" => post(json!({})),
        "POST /v1/me/password" => {
            post(json!({ "current_password": "not-the-One-9", "password": "Yu-huang-Shan-12" }))
        }
        "POST /v1/accounts" => post(json!({
            "username": format!("by.{who}"), "display_name": "新人", "role": "handler", "organisation": URBAN,
        })),
        "POST /v1/accounts/{id}/move" => post(json!({ "role": "handler", "organisation": URBAN })),
        "POST /v1/accounts/{id}/hand-over" => post(json!({ "to": "0f8fad5b-d9cb-469f-a165-70867728950e" })),
        "POST /v1/accounts/{id}/disable"
        | "POST /v1/accounts/{id}/enable"
        | "POST /v1/accounts/{id}/reset-password" => post(json!({})),
        _ => None,
    }
}

/// The method of an operation on one incident, and the rest of its path after `/v1/incidents/{id}`.
fn of_incident(operation: &str) -> Option<(Method, &str)> {
    let (method, path) = operation.split_once(' ')?;
    let rest = path.strip_prefix("/v1/incidents/{id}")?;
    Some((method.parse().ok()?, rest.trim_start_matches('/')))
}

/// A client of the account. It has a new session if the operation ends sessions, or if others have ended the shared one.
async fn caller(app: &TestApp, who: &str, operation: &str) -> Client {
    match (who, operation) {
        ("stranger", _) => app.stranger(),
        (_, operation) if operation.contains("/v1/uploads") => app.sign_in(who, "Grassroots-2023").await,
        (_, "DELETE /v1/sessions/current") => app.sign_in(who, "Grassroots-2023").await,
        _ => app.user(who).await,
    }
}

async fn call(
    client: &Client,
    method: Method,
    path: &str,
    body: Option<&Value>,
    version: Option<u64>,
) -> ApiAnswer {
    let mut request = client.request(method, path);
    if let Some(body) = body {
        request = request.json(body);
    }
    if path.starts_with("/v1/uploads") {
        let metadata = format!(
            "incident {},sha256 {}",
            STANDARD.encode(Uuid::nil().to_string()),
            STANDARD.encode("ab".repeat(32))
        );
        request = request
            .header("Tus-Resumable", "1.0.0")
            .header("Upload-Length", 7)
            .header("Upload-Metadata", metadata);
        request = request.header("Upload-Offset", 0).header(CONTENT_TYPE, "application/offset+octet-stream");
    }
    if let Some(version) = version {
        request = request
            .header(IF_MATCH, format!("\"{version}\""))
            .header("Idempotency-Key", Uuid::new_v4().to_string());
    }
    client.send(request).await
}

/// A cell of the matrix: the status, and for lists and statistics the number of incidents.
fn cell(answer: &ApiAnswer) -> String {
    let figures = answer.body["figures"].as_object();
    let open = figures.and_then(|figures| figures.get("open")?["count"].as_u64());
    let closed = figures.and_then(|figures| figures.get("closed")?["count"].as_u64());
    match (answer.body["incidents"].as_array(), open, closed) {
        (Some(incidents), ..) => format!("{} ({})", answer.status, incidents.len()),
        (None, Some(open), Some(closed)) => format!("{} ({})", answer.status, open + closed),
        _ => answer.status.to_string(),
    }
}

/// Asserts that there is no server error, and that the answer contains no text that the account may not read.
fn assert_no_leak(answer: &ApiAnswer, who: &str, operation: &str) {
    assert!(answer.status < 500, "{who} {operation}: {}", answer.raw);
    for situation in SITUATIONS.iter().filter(|situation| !situation.readers.contains(&who)) {
        let leaked = answer.raw.contains(situation.mark);
        assert!(!leaked, "{operation} shows {} to {who}: {}", situation.name, answer.raw);
    }
}

/// The rows of the matrix. The key is the operation and the situation; a row has a cell for each account.
struct Matrix(BTreeMap<(String, usize), Vec<String>>);

impl Matrix {
    fn add(&mut self, operation: &str, situation: usize, answer: &ApiAnswer) {
        let (method, path) = operation.split_once(' ').expect("method and path");
        self.0.entry((format!("{path} {method}"), situation)).or_default().push(cell(answer));
    }

    fn text(&self) -> String {
        let callers = EVERYBODY.iter().chain(&["stranger"]);
        let mut text = format!("{:58}", "");
        callers.for_each(|who| write!(text, "{who:11}").expect("memory"));
        for ((operation, situation), cells) in &self.0 {
            let name =
                situation.checked_sub(1).and_then(|index| SITUATIONS.get(index)).map_or("", |it| it.name);
            write!(text, "\n{:58}", format!("{operation} {name}")).expect("memory");
            cells.iter().for_each(|cell| write!(text, "{cell:11}").expect("memory"));
        }
        text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
    }
}

both! {
    async fn every_account_calls_every_operation(app: TestApp) {
        let operations = operations();
        let far =
            app.hire_for("walker.far", Role::GridWorker, "411202003013-desk", &["411202003013001"]).await;
        let spare_account = app.hire("spare", Role::Handler, URBAN).await.get("/v1/me").await.text("/id");
        let mut incidents = Vec::new();
        for situation in &SITUATIONS {
            incidents.push(situation.create(&app, &far).await);
        }

        let mut matrix = Matrix(BTreeMap::new());
        let mut uncovered = Vec::new();
        let (reads, writes): (Vec<&String>, Vec<&String>) =
            operations.iter().partition(|operation| operation.starts_with("GET "));
        for operation in reads.into_iter().chain(writes) {
            if let Some((method, command)) = of_incident(operation) {
                let body = (method == Method::POST).then(|| body_of(command));
                for (index, situation) in SITUATIONS.iter().enumerate() {
                    for who in EVERYBODY.iter().copied().chain(["stranger"]) {
                        let id = &incidents[index];
                        let path = format!("/v1/incidents/{id}/{command}");
                        let version = match body {
                            Some(_) => Some(app.user("city").await.version(id).await),
                            None => None,
                        };
                        let client = caller(&app, who, operation).await;
                        let answer =
                            call(&client, method.clone(), path.trim_end_matches('/'), body.as_ref(), version)
                                .await;
                        assert_no_leak(&answer, who, operation);
                        if body.is_some() && answer.status == 200 {
                            // The next account gets a new incident in the same situation.
                            incidents[index] = situation.create(&app, &far).await;
                        }
                        matrix.add(operation, index + 1, &answer);
                    }
                }
                continue;
            }
            for who in EVERYBODY.iter().copied().chain(["stranger"]) {
                let Some((path, body)) = request(operation, who, &spare_account) else {
                    uncovered.push(operation.as_str());
                    break;
                };
                let client = caller(&app, who, operation).await;
                let method = operation.split(' ').next().expect("a method").parse().expect("a method");
                let answer = call(&client, method, &path, body.as_ref(), None).await;
                assert_no_leak(&answer, who, operation);
                matrix.add(operation, 0, &answer);
            }
        }
        assert_eq!(uncovered, UNCOVERED, "add these operations to `request`");
        insta::assert_snapshot!("operations", matrix.text());
    }
}
