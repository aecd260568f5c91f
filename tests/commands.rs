//! Commands that leave the main flow: decline, return, rework, escalate, reopen, void and others.

use chrono::TimeDelta;
use grassroots_domain::account::Role;
use serde_json::{Value, json};

use crate::{
    both,
    support::{
        COUNTY_DESK, Client, DESK, URBAN, VILLAGE_DESK, body_of, commands, dispatch_and_submit,
        photos::{jpeg, named},
        through_handler, through_township, work_off,
    },
};

/// Asserts that all views of an incident agree with each other and with `state`.
async fn assert_consistent(client: &Client, id: &str, state: &str) {
    let seen = client.reads(id).await;
    assert_eq!(seen.text("/state"), state);
    assert_eq!(seen.headers["etag"], format!("\"{}\"", seen.number("/version")).as_str());

    let timeline = client.reads_of(id, "timeline").await;
    let events = timeline.body["events"].as_array().expect("events");
    assert_eq!(u64::try_from(events.len()).expect("few"), seen.number("/version"));
    assert_eq!(timeline.happened()[0], "reported");
    let times = timeline.texts("/events", "/at");
    assert!(times.is_sorted(), "{times:?}");
    for (event, seq) in events.iter().zip(1..) {
        assert_eq!(event["seq"], json!(seq));
    }

    let legs = client.reads_of(id, "legs").await;
    let custody = legs.body["custody"].as_array().expect("legs");
    let open: Vec<&Value> = custody.iter().filter(|leg| leg["ended_at"].is_null()).collect();
    let handling: Vec<&Value> =
        custody.iter().flat_map(|leg| leg["handling"].as_array().expect("legs")).collect();
    let working: Vec<&&Value> = handling.iter().filter(|leg| leg["ended_at"].is_null()).collect();
    let at_rest = ["closed", "not_accepted", "voided"].contains(&state);
    assert_eq!(open.len(), usize::from(!at_rest), "{}", legs.raw);
    assert!(working.len() <= open.len(), "{}", legs.raw);
    assert_eq!(seen.lacks("/ended_at"), !at_rest);
    let holder = working.first().map(|leg| &leg["organisation"]).or(open.first().map(|leg| &leg["desk"]));
    assert_eq!(seen.body["holder"], holder.cloned().unwrap_or(Value::Null));
    assert_eq!(seen.body["level"], custody.last().expect("a leg")["level"]);
    assert_eq!(seen.lacks("/deadlines/next"), at_rest);

    let routing = client.reads_of(id, "routing").await;
    assert_eq!(routing.body["desk"], custody[0]["desk"], "the first routing is kept");
    assert_eq!(routing.body["reason"], seen.body["routing"]["reason"]);

    let actions = client.reads_of(id, "actions").await;
    assert_eq!(actions.body["version"], seen.body["version"]);
    assert_eq!(actions.text("/state"), state);
    for (command, href) in
        actions.texts("/actions", "/command").iter().zip(actions.texts("/actions", "/href"))
    {
        assert_eq!(href, format!("/v1/incidents/{id}/{}", command.replace('_', "-")));
    }
}

/// Asserts that every command that `actions` does not list is refused.
async fn assert_other_commands_refused(client: &Client, id: &str) {
    let listed = client.actions(id).await;
    for command in commands().filter(|command| !listed.contains(&command.replace('-', "_"))) {
        let answer = client.command(id, &command, body_of(&command)).await;
        assert!([403, 409].contains(&answer.status), "{command} is not listed: {}", answer.raw);
    }
}

