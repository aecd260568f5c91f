//! Commands that do the work of several, and the departments that a desk is told to dispatch to.

use std::cell::Cell;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    both,
    support::{
        Client, DESK, URBAN,
        photos::{jpeg, of},
    },
};

/// A person whose calls are counted. Each command uses the version of the answer before it.
struct Caller<'a> {
    client: Client,
    calls: &'a Cell<u32>,
    commands: &'a Cell<u32>,
}

impl Caller<'_> {
    async fn reports(&self, category: &str) -> String {
        self.calls.set(self.calls.get() + 1);
        self.commands.set(self.commands.get() + 1);
        self.client.file(category, json!({})).await
    }

    async fn reads(&self, id: &str) -> u64 {
        self.calls.set(self.calls.get() + 1);
        self.client.reads(id).await.number("/version")
    }

    /// Returns the version after the command.
    async fn gives(&self, id: &str, command: &str, version: u64, body: Value) -> u64 {
        self.calls.set(self.calls.get() + 1);
        self.commands.set(self.commands.get() + 1);
        let answer = self.client.command_at(id, command, body, version, Uuid::new_v4()).await;
        answer.expect(200).number("/version")
    }
}

both! {
    async fn the_commonest_stories_take_few_calls(app: TestApp) {
        let (calls, commands) = (Cell::new(0), Cell::new(0));
        let caller = |client| Caller { client, calls: &calls, commands: &commands };
        let (worker, dispatcher) = (caller(app.user("worker").await), caller(app.user("dispatcher").await));
        let (handler, village) = (caller(app.user("handler").await), caller(app.user("village").await));
        let photo = json!([of(&jpeg(8, 3_000), "after")]);

        let id = worker.reports("5002").await;
        let version = dispatcher.reads(&id).await;
        dispatcher.gives(&id, "accept-and-dispatch", version, json!({ "organisation": URBAN })).await;
        let version = handler.reads(&id).await;
        let version = handler.gives(&id, "acknowledge", version, json!({})).await;
        let result = json!({ "outcome": "resolved", "method": "on_site_handling", "result": "已更换", "photos": photo });
        handler.gives(&id, "submit-result", version, result).await;
        let version = dispatcher.reads(&id).await;
        dispatcher.gives(&id, "close", version, json!({ "reply": "井盖已换好" })).await;
        assert_eq!((calls.replace(0), commands.replace(0)), (8, 5), "a township dispatches");

        let id = worker.reports("1001").await;
        let version = village.reads(&id).await;
        let settled = json!({ "method": "settlement", "result": "当面说和", "reply": "两家已说和" });
        village.gives(&id, "settle", version, settled).await;
        assert_eq!((calls.replace(0), commands.replace(0)), (3, 2), "a village settles");
    }

    async fn a_township_accepts_and_dispatches_in_one_call(app: TestApp) {
        let (worker, dispatcher) = (app.user("worker").await, app.user("dispatcher").await);
        let id = worker.file("5002", json!({})).await;
        let seen = dispatcher.reads(&id).await;
        assert_eq!(seen.text("/proposed/0/organisation"), URBAN, "{}", seen.raw);
        assert_eq!((seen.text("/proposed/0/duty"), seen.text("/proposed/0/name")), ("basic".into(), "东明镇综合行政执法队".into()));
        assert!(dispatcher.actions(&id).await.contains(&"accept_and_dispatch".to_owned()));
        let body = json!({ "organisation": seen.text("/proposed/0/organisation") });
        let sent = dispatcher.run_ok(&id, "accept-and-dispatch", body).await;
        assert_eq!((sent.text("/state"), sent.text("/holder/organisation")), ("pending_receipt".into(), URBAN.into()));
        let happened = dispatcher.reads_of(&id, "timeline").await.happened();
        assert_eq!(happened, ["reported", "accepted", "dispatched"]);
        // Who cannot dispatch gets no proposals, and a list shows none.
        for reader in [&worker, &app.user("handler").await, &app.user("county").await] {
            assert!(reader.reads(&id).await.lacks("/proposed"));
        }
        assert!(!dispatcher.get("/v1/incidents").await.expect(200).raw.contains("\"proposed\""));
    }

    async fn a_village_settles_a_small_matter_in_one_call(app: TestApp) {
        let (worker, village) = (app.user("worker").await, app.user("village").await);
        let id = worker.file("1001", json!({})).await;
        let wordless = json!({ "method": "settlement", "result": "当面说和" });
        village.command(&id, "settle", wordless).await.expect_problem(422, "missing_field");
        let body = json!({ "method": "settlement", "result": "当面说和", "reply": "两家已说和，路已让开" });
        let closed = village.run_ok(&id, "settle", body).await;
        assert_eq!(closed.text("/state"), "closed");
        let seen = worker.reads(&id).await;
        assert_eq!(seen.text("/outcome"), "resolved");
        assert_eq!(seen.texts("/replies", "/text"), ["两家已说和，路已让开"]);
        assert_eq!((&seen.body["self_verified"], &seen.body["on_spot"]), (&json!(true), &json!(false)));
        let happened = village.reads_of(&id, "timeline").await.happened();
        assert_eq!(happened, ["reported", "accepted", "dispatched", "result_submitted", "closed"]);
        let township = worker.file("5002", json!({})).await;
        let with_photo = json!({
            "method": "on_site_handling", "result": "已更换", "reply": "已更换",
            "photos": [of(&jpeg(7, 3_000), "after")],
        });
        let refused = app.user("dispatcher").await.command(&township, "settle", with_photo).await;
        assert!(refused.text("/detail").contains("只有村（社区）可以直接办结"), "{}", refused.raw);
        refused.expect_problem(409, "wrong_state");
    }

    async fn the_work_is_redispatched_from_an_organisation_that_does_not_do_it(app: TestApp) {
        let (dispatcher, handler) = (app.user("dispatcher").await, app.user("handler").await);
        let id = app.user("worker").await.file("5002", json!({})).await;
        dispatcher.run_ok(&id, "accept-and-dispatch", json!({ "organisation": URBAN })).await;
        handler.run_ok(&id, "acknowledge", json!({})).await;
        let other = "411224107-housing_construction";
        let body = json!({ "organisation": other, "reason": "执法队人手不足", "outside_duty": true });
        let moved = dispatcher.run_ok(&id, "redispatch", body).await;
        assert_eq!((moved.text("/state"), moved.text("/holder/organisation")), ("pending_receipt".into(), other.into()));
        let legs = dispatcher.reads_of(&id, "legs").await;
        assert_eq!(legs.texts("/custody/0/handling", "/organisation/organisation"), [URBAN, other]);
        assert_eq!(legs.text("/custody/0/handling/0/outcome"), "reassigned");
        assert_eq!(handler.reads(&id).await.text("/visibility"), "former", "the work is no longer theirs");
        let own = json!({ "organisation": DESK, "reason": "本台自办" });
        assert_eq!(dispatcher.run_ok(&id, "redispatch", own).await.text("/state"), "in_progress");
        let third = json!({ "organisation": URBAN, "reason": "再派" });
        dispatcher.command(&id, "redispatch", third).await.expect_problem(409, "too_often");
        let decided = json!({ "organisation": URBAN, "decision": "由执法队主办" });
        assert_eq!(app.user("county").await.run_ok(&id, "arbitrate", decided).await.text("/holder/organisation"), URBAN);
    }
}
