//! Invalid requests: malformed, too large or deeply nested bodies, wrong query parameters, invalid cursors.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::{
    Method,
    header::{CONTENT_TYPE, HeaderValue},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    both,
    support::{ApiAnswer, Client, TestApp, report},
};

const JSON: Option<&str> = Some("application/json");
/// The largest body, in bytes.
const LARGEST: usize = 65_536;
/// Levels of nesting.
const DEEP: usize = 50_000;

/// A valid report with a length of `length` bytes.
fn padded(length: usize) -> String {
    let body = report("5002", json!({})).to_string();
    format!("{body}{}", " ".repeat(length - body.len()))
}

/// A request with a body in two chunks, without `Content-Length`.
fn chunked(app: &TestApp, who: &Client, body: &str) -> Vec<u8> {
    let (host, token) = (app.host(), who.token());
    let (first, second) = body.split_at(body.len() / 2);
    format!(
        "POST /v1/incidents HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n\
         {:x}\r\n{first}\r\n{:x}\r\n{second}\r\n0\r\n\r\n",
        first.len(),
        second.len(),
    )
    .into_bytes()
}

both! {
    async fn bodies_that_are_not_a_json_object_are_refused(app: TestApp) {
        let worker = app.user("worker").await;
        let deep = |start: &str| format!("{start}{}", "[".repeat(DEEP)).into_bytes();
        let spelled = |text: &str| text.replace("ID", &Uuid::new_v4().to_string()).into_bytes();
        let twice = spelled(
            r#"{"id":"ID","id":"ID","category":"5002","description":"井盖丢失了","place_text":"村口"}"#,
        );
        let huge = spelled(
            r#"{"id":"ID","category":"5002","description":"井盖丢失了","location":{"lon":1e400,"lat":33.7,"datum":"wgs84"}}"#,
        );
        let not_a_number = spelled(
            r#"{"id":"ID","category":"5002","description":"井盖丢失了","location":{"lon":NaN,"lat":33.7,"datum":"wgs84"}}"#,
        );
        let truncated = report("5002", json!({})).to_string();
        for (body, status, code, pointer) in [
            (b"".to_vec(), 400, "malformed_json", None),
            (b"{".to_vec(), 400, "malformed_json", None),
            (truncated.as_bytes()[..truncated.len() - 1].to_vec(), 400, "malformed_json", None),
            (truncated.as_bytes()[..truncated.len() / 2].to_vec(), 400, "malformed_json", None),
            (format!("{truncated}x").into_bytes(), 400, "malformed_json", None),
            (format!("{truncated}{truncated}").into_bytes(), 400, "malformed_json", None),
            (format!("\u{feff}{truncated}").into_bytes(), 400, "malformed_json", None),
            (b"{\"id\":\"\xff\"}".to_vec(), 400, "malformed_json", None),
            (b"{\"category\":\"\\ud800\"}".to_vec(), 400, "malformed_json", None),
            (b"{\"description\":\"a\nb\"}".to_vec(), 400, "malformed_json", None),
            (huge, 400, "malformed_json", None),
            (not_a_number, 400, "malformed_json", None),
            (b"[]".to_vec(), 422, "wrong_type", Some("")),
            (b"[1,2]".to_vec(), 422, "wrong_type", Some("")),
            (b"null".to_vec(), 422, "wrong_type", Some("")),
            (b"\"{}\"".to_vec(), 422, "wrong_type", Some("")),
            (twice, 422, "wrong_type", Some("/id")),
            (deep(""), 422, "wrong_type", Some("")),
            (deep("{\"description\":"), 422, "wrong_type", Some("/description")),
            (deep("{\"location\":{\"lon\":"), 422, "wrong_type", Some("/location/lon")),
            (deep("{\"location\":"), 422, "wrong_type", Some("/location")),
            (deep("{\"colour\":"), 422, "unknown_field", Some("/colour")),
            (deep("{\"location\":{\"colour\":"), 422, "unknown_field", Some("/location/colour")),
        ] {
            let beginning = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
            let answer = worker.post_raw("/v1/incidents", JSON, body).await;
            assert_eq!((answer.status, answer.code().as_str()), (status, code), "{beginning}: {}", answer.raw);
            let answer = answer.expect_problem(status, code);
            assert_eq!(
                answer.body.pointer("/errors/0/pointer").and_then(Value::as_str),
                pointer,
                "{beginning}: {}",
                answer.raw
            );
        }
        assert_eq!(worker.get("/v1/incidents").await.expect(200).body["incidents"], json!([]));
    }

    async fn bodies_of_another_media_type_are_refused(app: TestApp) {
        let worker = app.user("worker").await;
        let body = || report("5002", json!({})).to_string();
        for wrong in [
            None,
            Some("text/plain"),
            Some("text/json"),
            Some("application/x-www-form-urlencoded"),
            Some("multipart/form-data; boundary=x"),
            Some("application/jsonp"),
            Some("application/merge-patch+json"),
            Some("json"),
            Some("*/*"),
        ] {
            let answer = worker.post_raw("/v1/incidents", wrong, body()).await;
            let answer = answer.expect_problem(415, "unsupported_media_type");
            let given = wrong.and_then(|given| given.split(';').next()).unwrap_or_default();
            assert!(answer.text("/detail").contains(given), "{}", answer.raw);
        }
        let odd = worker.request(Method::POST, "/v1/incidents").body(body());
        let odd = odd.header(CONTENT_TYPE, HeaderValue::from_bytes(b"application/\xff").expect("a value"));
        worker.send(odd).await.expect_problem(415, "unsupported_media_type");
        for right in ["application/json", "Application/JSON", "application/json; charset=utf-8"] {
            worker.post_raw("/v1/incidents", Some(right), body()).await.expect(201);
        }
    }

    async fn larger_bodies_than_the_limit_are_refused(app: TestApp) {
        let worker = app.user("worker").await;
        worker.post_raw("/v1/incidents", JSON, padded(LARGEST)).await.expect(201);
        let over = worker.post_raw("/v1/incidents", JSON, padded(LARGEST + 1)).await;
        let over = over.expect_problem(413, "body_too_large");
        assert!(over.text("/detail").contains("65536"), "{}", over.raw);

        let taken = app.exchange(&chunked(&app, &worker, &padded(LARGEST)));
        assert!(taken.starts_with("HTTP/1.1 201 "), "{taken}");
        let over = app.exchange(&chunked(&app, &worker, &padded(LARGEST + 1)));
        assert!(over.starts_with("HTTP/1.1 413 ") && over.contains("\"body_too_large\""), "{over}");

        // A body with too large a `Content-Length` is refused at once.
        let (host, token) = (app.host(), worker.token());
        let announced = format!(
            "POST /v1/incidents HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: 10000000000\r\n\r\n{{"
        );
        let refused = app.exchange(announced.as_bytes());
        assert!(refused.starts_with("HTTP/1.1 413 "), "{refused}");
        assert_eq!(worker.get("/v1/incidents").await.expect(200).texts("/incidents", "/id").len(), 2);
    }

    async fn wrong_queries_are_refused(app: TestApp) {
        let county = app.user("county").await;
        for (path, parameter, quoted) in [
            ("/v1/incidents?limit=0", "limit", "0"),
            ("/v1/incidents?limit=201", "limit", "201"),
            ("/v1/incidents?limit=abc", "limit", "abc"),
            ("/v1/incidents?limit=-1", "limit", "-1"),
            ("/v1/incidents?limit=", "limit", ""),
            ("/v1/incidents?limit=4294967296", "limit", "4294967296"),
            ("/v1/incidents?colour=red", "colour", "colour"),
            ("/v1/incidents?sort=oldest", "sort", "oldest"),
            ("/v1/incidents?unit=12345", "unit", "12345"),
            ("/v1/incidents?unit=%E4%BA%95", "unit", "井"),
            ("/v1/incidents?state=done", "state", "done"),
            ("/v1/incidents?state=open,x", "state", "x"),
            ("/v1/incidents?level=hamlet", "level", "hamlet"),
            ("/v1/incidents?category=12", "category", "12"),
            ("/v1/incidents?severity=bad", "severity", "bad"),
            ("/v1/incidents?mine=maybe", "mine", "maybe"),
            ("/v1/incidents?due_before=tomorrow", "due_before", "tomorrow"),
            ("/v1/incidents?due_before=-9000-01-01T00:00:00Z", "due_before", "9000"),
            ("/v1/incidents?q=a%00b", "q", "a"),
            ("/v1/incidents?datum=utm", "datum", "utm"),
            ("/v1/incidents?limit=1&limit=2", "limit", "limit"),
            ("/v1/units?parent=x", "parent", "x"),
            ("/v1/organisations?kind=x", "kind", "x"),
            ("/v1/grids", "bbox", "bbox"),
            ("/v1/grids?bbox=1,2,3", "bbox", "1,2,3"),
            ("/v1/grids?bbox=NaN,NaN,NaN,NaN", "bbox", "NaN"),
            ("/v1/locate?lon=x&lat=34&datum=wgs84", "lon", "x"),
            ("/v1/locate?lon=111&lat=34", "datum", "datum"),
            ("/v1/locate?lon=111&lat=34&datum=utm", "datum", "utm"),
            ("/v1/statistics/grassroots?from=2026-11-01", "to", "to"),
            ("/v1/statistics/grassroots?from=2026-11-31&to=2026-12-01", "from", "2026-11-31"),
            ("/v1/statistics/grassroots?from=2026-11-02&to=2026-11-01", "to", "2026-11-01"),
            ("/v1/statistics/grassroots?from=-262143-01-01&to=2026-11-01", "from", "-262143"),
            ("/v1/statistics/grassroots?from=2026-11-01&to=%2B262142-12-31", "to", "262142"),
            ("/v1/statistics/grassroots?from=2026-11-01&to=2026-12-01&basis=x", "basis", "x"),
            ("/v1/statistics/grassroots?from=0001-01-01&to=9999-12-31&group_by=month", "group_by", "month"),
            ("/v1/statistics/grassroots/incidents?from=2026-11-01&to=2026-12-01&figure=x", "figure", "x"),
        ] {
            for language in ["zh", "en"] {
                let request = county.request(Method::GET, path).header("Accept-Language", language);
                let answer = county.send(request).await;
                assert_eq!(
                    (answer.status, answer.code().as_str()),
                    (400, "invalid_query"),
                    "{path}: {}",
                    answer.raw
                );
                assert_eq!(answer.text("/errors/0/pointer"), parameter, "{path}: {}", answer.raw);
                assert!(answer.text("/detail").contains(quoted), "{path}: {}", answer.raw);
            }
        }
        county.get("/v1/locate?lon=34&lat=111&datum=wgs84").await.expect_problem(422, "position_swapped");
        county
            .get("/v1/incidents?limit=200&sort=due&state=open&q=%25_'&due_before=9999-12-31T00:00:00Z")
            .await
            .expect(200);
        county.get("/v1/statistics/grassroots?from=0001-01-01&to=9999-12-31").await.expect(200);
    }

    async fn invalid_cursors_are_refused(app: TestApp) {
        let (worker, county) = (app.user("worker").await, app.user("county").await);
        for _ in 0..3 {
            worker.file("5002", json!({})).await;
        }
        let cursor = |page: &ApiAnswer| page.text("/next").split("cursor=").nth(1).expect("a cursor").to_owned();
        let newest = cursor(&county.get("/v1/incidents?limit=1").await.expect(200));
        let due = cursor(&county.get("/v1/incidents?limit=1&sort=due").await.expect(200));
        county.get(&format!("/v1/incidents?limit=1&cursor={newest}")).await.expect(200);
        county.get(&format!("/v1/incidents?limit=1&sort=due&cursor={due}")).await.expect(200);

        let coded = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let garbage = [
            String::new(),
            "x".to_owned(),
            "!!!".to_owned(),
            "%00".to_owned(),
            "%E4%BA%95".to_owned(),
            "null".to_owned(),
            format!("{newest}A"),
            newest[1..].to_owned(),
            coded("{}"),
            coded("[]"),
            coded("5"),
            coded("{\"key\":\"1\"}"),
            coded("{\"key\":1e400}"),
            coded("{\"key\":9223372036854775808}"),
            coded("{\"key\":1,\"x\":2}"),
            coded("{\"key\":1,\"due_us\":9223372036854775807}"),
            coded("{\"key\":1,\"due_us\":-300000000000000000}"),
            coded(&"[".repeat(5_000)),
        ];
        for sort in ["newest", "due"] {
            let other = if sort == "newest" { &due } else { &newest };
            for cursor in garbage.iter().chain([other]) {
                let answer = county.get(&format!("/v1/incidents?sort={sort}&cursor={cursor}")).await;
                assert_eq!(answer.status, 400, "{cursor}: {}", answer.raw);
                answer.expect_problem(400, "invalid_cursor");
            }
        }
        let behind = "/v1/statistics/grassroots/incidents?from=2026-11-01&to=2026-12-01&figure=closed";
        county.get(&format!("{behind}&cursor=x")).await.expect_problem(400, "invalid_cursor");
        // A valid cursor without any incident after it leads to an empty page.
        for (sort, text) in [
            ("newest", "{\"key\":-1}"),
            ("newest", "{\"key\":-9223372036854775808}"),
            ("due", "{\"key\":-1,\"due_ms\":253000000000000}"),
        ] {
            let page =
                county.get(&format!("/v1/incidents?sort={sort}&cursor={}", coded(text))).await.expect(200);
            assert_eq!(page.body["incidents"], json!([]));
        }
    }
}
