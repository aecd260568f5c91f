//! More accounts than the demo has, and helpers that take incidents through several commands.

use grassroots_domain::{account::Role, command_kind::CommandKind};
use reqwest::{Method, header::ACCEPT_LANGUAGE};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    ApiAnswer, Client, TestApp,
    photos::{jpeg, of},
};

/// The password of accounts made by `hire`.
pub const HIRED: &str = "Xiong-er-Shan-58";

/// The township of the demo, and some of its organisations.
pub const DESK: &str = "411224107-desk";
pub const URBAN: &str = "411224107-urban_management";
pub const VILLAGE_DESK: &str = "411224107200-desk";
pub const COUNTY_DESK: &str = "411224-desk";

impl TestApp {
    /// Creates an account as the security administrator, changes its password as its owner, and returns the signed-in
    /// client.
    pub async fn hire(&self, username: &str, role: Role, organisation: &str) -> Client {
        self.hire_for(username, role, organisation, &[]).await
    }

    /// The same for a grid worker of `grids`.
    pub async fn hire_for(&self, username: &str, role: Role, organisation: &str, grids: &[&str]) -> Client {
        const FIRST: &str = "Lao-jun-Shan-41";
        let account = json!({
            "username": username, "display_name": username, "role": role.as_str(),
            "organisation": organisation, "grids": grids, "password": FIRST,
        });
        self.user("secadmin").await.post("/v1/accounts", &account).await.expect(201);
        let client = self.sign_in(username, FIRST).await;
        let change = json!({ "current_password": FIRST, "password": HIRED });
        client.post("/v1/me/password", &change).await.expect(204);
        client
    }
}

impl Client {
    /// Sends a report that must succeed. Returns the id of the incident.
    pub async fn file(&self, category: &str, more: Value) -> String {
        self.report(category, more).await.expect(201).text("/id")
    }

    /// Gives a command that must succeed.
    pub async fn run_ok(&self, id: &str, command: &str, body: Value) -> ApiAnswer {
        let mut answer = self.command(id, command, body.clone()).await;
        // Some categories require a photo of the finished work.
        if answer.body["code"] == "after_photo_missing" {
            let mut shown = body;
            shown["photos"] = json!([of(&jpeg(Uuid::new_v4().as_u64_pair().0, 1_000), "after")]);
            answer = self.command(id, command, shown).await;
        }
        assert_eq!(answer.status, 200, "{command}: {}", answer.raw);
        answer
    }

    /// Reads an incident.
    pub async fn reads(&self, id: &str) -> ApiAnswer {
        self.get(&format!("/v1/incidents/{id}")).await.expect(200)
    }

    /// Reads something about an incident: `timeline`, `legs`, `routing`, `actions`.
    pub async fn reads_of(&self, id: &str, what: &str) -> ApiAnswer {
        self.get(&format!("/v1/incidents/{id}/{what}")).await.expect(200)
    }

    /// The incidents in a worklist.
    pub async fn queue(&self, queue: &str) -> Vec<String> {
        self.get(&format!("/v1/incidents?queue={queue}")).await.expect(200).texts("/incidents", "/id")
    }

    /// Gets `path` in English.
    pub async fn get_english(&self, path: &str) -> ApiAnswer {
        self.send(self.request(Method::GET, path).header(ACCEPT_LANGUAGE, "en")).await
    }

    /// The commands that this person may give.
    pub async fn actions(&self, id: &str) -> Vec<String> {
        let answer = self.reads_of(id, "actions").await;
        answer.texts("/actions", "/command")
    }

    /// The ids in a list, over all its pages.
    pub async fn lists(&self, path: &str) -> Vec<String> {
        let mut ids = Vec::new();
        let mut next = Some(path.to_owned());
        while let Some(path) = next {
            let page = self.get(&path).await.expect(200);
            ids.extend(page.texts("/incidents", "/id"));
            next = page.body["next"].as_str().map(str::to_owned);
        }
        ids
    }
}

impl ApiAnswer {
    /// The text at `inner` of every element of the array at `outer`; empty where an element has none.
    pub fn texts(&self, outer: &str, inner: &str) -> Vec<String> {
        let array = self.body.pointer(outer).and_then(Value::as_array);
        let array = array.unwrap_or_else(|| panic!("no array {outer} in {}", self.raw));
        let text = |value: &Value| value.pointer(inner).and_then(Value::as_str).map(str::to_owned);
        array.iter().map(|value| text(value).unwrap_or_default()).collect()
    }

    /// The event types of a timeline.
    pub fn happened(&self) -> Vec<String> {
        self.texts("/events", "/type")
    }

    /// Whether the value at a pointer is missing or `null`.
    pub fn lacks(&self, pointer: &str) -> bool {
        self.body.pointer(pointer).is_none_or(Value::is_null)
    }
}

/// Every command, written as in its path.
pub fn commands() -> impl Iterator<Item = String> {
    CommandKind::ALL.iter().map(|kind| kind.as_str().replace('_', "-"))
}

/// Accepts an incident, dispatches it to `organisation`, and submits the result `resolved` or `unresolved`.
pub async fn work_off(desk: &Client, organisation: &str, id: &str, outcome: &str) {
    desk.run_ok(id, "accept", json!({})).await;
    dispatch_and_submit(desk, organisation, id, outcome).await;
}

/// The same for an incident in `pending_dispatch`.
pub async fn dispatch_and_submit(desk: &Client, organisation: &str, id: &str, outcome: &str) {
    desk.run_ok(id, "dispatch", json!({ "organisation": organisation })).await;
    let result = json!({ "outcome": outcome, "method": "settlement", "result": "已当场处理" });
    desk.run_ok(id, "submit-result", result).await;
}

/// Takes an incident at the township desk through its urban management to `pending_verification`.
pub async fn through_township(app: &TestApp, id: &str, outcome: &str) {
    app.user("dispatcher").await.run_ok(id, "accept", json!({})).await;
    through_handler(app, id, outcome).await;
}

/// The same for an incident in `pending_dispatch`.
pub async fn through_handler(app: &TestApp, id: &str, outcome: &str) {
    app.user("dispatcher").await.run_ok(id, "dispatch", json!({ "organisation": URBAN })).await;
    let handler = app.user("handler").await;
    handler.run_ok(id, "acknowledge", json!({})).await;
    let result = json!({ "outcome": outcome, "method": "on_site_handling", "result": "已更换井盖并复查" });
    handler.run_ok(id, "submit-result", result).await;
}
