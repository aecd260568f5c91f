//! Commands that involve several people: assistance, call-in, disputes, approval by a second person, transfer between
//! desks, supervision.

use chrono::TimeDelta;
use grassroots::app::reconciler::run_once;
use grassroots_domain::account::Role;
use serde_json::json;

use crate::{
    both,
    support::{COUNTY_DESK, DESK, HIRED, URBAN, VILLAGE_DESK, body_of, through_township},
};

pub const FIRE: &str = "411224-fire_rescue";
const NEXT_DESK: &str = "411224108-desk";

both! {
    async fn assisting_units_are_called_in_and_answer(app: TestApp) {
        let id = app.user("worker").await.file("5002", json!({})).await;
        let dispatcher = app.user("dispatcher").await;
        dispatcher.run_ok(&id, "accept", json!({})).await;
        let power = "411224107-power_utility";
        let body = json!({ "organisation": URBAN, "assist": [power], "outside_duty": true });
        dispatcher.run_ok(&id, "dispatch", body).await;
        app.user("handler").await.run_ok(&id, "acknowledge", json!({})).await;
        dispatcher.run_ok(&id, "call-in", json!({ "organisations": [FIRE], "urgent": true, "purpose": "现场警戒" })).await;
        let again = dispatcher.command(&id, "call-in", body_of("call-in")).await;
        again.expect_problem(422, "cannot_assist");
        let far = json!({ "organisations": ["411202-fire_rescue"], "purpose": "支援" });
        dispatcher.command(&id, "call-in", far).await.expect_problem(422, "cannot_assist");

        let fire = app.hire("fire", Role::Handler, FIRE).await;
        let grid = app.hire("power", Role::Handler, power).await;
        assert_eq!(fire.queue("mine").await, [id.as_str()]);
        fire.run_ok(&id, "answer", json!({ "answer": "confirmed", "text": "十分钟到" })).await;
        fire.command(&id, "answer", body_of("answer")).await.expect_problem(409, "decided_already");
        fire.run_ok(&id, "answer", json!({ "answer": "done", "text": "已撤离" })).await;
        grid.run_ok(&id, "answer", json!({ "answer": "declined", "text": "不涉及供电设施" })).await;
        app.user("handler").await.run_ok(&id, "arrive", json!({})).await;
        app.user("handler").await.run_ok(&id, "submit-result", body_of("submit-result")).await;
        let legs = dispatcher.reads_of(&id, "legs").await;
        assert_eq!(legs.texts("/custody/0/handling", "/outcome"), ["submitted", "declined", "done"]);
        assert_eq!(legs.texts("/custody/0/handling", "/role"), ["lead", "assist", "assist"]);
    }

    async fn after_two_returns_a_dispute_is_decided_by_the_desk_above(app: TestApp) {
        let id = app.user("worker").await.file("5002", json!({})).await;
        let (dispatcher, handler) = (app.user("dispatcher").await, app.user("handler").await);
        dispatcher.run_ok(&id, "accept", json!({})).await;
        for _ in 0..2 {
            dispatcher.run_ok(&id, "dispatch", body_of("dispatch")).await;
            handler.command(&id, "dispute", body_of("dispute")).await.expect_problem(409, "return_first");
            handler.run_ok(&id, "return", body_of("return")).await;
        }
        dispatcher.run_ok(&id, "dispatch", body_of("dispatch")).await;
        handler.command(&id, "return", body_of("return")).await.expect_problem(409, "returned_too_often");
        handler.run_ok(&id, "dispute", body_of("dispute")).await;
        dispatcher.command(&id, "arbitrate", body_of("arbitrate")).await.expect_problem(403, "not_yours");
        let county = app.user("county").await;
        assert_eq!(county.queue("to_decide").await, [id.as_str()]);
        assert!(dispatcher.queue("to_decide").await.is_empty(), "the township cannot decide");
        let decided = county.run_ok(&id, "arbitrate", body_of("arbitrate")).await;
        assert_eq!((decided.text("/state"), decided.text("/holder/organisation")), ("in_progress".into(), URBAN.into()));
        handler.run_ok(&id, "submit-result", body_of("submit-result")).await;
    }

    async fn an_incident_is_escalated_withdrawn_handed_down_and_transferred(app: TestApp) {
        let id = app.user("worker").await.file("1001", json!({})).await;
        let (village, dispatcher) = (app.user("village").await, app.user("dispatcher").await);
        village.run_ok(&id, "accept", json!({})).await;
        village.run_ok(&id, "escalate", body_of("escalate")).await;
        village.run_ok(&id, "withdraw", body_of("withdraw")).await;
        assert_eq!(village.reads(&id).await.text("/state"), "pending_dispatch", "withdrawn before anybody accepted it");
        village.run_ok(&id, "escalate", body_of("escalate")).await;
        dispatcher.run_ok(&id, "accept", json!({})).await;
        village.command(&id, "withdraw", body_of("withdraw")).await.expect_problem(403, "not_yours");
        let wrong = json!({ "organisation": COUNTY_DESK, "advice": "请处理" });
        dispatcher.command(&id, "hand-down", wrong).await.expect_problem(422, "wrong_desk");
        let down = dispatcher.run_ok(&id, "hand-down", body_of("hand-down")).await;
        assert_eq!((down.text("/level"), down.text("/state")), ("village".into(), "pending_acceptance".into()));
        village.run_ok(&id, "escalate", body_of("escalate")).await;
        dispatcher.run_ok(&id, "accept", json!({})).await;
        dispatcher.command(&id, "hand-down", body_of("hand-down")).await.expect_problem(409, "too_often");

        let next = app.hire("next.town", Role::TownshipDispatcher, NEXT_DESK).await;
        next.get(&format!("/v1/incidents/{id}")).await.expect_problem(404, "not_found");
        dispatcher.run_ok(&id, "transfer", body_of("transfer")).await;
        assert_eq!(next.reads(&id).await.text("/visibility"), "full", "the place is elsewhere, but this desk holds it now");
        next.run_ok(&id, "accept", json!({})).await;
        let home = json!({ "organisation": DESK, "reason": "wrong_place", "explanation": "仍在东明镇" });
        next.run_ok(&id, "transfer", home.clone()).await;
        assert_eq!(next.reads(&id).await.text("/visibility"), "former");
        dispatcher.run_ok(&id, "accept", json!({})).await;
        dispatcher.command(&id, "transfer", body_of("transfer")).await.expect_problem(409, "too_often");
        assert_eq!(dispatcher.reads(&id).await.text("/origin/village"), "411224107200", "the place does not change");
    }

    async fn extensions_and_longer_limits_need_a_second_person(app: TestApp) {
        let id = app.user("worker").await.file("2008", json!({})).await;
        let (dispatcher, handler) = (app.user("dispatcher").await, app.user("handler").await);
        dispatcher.run_ok(&id, "accept", json!({})).await;
        dispatcher.run_ok(&id, "dispatch", body_of("dispatch")).await;
        handler.run_ok(&id, "acknowledge", json!({})).await;
        let before = handler.reads(&id).await.body["deadlines"]["handle"].clone();
        handler.command(&id, "extend", json!({ "units": 999, "explanation": "等" })).await.expect_problem(422, "out_of_range");
        handler.run_ok(&id, "extend", body_of("extend")).await;
        handler.command(&id, "approve", json!({})).await.expect_problem(403, "not_yours");
        dispatcher.run_ok(&id, "approve", json!({})).await;
        let after = handler.reads(&id).await.body["deadlines"]["handle"].clone();
        assert_eq!(after["amount"].as_u64(), before["amount"].as_u64().map(|amount| amount + 1));

        // 1003 has a longer limit than 2008, so a second person must approve the correction.
        let longer = json!({ "category": "1003", "reason": "属于土地权属纠纷" });
        let asked = dispatcher.run_ok(&id, "correct", longer).await;
        assert_eq!(asked.body["warnings"], json!(["needs_second_person"]));
        dispatcher.command(&id, "approve", json!({})).await.expect_problem(403, "second_person");
        let second = app.hire("second", Role::TownshipDispatcher, DESK).await;
        second.run_ok(&id, "approve", json!({})).await;
        let seen = second.reads(&id).await;
        assert_eq!((seen.text("/category/code"), seen.text("/severity")), ("1003".into(), "significant".into()));
        let moved = second.reads_of(&id, "timeline").await;
        let last = moved.body["events"].as_array().expect("events").last().expect("one").clone();
        assert_eq!(last["type"], "corrected");
        assert!(last["facts"]["moved"].as_array().is_some_and(|moved| !moved.is_empty()), "{last}");

        // The corrected place is in another township. Its desk receives the incident, and both places are shown.
        let elsewhere = json!({ "unit": "411224108", "reason": "在界碑以东" });
        let corrected = dispatcher.run_ok(&id, "correct", elsewhere).await;
        assert!(
            corrected.lacks("/holder") && corrected.lacks("/level"),
            "a former holder does not see the new holder: {}",
            corrected.raw
        );
        let seen = app.user("county").await.reads(&id).await;
        assert_eq!(seen.text("/holder/organisation"), NEXT_DESK);
        assert_eq!(seen.text("/origin/township"), "411224108");
        assert_eq!(seen.text("/proceedings/first_origin/village"), "411224107200");
    }

    async fn a_check_by_another_grid_worker_allows_closing_own_work(app: TestApp) {
        let id = app.user("worker").await.file("5002", json!({})).await;
        let dispatcher = app.user("dispatcher").await;
        crate::support::work_off(&dispatcher, DESK, &id, "resolved").await;
        dispatcher.command(&id, "close", json!({ "reply": "已处理，感谢反映" })).await.expect_problem(403, "own_work");
        let grid = dispatcher.reads(&id).await.text("/origin/grid");
        let neighbour = app.hire_for("neighbour", Role::GridWorker, VILLAGE_DESK, &[&grid]).await;
        let me = neighbour.get("/v1/me").await.expect(200).text("/id");
        let stranger = dispatcher.get("/v1/me").await.expect(200).text("/id");
        dispatcher.command(&id, "request-check", json!({ "worker": stranger })).await.expect_problem(422, "wrong_worker");
        neighbour.get(&format!("/v1/incidents/{id}")).await.expect_problem(404, "not_found");
        dispatcher.run_ok(&id, "request-check", json!({ "worker": me, "note": "看看井盖是否平整" })).await;
        dispatcher.command(&id, "close", json!({ "reply": "已处理，感谢反映" })).await.expect_problem(409, "check_open");
        assert_eq!(neighbour.queue("mine").await, [id.as_str()]);
        let shown = neighbour.reads(&id).await;
        assert!(shown.lacks("/reporter") && shown.lacks("/proceedings"), "{}", shown.raw);
        neighbour.run_ok(&id, "report-check", json!({ "settled": true, "found": "井盖已平整" })).await;
        assert!(neighbour.queue("mine").await.is_empty(), "the check is done");
        assert_eq!(neighbour.reads(&id).await.text("/visibility"), "own", "the checked incident stays visible");
        dispatcher.run_ok(&id, "close", json!({ "reply": "已处理，感谢反映" })).await;
        assert_eq!(dispatcher.reads(&id).await.body["self_verified"], false, "another person checked");
        let outcome = neighbour.reads(&id).await;
        assert_eq!((outcome.text("/state"), outcome.text("/outcome")), ("closed".into(), "resolved".into()));
        assert_eq!(outcome.texts("/replies", "/text"), ["已处理，感谢反映"]);
        assert_eq!(neighbour.lists("/v1/incidents").await, std::slice::from_ref(&id));

        let asked = json!({ "channel": "phone", "settled": false, "satisfaction": 1, "remarks": "又塌了" });
        let county = app.user("county").await;
        assert_eq!(county.run_ok(&id, "follow-up", asked).await.text("/state"), "pending_dispatch", "the incident is reopened");
        assert_eq!(county.reads_of(&id, "timeline").await.happened()[6..], ["closed", "followed_up", "reopened"]);
        assert_eq!(neighbour.reads(&id).await.text("/state"), "pending_dispatch", "and sees that it was not settled");
        assert!(neighbour.queue("mine").await.is_empty());
    }

    async fn a_supervised_desk_replies_and_the_supervision_is_lifted(app: TestApp) {
        let id = app.user("worker").await.file("5002", json!({})).await;
        through_township(&app, &id, "resolved").await;
        let (county, dispatcher) = (app.user("county").await, app.user("dispatcher").await);
        let past = json!({ "level": "yellow", "reply_due": "2026-11-20T10:00:00+08:00", "reason": "久拖不决" });
        county.command(&id, "supervise", past).await.expect_problem(422, "out_of_range");
        let fine = json!({ "level": "yellow", "reply_due": "2026-11-26T10:00:59.1239999+08:00", "reason": "久拖不决" });
        county.run_ok(&id, "supervise", fine).await;
        let due = "/proceedings/supervision/reply_due";
        assert_eq!(county.reads(&id).await.text(due), "2026-11-26T10:00:59.123+08:00", "stored in milliseconds");
        dispatcher.command(&id, "supervise", body_of("supervise")).await.expect_problem(409, "supervised");
        assert_eq!(dispatcher.queue("supervised").await, [id.as_str()]);
        dispatcher.run_ok(&id, "reply", body_of("reply")).await;
        dispatcher.command(&id, "lift", body_of("lift")).await.expect_problem(403, "not_yours");
        county.run_ok(&id, "lift", body_of("lift")).await;
        assert!(county.reads(&id).await.body["proceedings"]["supervision"].is_null());
        dispatcher.command(&id, "remind", body_of("remind")).await.expect_problem(409, "wrong_state");
    }

    async fn a_forced_closure_needs_the_county_and_a_second_person(app: TestApp) {
        let id = app.user("worker").await.file("5002", json!({})).await;
        let county = app.user("county").await;
        app.user("dispatcher").await.command(&id, "force-close", body_of("force-close")).await.expect_problem(403, "not_yours");
        county.run_ok(&id, "force-close", body_of("force-close")).await;
        county.command(&id, "approve", json!({})).await.expect_problem(403, "second_person");
        for (who, waits) in [("county", 0), ("dispatcher", 0), ("city", 1)] {
            assert_eq!(app.user(who).await.queue("to_decide").await.len(), waits, "{who}");
        }
        let second = app.hire("county.two", Role::EscalationReviewer, COUNTY_DESK).await;
        assert_eq!(second.queue("to_decide").await, [id.as_str()], "it is in the list of everybody who may decide");
        app.user("dispatcher").await.command(&id, "approve", json!({})).await.expect_problem(403, "second_person");
        let done = app.user("city").await.run_ok(&id, "approve", json!({})).await;
        assert_eq!(done.text("/state"), "closed");
        let seen = county.reads(&id).await;
        assert_eq!((seen.text("/outcome"), seen.text("/resolved_level")), ("unresolved".into(), "township".into()));
    }

    async fn a_refusal_lists_the_allowed_commands(app: TestApp) {
        let id = app.user("worker").await.file("5002", json!({})).await;
        let dispatcher = app.user("dispatcher").await;
        let refused = dispatcher.command(&id, "close", json!({ "reply": "已处理，感谢反映" })).await.expect_problem(409, "wrong_state");
        assert_eq!(refused.body["allowed"], json!(dispatcher.actions(&id).await));
        let reason = json!({ "reason": "because", "reply": "不受理" });
        let refused = dispatcher.command(&id, "decline", reason).await.expect_problem(422, "unknown_reason");
        assert_eq!(refused.text("/errors/0/pointer"), "/reason");
    }

    async fn the_desk_above_can_take_over_a_transferred_incident(app: TestApp) {
        const FAR: &str = "411224108200-desk";
        let id = app.user("worker").await.file("1001", json!({})).await;
        let above = app.hire("next.town", Role::TownshipDispatcher, NEXT_DESK).await;
        above.get(&format!("/v1/incidents/{id}")).await.expect_problem(404, "not_found");
        let village = app.user("village").await;
        let aside = json!({ "organisation": FAR, "reason": "wrong_place", "explanation": "在邻镇" });
        village.run_ok(&id, "transfer", aside).await;
        assert_eq!(above.reads(&id).await.text("/visibility"), "full");
        assert_eq!(above.lists("/v1/incidents?sort=due").await, std::slice::from_ref(&id));
        app.pass(TimeDelta::days(3));
        run_once(app.inside().await.as_ref(), app.now()).await.expect("the database answers");
        let above = app.sign_in("next.town", HIRED).await;
        assert_eq!(above.queue("supervised").await, std::slice::from_ref(&id), "the desk above is notified");
        let taken = above.run_ok(&id, "take-over", json!({})).await;
        assert_eq!(taken.text("/holder/organisation"), NEXT_DESK);
    }

    async fn an_incident_is_referred_out(app: TestApp) {
        let (worker, dispatcher) = (app.user("worker").await, app.user("dispatcher").await);
        let id = worker.file("5002", json!({})).await;
        dispatcher.run_ok(&id, "refer", json!({ "authority": "court", "reply": "已进入诉讼" })).await;
        let seen = worker.reads(&id).await;
        assert_eq!((seen.text("/state"), seen.text("/replies/0/text")), ("referred_out".into(), "已进入诉讼".into()));
    }
}