both! {
    async fn the_reporter_of_a_declined_report_gets_a_reply(app: TestApp) {
        let (worker, dispatcher) = (app.user("worker").await, app.user("dispatcher").await);
        let id = worker.file("5002", json!({})).await;
        let words = json!({ "reason": "not_in_scope", "reply": "国道井盖由公路局管理，请拨打12328" });
        assert_eq!(dispatcher.run_ok(&id, "decline", words).await.text("/state"), "not_accepted");
        assert_consistent(&dispatcher, &id, "not_accepted").await;
        let seen = worker.reads(&id).await;
        assert_eq!(seen.texts("/replies", "/text"), ["国道井盖由公路局管理，请拨打12328"]);
        assert_eq!(worker.reads_of(&id, "timeline").await.text("/events/1/facts/reason"), "not_in_scope");
        assert_eq!(dispatcher.reads_of(&id, "legs").await.text("/custody/0/outcome"), "declined");
        assert_eq!(dispatcher.actions(&id).await, ["comment"]);
        assert_other_commands_refused(&dispatcher, &id).await;
        dispatcher.command(&id, "reopen", body_of("reopen")).await.expect_problem(409, "wrong_state");
    }

    async fn work_can_be_returned_twice(app: TestApp) {
        let (worker, dispatcher) = (app.user("worker").await, app.user("dispatcher").await);
        let handler = app.user("handler").await;
        let id = worker.file("5002", json!({})).await;
        dispatcher.run_ok(&id, "accept", json!({})).await;
        for time in 1..=2 {
            dispatcher.run_ok(&id, "dispatch", json!({ "organisation": URBAN })).await;
            assert_consistent(&handler, &id, "pending_receipt").await;
            let words = json!({ "reason": "unclear_duty", "explanation": "井盖属于通信公司" });
            handler.run_ok(&id, "return", words).await;
            assert_consistent(&dispatcher, &id, "pending_dispatch").await;
            assert_eq!(dispatcher.reads(&id).await.number("/returned"), time);
        }
        dispatcher.run_ok(&id, "dispatch", json!({ "organisation": URBAN })).await;
        assert!(!handler.actions(&id).await.contains(&"return".to_owned()));
        handler.command(&id, "return", body_of("return")).await.expect_problem(409, "returned_too_often");
        assert_other_commands_refused(&handler, &id).await;
        handler.run_ok(&id, "acknowledge", json!({})).await;
        let legs = dispatcher.reads_of(&id, "legs").await;
        let outcomes = legs.texts("/custody/0/handling", "/outcome");
        assert_eq!(outcomes, ["returned", "returned", ""]);
        let timeline = worker.reads_of(&id, "timeline").await;
        assert!(!timeline.raw.contains("通信公司"), "the reporter does not see an explanation: {}", timeline.raw);
    }

    async fn an_insufficient_result_is_reworked(app: TestApp) {
        let (worker, dispatcher) = (app.user("worker").await, app.user("dispatcher").await);
        let handler = app.user("handler").await;
        let id = worker.file("5002", json!({})).await;
        through_township(&app, &id, "unresolved").await;
        assert_consistent(&dispatcher, &id, "pending_verification").await;
        assert_other_commands_refused(&handler, &id).await;
        dispatcher.run_ok(&id, "rework", json!({ "reason": "盖板松动，请固定" })).await;
        assert_consistent(&dispatcher, &id, "in_progress").await;
        let timeline = handler.reads_of(&id, "timeline").await;
        assert_eq!(timeline.text("/events/5/text"), "盖板松动，请固定");
        handler.run_ok(&id, "submit-result", body_of("submit-result")).await;
        let closed = dispatcher.run_ok(&id, "close", json!({ "reply": "已处理，感谢反映" })).await;
        assert!(closed.lacks("/due") && closed.lacks("/holder"), "{}", closed.raw);
        assert_consistent(&dispatcher, &id, "closed").await;
        let seen = dispatcher.reads(&id).await;
        assert_eq!(seen.text("/outcome"), "resolved", "the last result counts");
        assert_eq!(
            (seen.text("/resolved_level"), &seen.body["self_verified"]),
            ("township".into(), &json!(false))
        );
        let legs = dispatcher.reads_of(&id, "legs").await;
        assert_eq!(legs.texts("/custody/0/handling", "/organisation/organisation"), [URBAN, URBAN]);
        assert_eq!(legs.texts("/custody/0/handling", "/result"), ["unresolved", "resolved"]);
        let happened = dispatcher.reads_of(&id, "timeline").await.happened();
        let work =
            ["dispatched", "acknowledged", "result_submitted", "reworked", "result_submitted", "closed"];
        assert_eq!(happened[2..], work);
    }

    async fn escalation_changes_the_holder_but_not_the_place(app: TestApp) {
        let (village, dispatcher) = (app.user("village").await, app.user("dispatcher").await);
        let county = app.user("county").await;
        let id = app.user("worker").await.file("1001", json!({})).await;
        let origin = village.reads(&id).await.body["origin"].clone();
        village.run_ok(&id, "accept", json!({})).await;
        app.pass(TimeDelta::minutes(10));
        let words = json!({ "reason": "failed_mediation", "tried": "村调委会两次调解未成" });
        let up = village.run_ok(&id, "escalate", words).await;
        assert_eq!((up.text("/state"), up.text("/level")), ("pending_acceptance".into(), "township".into()));
        assert_eq!(up.text("/holder/organisation"), DESK);
        assert_eq!(up.text("/due/at"), "2026-11-24T10:10:00+08:00", "the township has 8 working hours");
        assert_consistent(&dispatcher, &id, "pending_acceptance").await;
        assert_consistent(&village, &id, "pending_acceptance").await;
        assert_other_commands_refused(&village, &id).await;
        let timeline = dispatcher.reads_of(&id, "timeline").await;
        assert_eq!(timeline.text("/events/2/facts/reason"), "failed_mediation");
        assert_eq!(timeline.text("/events/2/text"), "村调委会两次调解未成");

        dispatcher.run_ok(&id, "accept", json!({})).await;
        dispatcher.run_ok(&id, "dispatch", json!({ "organisation": "411224107-justice_office" })).await;
        dispatcher.run_ok(&id, "escalate", body_of("escalate")).await;
        assert_consistent(&county, &id, "pending_acceptance").await;
        let seen = county.reads(&id).await;
        assert_eq!((seen.text("/holder/organisation"), seen.number("/escalated")), (COUNTY_DESK.into(), 2));
        assert_eq!(seen.body["origin"], origin);
        let legs = county.reads_of(&id, "legs").await;
        assert_eq!(legs.texts("/custody", "/outcome"), ["escalated", "escalated", ""]);
        assert_eq!(legs.text("/custody/1/handling/0/outcome"), "withdrawn");
        assert!(!county.actions(&id).await.contains(&"escalate".to_owned()));
        county.command(&id, "escalate", body_of("escalate")).await.expect_problem(409, "no_superior");
        work_off(&county, COUNTY_DESK, &id, "resolved").await;
        county.command(&id, "close", json!({ "reply": "已处理，感谢反映" })).await.expect_problem(403, "own_work");
        let second = app.hire("reviewer.two", Role::EscalationReviewer, COUNTY_DESK).await;
        second.run_ok(&id, "close", json!({ "reply": "已处理，感谢反映" })).await;
        assert_eq!(county.reads(&id).await.text("/resolved_level"), "county");
    }

    async fn a_closed_incident_is_reopened_by_its_desk_or_the_desk_above(app: TestApp) {
        let id = app.user("worker").await.file("5002", json!({})).await;
        through_township(&app, &id, "resolved").await;
        app.user("dispatcher").await.run_ok(&id, "close", json!({ "reply": "已处理，感谢反映" })).await;
        for other in ["village", "city"] {
            let answer = app.user(other).await.command(&id, "reopen", body_of("reopen")).await;
            answer.expect_problem(403, "not_yours");
        }
        for username in ["worker", "handler"] {
            assert_other_commands_refused(&app.user(username).await, &id).await;
        }
        app.user("dispatcher").await.run_ok(&id, "reopen", json!({ "reason": "又坏了" })).await;
        assert_consistent(&app.user("dispatcher").await, &id, "pending_dispatch").await;
        assert!(app.user("dispatcher").await.reads(&id).await.lacks("/outcome"));
        through_handler(&app, &id, "resolved").await;
        app.user("dispatcher").await.run_ok(&id, "close", json!({ "reply": "已处理，感谢反映" })).await;

        let back =
            app.user("county").await.run_ok(&id, "reopen", json!({ "reason": "居民来电说没有修" })).await;
        assert_eq!(back.text("/holder/organisation"), DESK, "the desk that closed it holds it again");
        through_handler(&app, &id, "resolved").await;
        app.user("dispatcher").await.run_ok(&id, "close", json!({ "reply": "已处理，感谢反映" })).await;
        assert_eq!(app.user("county").await.reads(&id).await.number("/reopened"), 2);

        app.pass(TimeDelta::days(30));
        assert!(app.user("dispatcher").await.actions(&id).await.contains(&"reopen".to_owned()));
        app.pass(TimeDelta::milliseconds(1));
        let dispatcher = app.user("dispatcher").await;
        assert_eq!(dispatcher.actions(&id).await, ["follow_up", "link", "involve", "comment"]);
        dispatcher.command(&id, "reopen", body_of("reopen")).await.expect_problem(409, "reopen_too_late");
    }

    async fn a_mistaken_report_is_voided(app: TestApp) {
        let (worker, dispatcher) = (app.user("worker").await, app.user("dispatcher").await);
        let id = worker.file("5002", json!({})).await;
        dispatcher.run_ok(&id, "accept", json!({})).await;
        dispatcher.run_ok(&id, "dispatch", json!({ "organisation": DESK })).await;
        dispatcher.run_ok(&id, "void", json!({ "reason": "重复上报，与昨日同一处" })).await;
        assert_consistent(&dispatcher, &id, "voided").await;
        let legs = dispatcher.reads_of(&id, "legs").await;
        assert_eq!(legs.text("/custody/0/outcome"), "voided");
        assert_eq!(legs.text("/custody/0/handling/0/outcome"), "voided");
        assert_eq!(worker.reads(&id).await.text("/state"), "voided");
        assert!(!worker.reads_of(&id, "timeline").await.raw.contains("重复上报"));
        assert_eq!(dispatcher.actions(&id).await, ["comment"]);
        assert_other_commands_refused(&dispatcher, &id).await;
    }

    async fn a_comment_is_visible_to_its_audience_only(app: TestApp) {
        let (worker, village) = (app.user("worker").await, app.user("village").await);
        let id = worker.file("1001", json!({})).await;
        village.run_ok(&id, "comment", json!({ "audience": "internal", "text": "两家去年也争过" })).await;
        let words = json!({ "audience": "reporter", "text": "明天上午上门调解" });
        village.run_ok(&id, "comment", words).await;
        assert_consistent(&village, &id, "pending_acceptance").await;
        assert_eq!(
            village.reads_of(&id, "timeline").await.texts("/events", "/text")[1..],
            ["两家去年也争过", "明天上午上门调解"]
        );
        let seen = worker.reads(&id).await;
        assert_eq!(seen.texts("/replies", "/text"), ["明天上午上门调解"]);
        let timeline = worker.reads_of(&id, "timeline").await;
        assert_eq!(timeline.happened(), ["reported", "commented"]);
        assert!(!timeline.raw.contains("去年"), "{}", timeline.raw);
        let hidden = json!({ "audience": "internal", "text": "只给自己看" });
        worker.command(&id, "comment", hidden).await.expect_problem(422, "out_of_range");
        assert_eq!(worker.actions(&id).await, ["withdraw_report", "add_photos", "comment"]);
    }

    async fn a_desk_dispatches_only_within_its_unit(app: TestApp) {
        let dispatcher = app.user("dispatcher").await;
        let id = app.user("worker").await.file("5002", json!({})).await;
        dispatcher.run_ok(&id, "accept", json!({})).await;
        for (organisation, code) in [
            ("411224-urban_management", "foreign_organisation"),
            (VILLAGE_DESK, "foreign_organisation"),
            ("411224108-urban_management", "foreign_organisation"),
            ("411224107-village_mediation_committee", "unknown_organisation"),
            ("411299999-desk", "unknown_organisation"),
            ("urban_management", "wrong_type"),
        ] {
            let answer = dispatcher.command(&id, "dispatch", json!({ "organisation": organisation })).await;
            answer.expect_problem(422, code);
        }
        assert_consistent(&dispatcher, &id, "pending_dispatch").await;
        let own = dispatcher.run_ok(&id, "dispatch", json!({ "organisation": DESK })).await;
        assert_eq!(
            (own.text("/state"), own.text("/holder/organisation")),
            ("in_progress".into(), DESK.into())
        );
        assert_consistent(&dispatcher, &id, "in_progress").await;
    }

    async fn only_a_village_desk_verifies_its_own_work(app: TestApp) {
        let (worker, dispatcher) = (app.user("worker").await, app.user("dispatcher").await);
        let id = worker.file("5002", json!({})).await;
        work_off(&dispatcher, DESK, &id, "resolved").await;
        assert!(!dispatcher.actions(&id).await.contains(&"close".to_owned()));
        dispatcher.command(&id, "close", json!({ "reply": "已处理，感谢反映" })).await.expect_problem(403, "own_work");
        let second = app.hire("dispatcher.two", Role::TownshipDispatcher, DESK).await;
        second.run_ok(&id, "close", json!({ "reply": "已处理，感谢反映" })).await;
        let seen = dispatcher.reads(&id).await;
        let marks = [&seen.body["self_verified"], &seen.body["verified_by_colleague"]];
        assert_eq!(marks, [false, true], "one desk handled and verified, two people");

        let village = app.user("village").await;
        let id = worker.file("1001", json!({})).await;
        work_off(&village, VILLAGE_DESK, &id, "resolved").await;
        assert_consistent(&village, &id, "pending_verification").await;
        village.run_ok(&id, "close", json!({ "reply": "已处理，感谢反映" })).await;
        let seen = village.reads(&id).await;
        assert_eq!(
            (seen.text("/resolved_level"), &seen.body["self_verified"]),
            ("village".into(), &json!(true))
        );
        village.run_ok(&id, "reopen", json!({ "reason": "双方又起争执" })).await;
        assert_eq!(village.reads(&id).await.body["self_verified"], false);
        dispatch_and_submit(&village, VILLAGE_DESK, &id, "unresolved").await;
        village.run_ok(&id, "close", json!({ "reply": "已处理，感谢反映" })).await;
        assert_eq!(village.reads(&id).await.text("/outcome"), "unresolved");
    }

    async fn small_matters_are_handled_on_the_spot(app: TestApp) {
        let (worker, village) = (app.user("worker").await, app.user("village").await);
        let settled = json!({ "on_spot": { "result": "已劝离并清理" } });
        let taken = worker.report("4007", settled.clone()).await.expect(201);
        let id = taken.text("/id");
        assert_eq!(
            (taken.text("/state"), taken.text("/resolved_level")),
            ("closed".into(), "village".into())
        );
        assert_eq!(
            (&taken.body["on_spot"], taken.text("/replies/0/text")),
            (&json!(true), "已劝离并清理".into())
        );
        assert!(taken.texts("/warnings", "/code").contains(&"photo_missing".to_owned()));
        assert_consistent(&village, &id, "closed").await;
        assert_eq!(village.reads_of(&id, "timeline").await.happened(), ["reported", "resolved_on_spot"]);
        assert_eq!(village.reads_of(&id, "legs").await.text("/custody/0/outcome"), "resolved_on_spot");
        let url = "/v1/statistics/grassroots?from=2026-11-01&to=2026-12-01";
        let figures = village.get(url).await.expect(200);
        assert_eq!(figures.number("/figures/resolved_on_spot/count"), 1);
        assert_eq!(figures.number("/figures/resolved_by_village/count"), 1);

        worker.report("5002", settled.clone()).await.expect_problem(422, "not_on_spot");
        let severe = json!({ "on_spot": { "result": "已清理" }, "severity": "major" });
        worker.report("4007", severe).await.expect_problem(422, "not_on_spot");
        village.report("4007", settled).await.expect_problem(422, "not_on_spot");
        let grave = json!({ "on_spot": { "result": "已清理" }, "severity": "significant" });
        worker.report("4007", grave).await.expect(201);

        village.run_ok(&id, "reopen", json!({ "reason": "又摆回来了" })).await;
        assert_consistent(&village, &id, "pending_dispatch").await;
        let figures = village.get(url).await.expect(200);
        assert_eq!(figures.number("/figures/resolved_on_spot/count"), 1, "only the other incident is counted");
    }

    async fn a_missing_photo_is_a_warning_in_the_report_and_an_error_in_the_result(app: TestApp) {
        let (worker, dispatcher) = (app.user("worker").await, app.user("dispatcher").await);
        let taken = worker.report("5002", json!({})).await.expect(201);
        assert!(taken.texts("/warnings", "/code").contains(&"photo_missing".to_owned()));
        let id = taken.text("/id");
        dispatcher.run_ok(&id, "accept", json!({})).await;
        dispatcher.run_ok(&id, "dispatch", json!({ "organisation": DESK })).await;
        let mut result = body_of("submit-result");
        let refused = dispatcher.command(&id, "submit-result", result.clone()).await;
        let refused = refused.expect_problem(422, "after_photo_missing");
        assert!(refused.text("/detail").contains("井盖缺失破损"), "{}", refused.raw);
        result["photos"] = json!([named(&jpeg(1, 1_000))]);
        let done = dispatcher.run_ok(&id, "submit-result", result).await;
        assert_eq!((done.text("/state"), &done.body["warnings"]), ("pending_verification".to_owned(), &json!([])));
        assert_eq!(dispatcher.reads(&id).await.body["photos"], json!({ "named": 1, "coming": 1 }));
        let talk = worker.report("1001", json!({})).await.expect(201);
        assert!(!talk.raw.contains("photo_missing"), "{}", talk.raw);
    }

    async fn event_times_never_decrease_when_the_clock_is_set_back(app: TestApp) {
        let dispatcher = app.user("dispatcher").await;
        let id = app.user("worker").await.file("5002", json!({})).await;
        dispatcher.run_ok(&id, "accept", json!({})).await;
        app.pass(TimeDelta::minutes(-20));
        dispatcher.run_ok(&id, "dispatch", json!({ "organisation": URBAN })).await;
        assert_consistent(&dispatcher, &id, "pending_receipt").await;
        let times = dispatcher.reads_of(&id, "timeline").await.texts("/events", "/at");
        assert_eq!(times, ["2026-11-23T10:00:00+08:00"; 3]);
        assert_eq!(dispatcher.reads(&id).await.text("/deadlines/handle/at"), "2026-11-23T12:00:00+08:00");
        app.pass(TimeDelta::minutes(21));
        app.user("handler").await.run_ok(&id, "acknowledge", json!({})).await;
        let times = dispatcher.reads_of(&id, "timeline").await.texts("/events", "/at");
        assert_eq!(times[3], "2026-11-23T10:01:00+08:00");
    }
}
