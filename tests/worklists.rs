//! Worklists: the numbers of open, unread and overdue incidents.

use chrono::TimeDelta;
use grassroots_domain::account::Role;
use serde_json::json;

use crate::{
    both,
    joint_work::FIRE,
    support::{ApiAnswer, Client, HIRED, VILLAGE_DESK, body_of, through_township},
};

/// The counts of a worklist: open, unread, overdue.
fn queue_counts(answer: &ApiAnswer, code: &str) -> (u64, u64, u64) {
    let all = answer.body["queues"].as_array().expect("queues");
    let one = all.iter().find(|queue| queue["queue"] == code).expect("the queue");
    let number = |name: &str| one[name].as_u64().expect("a number");
    (number("open"), number("unread"), number("overdue"))
}

impl Client {
    /// Marks these worklists as seen now.
    async fn mark_seen(&self, queues: &[&str]) {
        let now = self.get("/v1/queues").await.expect(200).text("/as_of");
        for queue in queues {
            let seen = self.post(&format!("/v1/queues/{queue}/seen"), &json!({ "until": now })).await;
            assert_eq!(seen.status, 204, "{}", seen.raw);
        }
    }
}

both! {
    async fn worklists_count_open_unread_and_overdue_incidents(app: TestApp) {
        let (worker, dispatcher) = (app.user("worker").await, app.user("dispatcher").await);
        let first = worker.file("5002", json!({})).await;
        worker.file("5002", json!({})).await;
        let counts = dispatcher.get("/v1/queues").await.expect(200);
        assert_eq!(queue_counts(&counts, "desk"), (2, 2, 0));
        assert_eq!(queue_counts(&counts, "mine"), (2, 2, 0));
        dispatcher.mark_seen(&["mine", "desk"]).await;
        app.pass(TimeDelta::minutes(1));
        dispatcher.run_ok(&first, "accept", json!({})).await;
        dispatcher.run_ok(&first, "dispatch", body_of("dispatch")).await;
        let counts = dispatcher.get("/v1/queues").await.expect(200);
        assert_eq!(queue_counts(&counts, "mine"), (1, 0, 0));
        assert_eq!(queue_counts(&counts, "desk"), (2, 0, 0), "the own dispatch is not unread");
        app.user("handler").await.run_ok(&first, "return", body_of("return")).await;
        let counts = dispatcher.get("/v1/queues").await.expect(200);
        for queue in ["mine", "desk"] {
            assert_eq!(queue_counts(&counts, queue), (2, 1, 0), "a returned incident is unread");
        }
        assert_eq!(queue_counts(&counts, "returned"), (1, 1, 0));
        dispatcher.run_ok(&first, "escalate", body_of("escalate")).await;
        let county = app.user("county").await;
        county.run_ok(&first, "accept", json!({})).await;
        assert!(county.queue("returned").await.is_empty(), "nothing was returned to the county");
        app.pass(TimeDelta::hours(3));
        let counts = app.user("dispatcher").await.get("/v1/queues").await.expect(200);
        assert_eq!(queue_counts(&counts, "overdue"), (1, 1, 1));
        let bad = app.user("dispatcher").await.get("/v1/incidents?queue=all").await;
        assert_eq!(bad.status, 400);
        let nothing = app
            .user("dispatcher")
            .await
            .post("/v1/queues/nothing/seen", &json!({ "until": "2026-11-23T10:00:00+08:00" })).await;
        assert_eq!(nothing.status, 400, "{}", nothing.raw);
    }

    async fn call_in_supervision_and_requests_are_unread_in_worklists(app: TestApp) {
        let id = app.user("worker").await.file("2008", json!({})).await;
        let (dispatcher, handler) = (app.user("dispatcher").await, app.user("handler").await);
        let fire = app.hire("fire", Role::Handler, FIRE).await;
        dispatcher.run_ok(&id, "accept", json!({})).await;
        dispatcher.run_ok(&id, "dispatch", body_of("dispatch")).await;
        handler.run_ok(&id, "acknowledge", json!({})).await;
        let all = ["mine", "desk", "supervised", "to_decide"];
        for who in [&dispatcher, &handler, &fire] {
            who.mark_seen(&all).await;
        }
        app.pass(TimeDelta::minutes(1));
        let counts = async |who: &Client, queue: &str| queue_counts(&who.get("/v1/queues").await.expect(200), queue);
        dispatcher.run_ok(&id, "call-in", body_of("call-in")).await;
        assert_eq!(counts(&fire, "mine").await, (1, 1, 0), "called in");
        assert_eq!(counts(&handler, "mine").await, (1, 0, 0), "nothing is unread");
        app.user("county").await.run_ok(&id, "supervise", body_of("supervise")).await;
        assert_eq!(counts(&handler, "supervised").await, (1, 1, 0));
        assert_eq!(counts(&dispatcher, "supervised").await, (1, 1, 0));
        handler.run_ok(&id, "extend", body_of("extend")).await;
        assert_eq!(counts(&dispatcher, "to_decide").await, (1, 1, 0));
        dispatcher.mark_seen(&all).await;
        assert_eq!(counts(&dispatcher, "to_decide").await, (1, 0, 0));
        assert_eq!(counts(&dispatcher, "desk").await, (1, 0, 0));
    }

    async fn a_check_is_overdue_by_its_own_deadline(app: TestApp) {
        let id = app.user("worker").await.file("5002", json!({})).await;
        through_township(&app, &id, "resolved").await;
        let dispatcher = app.user("dispatcher").await;
        let grid = dispatcher.reads(&id).await.text("/origin/grid");
        let neighbour = app.hire_for("neighbour", Role::GridWorker, VILLAGE_DESK, &[&grid]).await;
        let me = neighbour.get("/v1/me").await.expect(200).text("/id");
        app.pass(TimeDelta::hours(1));
        let dispatcher = app.user("dispatcher").await;
        dispatcher.run_ok(&id, "request-check", json!({ "worker": me })).await;
        let seen = dispatcher.reads(&id).await;
        let due = |pointer: &str| chrono::DateTime::parse_from_rfc3339(&seen.text(pointer)).expect("a time");
        let (verify, check) = (due("/deadlines/verify/at"), due("/proceedings/check/due/at"));
        assert!(verify < check, "{verify} {check}");
        app.pass(verify.to_utc() - app.now() + TimeDelta::minutes(1));
        let neighbour = app.sign_in("neighbour", HIRED).await;
        assert_eq!(app.user("dispatcher").await.queue("overdue").await, [id.as_str()]);
        assert_eq!(queue_counts(&neighbour.get("/v1/queues").await.expect(200), "mine"), (1, 1, 0));
        assert!(neighbour.queue("overdue").await.is_empty(), "the check has its own deadline");
        app.pass(check.to_utc() - app.now() + TimeDelta::minutes(1));
        let neighbour = app.sign_in("neighbour", HIRED).await;
        assert_eq!(queue_counts(&neighbour.get("/v1/queues").await.expect(200), "mine"), (1, 1, 1));
        assert_eq!(neighbour.queue("overdue").await, [id.as_str()]);
    }
}
