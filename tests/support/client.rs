//! An HTTP client of the API.

use std::time::Duration;

use chrono::TimeDelta;
use grassroots_domain::time::Instant;
use reqwest::{Method, RequestBuilder, header::HeaderMap};
use serde_json::{Value, json};
use uuid::Uuid;

/// A client, signed in or not.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    url: String,
    /// The access token, and the time at which it was issued.
    token: Option<(String, Instant)>,
}

#[derive(Clone, Debug)]
pub struct ApiAnswer {
    pub status: u16,
    pub headers: HeaderMap,
    /// The body as text.
    pub raw: String,
    /// The body as JSON; null if it is not JSON.
    pub body: Value,
}

impl ApiAnswer {
    /// The text at a JSON pointer.
    pub fn text(&self, pointer: &str) -> String {
        let value = self.body.pointer(pointer).unwrap_or_else(|| panic!("no {pointer} in {}", self.body));
        value.as_str().unwrap_or_else(|| panic!("{pointer} is no text in {}", self.body)).to_owned()
    }

    /// The number at a JSON pointer.
    pub fn number(&self, pointer: &str) -> u64 {
        let value = self.body.pointer(pointer).unwrap_or_else(|| panic!("no {pointer} in {}", self.body));
        value.as_u64().unwrap_or_else(|| panic!("{pointer} is no number in {}", self.body))
    }

    /// The code of the problem.
    pub fn code(&self) -> String {
        self.text("/code")
    }

    /// Asserts the status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.raw);
        self
    }

    /// Asserts that the answer is a problem with this status and code.
    #[track_caller]
    pub fn expect_problem(self, status: u16, code: &str) -> Self {
        assert_eq!(
            (self.status, self.body.pointer("/code").and_then(Value::as_str)),
            (status, Some(code)),
            "{}",
            self.raw
        );
        assert_eq!(self.headers["content-type"], "application/problem+json");
        assert!(self.body["request_id"].is_string(), "{}", self.raw);
        self
    }
}

impl Client {
    pub fn new(url: &str, token: Option<(String, Instant)>) -> Self {
        // Each client has its own connections, so that no test waits for another.
        // The server closes a connection that is idle for five seconds. On a busy machine, a request could meet that moment.
        let http = reqwest::Client::builder().pool_idle_timeout(Duration::from_secs(1)).build();
        Self { http: http.expect("a client"), url: url.to_owned(), token }
    }

    /// The same client with another access token, issued at `now`.
    pub fn with_token(&self, token: String, now: Instant) -> Self {
        Self { token: Some((token, now)), ..self.clone() }
    }

    pub fn token(&self) -> &str {
        self.token.as_ref().map_or("", |(token, _)| token)
    }

    /// Whether the access token is still valid at `now`, for at least another minute.
    pub fn is_fresh(&self, now: Instant) -> bool {
        self.token.as_ref().is_some_and(|(_, since)| now - *since < TimeDelta::minutes(14))
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.url));
        match &self.token {
            Some((token, _)) => request.bearer_auth(token),
            None => request,
        }
    }

    pub async fn send(&self, request: RequestBuilder) -> ApiAnswer {
        let response = request.send().await.expect("the server answers");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let raw = response.text().await.expect("a body");
        let body = serde_json::from_str(&raw).unwrap_or(Value::Null);
        ApiAnswer { status, headers, raw, body }
    }

    pub async fn get(&self, path: &str) -> ApiAnswer {
        self.send(self.request(Method::GET, path)).await
    }

    pub async fn delete(&self, path: &str) -> ApiAnswer {
        self.send(self.request(Method::DELETE, path)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> ApiAnswer {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    /// Sends a report of `category` from the demo worker's village. `more` adds or replaces fields.
    pub async fn report(&self, category: &str, more: Value) -> ApiAnswer {
        self.post("/v1/incidents", &report(category, more)).await
    }

    /// Sends a command with the current version of the incident and a new idempotency key.
    pub async fn command(&self, incident: &str, command: &str, body: Value) -> ApiAnswer {
        let version = self.version(incident).await;
        self.command_at(incident, command, body, version, Uuid::new_v4()).await
    }

    /// Sends a command with this version and this idempotency key.
    pub async fn command_at(
        &self,
        incident: &str,
        command: &str,
        body: Value,
        version: u64,
        key: Uuid,
    ) -> ApiAnswer {
        let request = self
            .request(Method::POST, &format!("/v1/incidents/{incident}/{command}"))
            .header("If-Match", format!("\"{version}\""))
            .header("Idempotency-Key", key.to_string())
            .json(&body);
        self.send(request).await
    }

    /// The version of an incident, or 0 if it is not visible.
    pub async fn version(&self, incident: &str) -> u64 {
        self.get(&format!("/v1/incidents/{incident}")).await.body["version"].as_u64().unwrap_or(0)
    }
}

/// A report of `category` in the demo worker's village. `more` adds or replaces fields; `null` removes a field.
pub fn report(category: &str, more: Value) -> Value {
    let mut body = json!({
        "id": Uuid::new_v4(),
        "category": category,
        "description": "村口井盖缺失，夜间无灯，车辆绕行",
        "place_text": "村委会门口",
        "reported_at": "2026-11-23T09:55:00+08:00",
    });
    for (field, value) in more.as_object().expect("an object") {
        if value.is_null() {
            body.as_object_mut().expect("an object").remove(field);
        } else {
            body[field] = value.clone();
        }
    }
    body
}
