//! What a reporter may do after the report: take it back, comment on it, object to the closure.

use chrono::TimeDelta;
use grassroots_domain::account::Role;
use serde_json::json;

use crate::{
    both,
    support::{VILLAGE_DESK, through_township, work_off},
};

both! {
    async fn a_reporter_takes_a_mistaken_report_back(app: TestApp) {
        let (worker, dispatcher) = (app.user("worker").await, app.user("dispatcher").await);
        let id = worker.file("5002", json!({})).await;
        assert!(worker.actions(&id).await.contains(&"withdraw_report".to_owned()));
        let gone = worker.run_ok(&id, "withdraw-report", json!({ "reason": "已被路政修好" })).await;
        assert_eq!(gone.text("/state"), "voided");
        let timeline = dispatcher.reads_of(&id, "timeline").await;
        assert_eq!(timeline.happened(), ["reported", "report_withdrawn"]);
        assert_eq!(timeline.text("/events/1/text"), "已被路政修好");
        assert!(worker.reads(&id).await.lacks("/replies"), "the own reason is no reply");
        let accepted = worker.file("5002", json!({})).await;
        dispatcher.run_ok(&accepted, "accept", json!({})).await;
        let late = worker.command(&accepted, "withdraw-report", json!({ "reason": "已修好" })).await;
        late.expect_problem(409, "wrong_state");
    }

    async fn a_comment_of_the_reporter_reaches_the_desk_and_is_no_reply(app: TestApp) {
        let (worker, dispatcher) = (app.user("worker").await, app.user("dispatcher").await);
        let id = worker.file("5002", json!({})).await;
        worker.run_ok(&id, "comment", json!({ "audience": "reporter", "text": "又有一辆车陷进去了" })).await;
        let refused = worker.command(&id, "comment", json!({ "audience": "internal", "text": "内部" })).await;
        refused.expect_problem(422, "out_of_range");
        let timeline = dispatcher.reads_of(&id, "timeline").await;
        assert_eq!(timeline.text("/events/1/text"), "又有一辆车陷进去了");
        dispatcher.run_ok(&id, "comment", json!({ "audience": "reporter", "text": "抢修队已出发" })).await;
        assert_eq!(worker.reads(&id).await.texts("/replies", "/text"), ["抢修队已出发"]);
        let stranger = app.hire_for("li.wang", Role::GridWorker, VILLAGE_DESK, &["411224107200001"]).await;
        stranger.command(&id, "comment", json!({ "audience": "reporter", "text": "我也看到" })).await.expect_problem(404, "not_found");
    }

    async fn a_comment_of_one_reporter_is_not_told_to_another(app: TestApp) {
        let (worker, dispatcher) = (app.user("worker").await, app.user("dispatcher").await);
        let second = app.hire_for("li.wang", Role::GridWorker, VILLAGE_DESK, &["411224107200001"]).await;
        let (first, again) = (worker.file("5002", json!({})).await, second.file("5002", json!({})).await);
        dispatcher.run_ok(&again, "merge", json!({ "into": first, "reason": "同一个井盖" })).await;
        worker.run_ok(&first, "comment", json!({ "audience": "reporter", "text": "我家门口这个" })).await;
        dispatcher.run_ok(&first, "comment", json!({ "audience": "reporter", "text": "今天修好" })).await;
        assert_eq!(second.reads(&again).await.texts("/replies", "/text"), ["今天修好"]);
    }

    async fn an_objection_waits_at_the_desk_above_until_it_is_answered(app: TestApp) {
        let (worker, county) = (app.user("worker").await, app.user("county").await);
        let dispatcher = app.user("dispatcher").await;
        let id = worker.file("5002", json!({})).await;
        through_township(&app, &id, "resolved").await;
        dispatcher.run_ok(&id, "close", json!({ "reply": "已换好" })).await;
        worker.run_ok(&id, "object", json!({ "text": "井盖仍然松动" })).await;
        worker.command(&id, "object", json!({ "text": "还是松动" })).await.expect_problem(409, "decided_already");
        assert_eq!(county.queue("to_decide").await, std::slice::from_ref(&id));
        assert!(dispatcher.queue("to_decide").await.is_empty());
        let counts = county.get("/v1/queues").await.expect(200);
        assert!(counts.raw.contains("to_decide"), "{}", counts.raw);
        let seen = county.reads(&id).await;
        assert_eq!(seen.text("/deadlines/next/rule"), "objection", "{}", seen.raw);
        assert_eq!(county.lists("/v1/incidents?queue=to_decide&sort=due").await, std::slice::from_ref(&id));
        let asked = json!({ "channel": "visit", "settled": true, "remarks": "现场查看已稳固", "satisfaction": 4 });
        dispatcher.command(&id, "follow-up", asked.clone()).await.expect_problem(403, "not_yours");
        county.command(&id, "follow-up", asked.clone()).await.expect_problem(422, "missing_field");
        let mut answered = asked;
        answered["reply"] = json!("县里已现场查看，井盖稳固");
        county.run_ok(&id, "follow-up", answered).await;
        assert!(county.queue("to_decide").await.is_empty());
        assert_eq!(worker.reads(&id).await.texts("/replies", "/text"), ["已换好", "县里已现场查看，井盖稳固"]);
    }

    async fn an_objection_to_a_village_is_answered_by_reopening(app: TestApp) {
        let (worker, village) = (app.user("worker").await, app.user("village").await);
        let dispatcher = app.user("dispatcher").await;
        let id = worker.file("1001", json!({})).await;
        work_off(&village, VILLAGE_DESK, &id, "resolved").await;
        village.run_ok(&id, "close", json!({ "reply": "已调解" })).await;
        worker.run_ok(&id, "object", json!({ "text": "又吵起来了" })).await;
        assert_eq!(dispatcher.queue("to_decide").await, std::slice::from_ref(&id));
        dispatcher.run_ok(&id, "reopen", json!({ "reason": "未化解" })).await;
        assert!(dispatcher.queue("to_decide").await.is_empty());
        assert!(dispatcher.reads(&id).await.body["proceedings"]["objection"].is_null());
        let other = worker.file("1001", json!({})).await;
        work_off(&village, VILLAGE_DESK, &other, "resolved").await;
        village.run_ok(&other, "close", json!({ "reply": "已调解" })).await;
        app.pass(TimeDelta::days(8));
        let late = app.user("worker").await.command(&other, "object", json!({ "text": "又吵了" })).await;
        late.expect_problem(409, "reopen_too_late");
    }

    async fn a_closure_owes_the_reporter_a_reply(app: TestApp) {
        let (worker, dispatcher) = (app.user("worker").await, app.user("dispatcher").await);
        let id = worker.file("5002", json!({})).await;
        through_township(&app, &id, "resolved").await;
        let refused = dispatcher.command(&id, "close", json!({})).await.expect_problem(422, "missing_field");
        assert_eq!(refused.texts("/errors", "/pointer"), ["/reply"]);
        dispatcher.run_ok(&id, "close", json!({ "reply": "已换好" })).await;
        let own = dispatcher.file("5002", json!({})).await;
        through_township(&app, &own, "resolved").await;
        assert_eq!(dispatcher.run_ok(&own, "close", json!({})).await.text("/state"), "closed");
    }
}
