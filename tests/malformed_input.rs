//! Thousands of malformed bodies, paths and queries. The server never answers with 5xx, and keeps working.

use grassroots::routes::TABLE;
use reqwest::{Method, header::CONTENT_TYPE};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    both,
    support::{ApiAnswer, report},
};

/// Length of deeply nested bodies, in bytes.
const DEEP: usize = 50_000;

/// Asserts that an answer is not a server error, and that a client error is a problem.
fn assert_handled(answer: &ApiAnswer, request: &str) {
    assert!(answer.status < 500, "{request}: {} {}", answer.status, answer.raw);
    if answer.status >= 400 {
        assert_eq!(answer.headers["content-type"], "application/problem+json", "{request}: {}", answer.raw);
        assert!(
            answer.body["code"].is_string() && answer.body["detail"].is_string(),
            "{request}: {}",
            answer.raw
        );
    }
}

/// Values that often break parsers.
fn malformed_values() -> Vec<Value> {
    let texts = [
        "",
        " ",
        "\0",
        "a\0b",
        "\u{1b}[31m",
        "null",
        "true",
        "NaN",
        "1e400",
        "-1",
        "'; DROP TABLE incident; --",
        "%00",
        "../../etc/passwd",
        "{{7*7}}",
        "${jndi:ldap://x}",
        "<script>",
        "\u{202e}\u{feff}",
        "👨‍👩‍👧‍👦",
        "𠮷野家门口井盖丢失",
        "0198c2a4-0000-7000-8000-000000000000",
        "9999-12-31T23:59:59-23:59",
        "-262143-01-01T00:00:00Z",
        "4112",
        "411224107-desk",
    ];
    let long = ["a", "0", "井", "\u{301}", "\\"].map(|unit| json!(unit.repeat(10_000)));
    let others = [
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(0.1),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(f64::MAX),
        json!([]),
        json!([[[[]]]]),
        json!({}),
        json!({ "": "" }),
        json!({ "$ne": null }),
        json!([null, 1, "x"]),
        json!(vec![0; 5_000]),
    ];
    texts.iter().map(|text| json!(text)).chain(long).chain(others).collect()
}

/// Bodies that no operation accepts.
fn malformed_bodies() -> Vec<Vec<u8>> {
    let mut bodies: Vec<Vec<u8>> =
        malformed_values().iter().map(|value| value.to_string().into_bytes()).collect();
    for text in [
        "",
        "{",
        "}",
        "[",
        "{\"",
        "{\"id\"",
        "{\"id\":",
        "{\"id\":1,",
        "{}{}",
        "{} x",
        "nul",
        "tru",
        "NaN",
        "-",
        "1e400",
        "{'id':1}",
        "{id:1}",
        "{\"id\":0x1}",
        "{\"id\":01}",
        "{\"id\":1,}",
        "[1,]",
        "/* */ {}",
        "\u{feff}{}",
        "\"\\ud800\"",
        "{\"id\":\"\\u00\"}",
        "{\"id\":\"\n\"}",
        "\0",
        "<?xml version=\"1.0\"?>",
        "a=1&b=2",
        "--x\r\n\r\n--x--",
    ] {
        bodies.push(text.as_bytes().to_vec());
    }
    for opening in ["[", "{\"id\":", "{\"a\":", "[{\"a\":", "{\"location\":{\"lon\":[", "\"", "(", "-"] {
        bodies.push(opening.repeat(DEEP / opening.len()).into_bytes());
    }
    bodies.push([b"[".repeat(30_000), b"]".repeat(30_000)].concat());
    bodies.push(b"{\"id\":\"\xff\xfe\"}".to_vec());
    bodies.push((0..=u8::MAX).collect());
    bodies.push("{}".encode_utf16().flat_map(u16::to_le_bytes).collect());
    bodies
}

/// A valid body for a POST route.
fn valid_body(path: &str) -> Value {
    match path.rsplit('/').next().unwrap_or_default() {
        "sessions" => json!({ "username": "village", "password": "Grassroots-2023", "device": "phone" }),
        "refresh" => json!({ "refresh_token": "A".repeat(43), "device": "phone" }),
        "password" => json!({ "current_password": "Wrong-pass-1", "password": "Xiong-er-Shan-58" }),
        "accounts" => json!({
            "username": "zhang.san", "display_name": "张三", "role": "grid_worker", "organisation": "411224107200-desk",
            "grids": [], "password": "Short-1",
        }),
        "move" => json!({ "role": "grid_worker", "organisation": "411224107200-desk", "grids": [] }),
        "incidents" => report(
            "1001",
            json!({
                "location": { "lon": 110.8569, "lat": 33.7606, "datum": "wgs84", "accuracy_m": 1, "captured_at": null, "source": "gps" },
                "title": "井盖", "severity": "general", "occurred_at": null, "sent_at": null, "on_spot": { "result": "已办" },
            }),
        ),
        "decline" => json!({ "reason": "other", "reply": "请拨12345" }),
        "dispatch" => json!({ "organisation": "411224107-urban_management", "note": "请办" }),
        "return" => json!({ "reason": "other", "explanation": "不归我们" }),
        "submit-result" => json!({ "outcome": "resolved", "method": "other", "result": "已办" }),
        "rework" | "reopen" | "void" => json!({ "reason": "不合格" }),
        "close" => json!({ "reply": "已办" }),
        "escalate" => json!({ "reason": "cross_area", "tried": "已协商" }),
        "comment" => json!({ "audience": "internal", "text": "备注" }),
        _ => json!({}),
    }
}

/// All variants of `valid` with one value replaced.
fn mutations(valid: &Value) -> Vec<Value> {
    let mut pointers: Vec<String> = Vec::new();
    for (field, value) in valid.as_object().expect("an object") {
        pointers.push(format!("/{field}"));
        let inner = value.as_object().into_iter().flatten();
        pointers.extend(inner.map(|(name, _)| format!("/{field}/{name}")));
    }
    pointers.push("/unknown".to_owned());
    let mut all = Vec::new();
    for pointer in pointers {
        for value in malformed_values() {
            let mut body = valid.clone();
            match body.pointer_mut(&pointer) {
                Some(place) => *place = value,
                None => body["unknown"] = value,
            }
            all.push(body);
        }
    }
    all
}

both! {
    async fn malformed_bodies_cause_no_server_error(app: TestApp) {
        let (worker, dispatcher) = (app.user("worker").await, app.user("dispatcher").await);
        let (secadmin, auditor) = (app.user("secadmin").await, app.user("auditor").await);
        let id = worker.file("5002", json!({})).await;
        for (_, path) in TABLE.iter().filter(|(method, _)| *method == "post") {
            let (who, object) = match path.split('/').nth(2) {
                Some("accounts") => (&secadmin, Uuid::new_v4().to_string()),
                Some("me") => (&auditor, String::new()),
                _ if *path == "/v1/incidents" => (&worker, String::new()),
                _ => (&dispatcher, id.clone()),
            };
            let url = path.replace("{id}", &object);
            let mutated = mutations(&valid_body(path)).into_iter().map(|body| body.to_string().into_bytes());
            for body in malformed_bodies().into_iter().chain(mutated) {
                let beginning = String::from_utf8_lossy(&body[..body.len().min(200)]).into_owned();
                let request = who
                    .request(Method::POST, &url)
                    .header(CONTENT_TYPE, "application/json")
                    .header("If-Match", "\"1\"")
                    .header("Idempotency-Key", Uuid::new_v4().to_string())
                    .body(body);
                assert_handled(&who.send(request).await, &format!("{path} {beginning}"));
            }
        }
        worker.file("5002", json!({})).await;
        app.stranger().get("/healthz/ready").await.expect(200);
        worker.get(&format!("/v1/incidents/{id}")).await.expect(200);
    }

    async fn malformed_paths_and_queries_cause_no_server_error(app: TestApp) {
        let county = app.user("county").await;
        let names = [
            "bbox",
            "lon",
            "lat",
            "datum",
            "accuracy_m",
            "parent",
            "unit",
            "kind",
            "state",
            "level",
            "category",
            "severity",
            "due_before",
            "mine",
            "q",
            "sort",
            "cursor",
            "limit",
            "from",
            "to",
            "basis",
            "group_by",
            "figure",
            "after",
        ];
        let encode = |value: &str| value.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
        let values: Vec<String> = malformed_values()
            .iter()
            .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
            .filter(|value| value.len() < 2_000)
            .map(|value| encode(&value))
            .chain(["%", "%zz", "%ff%fe", "+", "&&==&", "1e999", "NaN", "-0", "inf"].map(str::to_owned))
            .collect();
        for (_, path) in TABLE.iter().filter(|(method, _)| *method == "get") {
            for value in &values {
                let (start, end) = path.split_once('{').map_or((*path, ""), |(start, end)| {
                    (start, end.split_once('}').map_or("", |(_, end)| end))
                });
                if start != *path {
                    assert_handled(&county.get(&format!("{start}{value}{end}")).await, &format!("{path} {value}"));
                }
            }
        }
        for (path, needed) in [
            ("/v1/incidents", ""),
            ("/v1/units", ""),
            ("/v1/organisations", ""),
            ("/v1/accounts", ""),
            ("/v1/grids", "bbox=111,34,111,34"),
            ("/v1/locate", "lon=110.8569&lat=33.7606&datum=wgs84"),
            ("/v1/statistics/grassroots", "from=2026-11-01&to=2026-12-01"),
            ("/v1/statistics/grassroots/incidents", "from=2026-11-01&to=2026-12-01&figure=closed"),
        ] {
            for name in names {
                let others: String = needed
                    .split('&')
                    .filter(|pair| !pair.starts_with(name))
                    .map(|pair| format!("{pair}&"))
                    .collect();
                for value in &values {
                    let url = format!("{path}?{others}{name}={value}");
                    assert_handled(&county.get(&url).await, &url);
                }
            }
        }
        app.user("worker").await.file("5002", json!({})).await;
    }
}
