//! Visibility of incidents. A hidden incident is in no list, count, statistics, timeline, search or refusal.

use grassroots_domain::account::Role;
use serde_json::{Value, json};

use crate::{
    both,
    support::{Client, DESK, URBAN, VILLAGE_DESK, body_of, commands},
};

/// All accounts of the demo.
pub const EVERYBODY: [&str; 9] =
    ["worker", "village", "dispatcher", "handler", "county", "city", "sysadmin", "secadmin", "auditor"];

const FIGURES: &str = "/v1/statistics/grassroots?unit=4112&from=2026-11-01&to=2026-12-01&basis=reported";

/// Texts of a report with a mark that can be found in answers.
fn marked(mark: &str) -> Value {
    json!({ "title": format!("{mark}标题"), "description": format!("{mark}的情况说明"), "place_text": format!("{mark}旁边") })
}

/// Reads everything about an incident, and the lists, as one text.
async fn read_everything(client: &Client, id: &str) -> String {
    let mut all = String::new();
    for what in ["", "/timeline", "/legs", "/routing", "/actions"] {
        all += &client.get(&format!("/v1/incidents/{id}{what}")).await.raw;
    }
    for list in ["/v1/incidents?limit=200", "/v1/incidents?sort=due&limit=200"] {
        all += &client.get(list).await.raw;
    }
    all
}

/// Asserts that no answer reveals the incident to `client`.
async fn assert_invisible(client: &Client, id: &str, mark: &str) {
    for what in ["", "/timeline", "/legs", "/routing", "/actions"] {
        client.get(&format!("/v1/incidents/{id}{what}")).await.expect_problem(404, "not_found");
    }
    for command in commands() {
        let command = command.as_str();
        client.command(id, command, body_of(command)).await.expect_problem(404, "not_found");
    }
    for list in ["limit=200", "sort=due&limit=200", "unit=4112&state=open", "mine=true", &format!("q={mark}")]
    {
        let answer = client.get(&format!("/v1/incidents?{list}")).await.expect(200);
        assert!(!answer.raw.contains(id) && !answer.raw.contains(mark), "{list}: {}", answer.raw);
    }
}

/// The number of incidents in the statistics, in any state.
async fn count_in_figures(client: &Client, unit: &str) -> u64 {
    let answer = client.get(&FIGURES.replace("4112&", &format!("{unit}&"))).await.expect(200);
    let parts = ["closed", "open", "not_accepted", "voided"];
    parts.iter().map(|figure| answer.number(&format!("/figures/{figure}/count"))).sum()
}

both! {
    async fn a_village_does_not_see_complaints_about_its_officials(app: TestApp) {
        let (worker, village) = (app.user("worker").await, app.user("village").await);
        let books = worker.file("8001", marked("账目不公开")).await;
        let conduct = worker.report("8003", marked("优亲厚友")).await.expect(201);
        for (id, mark) in [(&books, "账目不公开"), (&conduct.text("/id"), "优亲厚友")] {
            assert_invisible(&village, id, mark).await;
        }
        let number = conduct.text("/incident_no");
        assert!(village.lists(&format!("/v1/incidents?q={number}")).await.is_empty());
        assert_eq!(count_in_figures(&village, "411224107200").await, 0);
        for group in ["unit", "category", "month"] {
            let own = FIGURES.replace("4112&", "411224107200&");
            let figures = village.get(&format!("{own}&group_by={group}")).await.expect(200);
            assert!(!figures.raw.contains("8001") && !figures.raw.contains("8003"), "{}", figures.raw);
        }
        // The township sees one of them, the county both.
        let dispatcher = app.user("dispatcher").await;
        assert_eq!(dispatcher.reads(&books).await.text("/visibility"), "full");
        assert_invisible(&dispatcher, &conduct.text("/id"), "优亲厚友").await;
        assert_eq!(count_in_figures(&dispatcher, "411224107").await, 1);
        assert_eq!(count_in_figures(&app.user("county").await, "411224").await, 2);
        assert_eq!(app.user("county").await.lists("/v1/incidents").await.len(), 2);
    }

    async fn only_present_and_former_holders_see_a_restricted_incident(app: TestApp) {
        let worker = app.user("worker").await;
        let id = worker.file("1002", marked("家务纠纷")).await;
        let village = app.user("village").await;
        assert_eq!(village.reads(&id).await.text("/visibility"), "full");
        for above in ["dispatcher", "county"] {
            assert_invisible(&app.user(above).await, &id, "家务纠纷").await;
        }
        assert_eq!(count_in_figures(&village, "411224107200").await, 0, "not even its number is the village's business");
        for (above, unit) in [("dispatcher", "411224107"), ("county", "411224")] {
            assert_eq!(count_in_figures(&app.user(above).await, unit).await, 1, "{above}");
        }
        village.run_ok(&id, "comment", json!({ "audience": "internal", "text": "男方脾气急" })).await;
        village.run_ok(&id, "comment", json!({ "audience": "reporter", "text": "今晚上门" })).await;
        // All events have the same time: visibility depends on their order.
        village.run_ok(&id, "escalate", json!({ "reason": "failed_mediation", "tried": "劝了三次" })).await;

        let dispatcher = app.user("dispatcher").await;
        assert_eq!(dispatcher.reads(&id).await.text("/visibility"), "full");
        dispatcher.run_ok(&id, "comment", json!({ "audience": "internal", "text": "已请妇联介入" })).await;
        let former = village.reads(&id).await;
        assert_eq!(former.text("/visibility"), "former");
        assert!(former.body["holder"].is_null(), "a former holder does not see the new holder");
        assert!(former.body["deadlines"]["next"].is_null());
        assert_eq!(former.text("/description"), "家务纠纷的情况说明", "a former holder still sees the report");
        assert_eq!(
            village.reads_of(&id, "timeline").await.happened(),
            ["reported", "commented", "commented", "escalated"]
        );
        assert!(
            !read_everything(&village, &id).await.contains("妇联"),
            "a former holder does not see later events"
        );
        village.command(&id, "comment", body_of("comment")).await.expect_problem(403, "not_yours");
        assert_invisible(&app.user("county").await, &id, "家务纠纷").await;

        dispatcher.run_ok(&id, "accept", json!({})).await;
        dispatcher.run_ok(&id, "dispatch", json!({ "organisation": DESK })).await;
        dispatcher.run_ok(&id, "submit-result", body_of("submit-result")).await;
        let second = app.hire("dispatcher.two", Role::TownshipDispatcher, DESK).await;
        second.run_ok(&id, "close", json!({ "reply": "双方和好" })).await;
        let former = village.reads(&id).await;
        assert_eq!((former.text("/state"), former.text("/outcome")), ("closed".into(), "resolved".into()));
        assert_eq!(dispatcher.reads(&id).await.text("/visibility"), "full", "the desk that closed it is responsible for the outcome");
    }

    async fn the_city_and_the_auditor_see_a_summary_of_a_restricted_incident(app: TestApp) {
        let id = app.user("worker").await.file("1002", marked("家务纠纷")).await;
        let village = app.user("village").await;
        village.run_ok(&id, "comment", json!({ "audience": "internal", "text": "家务纠纷旧账" })).await;
        for who in ["city", "auditor"] {
            let client = app.user(who).await;
            let seen = client.reads(&id).await;
            assert_eq!(
                (seen.text("/visibility"), seen.text("/category/code")),
                ("summary".into(), "1002".into())
            );
            for hidden in [
                "holder",
                "description",
                "title",
                "place_text",
                "location",
                "reporter",
                "query_code",
                "routing",
            ] {
                assert!(seen.lacks(&format!("/{hidden}")), "{who} {hidden}: {}", seen.raw);
            }
            assert_eq!(
                seen.body["origin"],
                json!({
                    "grid": null, "village": null, "township": null, "county": "411224", "city": "4112",
                    "name": "卢氏县",
                })
            );
            let all = read_everything(&client, &id).await;
            assert!(!all.contains("家务纠纷"), "{who}: {all}");
            let reporter = app.user("worker").await.get("/v1/me").await.text("/id");
            assert!(!all.contains(&reporter), "{who}: {all}");
            for what in ["legs", "routing"] {
                client.get(&format!("/v1/incidents/{id}/{what}")).await.expect_problem(403, "forbidden");
            }
            assert!(client.actions(&id).await.is_empty());
            assert!(client.lists("/v1/incidents?q=家务纠纷").await.is_empty(), "hidden texts are not searched");
            assert_eq!(count_in_figures(&client, "4112").await, 1);
        }
        let city = app.user("city").await;
        city.get(&format!("/v1/incidents/{id}/timeline")).await.expect_problem(403, "forbidden");
        assert!(!read_everything(&city, &id).await.contains("411224107"), "no unit below the county is shown");
        let trail = app.user("auditor").await.reads_of(&id, "timeline").await;
        assert_eq!(trail.happened(), ["reported", "commented"], "the events are shown without texts");
        assert!(trail.lacks("/events/0/by"), "the reporter is protected: {}", trail.raw);
        assert_eq!(trail.text("/events/1/by/name"), "村级受理员（演示）", "an auditor sees who did what");
    }

    async fn a_summary_is_not_listed_below_its_county(app: TestApp) {
        let id = app.user("worker").await.file("1002", marked("家务纠纷")).await;
        let open = app.user("worker").await.file("1001", json!({})).await;
        let city = app.user("city").await;
        for unit in ["4112", "411224"] {
            let ids = city.lists(&format!("/v1/incidents?unit={unit}")).await;
            assert_eq!(ids, [open.clone(), id.clone()], "{unit}");
            assert_eq!(count_in_figures(&city, unit).await, 2);
        }
        for unit in ["411224107", "411224107200"] {
            let ids = city.lists(&format!("/v1/incidents?unit={unit}")).await;
            assert_eq!(ids, std::slice::from_ref(&open), "{unit} would reveal the place");
        }
        let behind = FIGURES.replace("grassroots?", "grassroots/incidents?figure=open&");
        for (unit, listed, not_shown) in [("411224", 2, 0), ("411224107", 1, 1), ("411224107200", 1, 0)] {
            let list = city.get(&behind.replace("4112&", &format!("{unit}&"))).await.expect(200);
            assert_eq!((list.texts("/incidents", "/id").len(), list.number("/not_shown")), (listed, not_shown), "{unit}");
        }
    }

    async fn only_the_first_desk_sees_the_reporter_of_a_suggestion(app: TestApp) {
        let worker = app.user("worker").await;
        let reporter = worker.get("/v1/me").await.text("/id");
        let id = worker.file("6007", json!({})).await;
        let village = app.user("village").await;
        assert_eq!(village.reads(&id).await.text("/reporter"), reporter);
        assert_eq!(village.reads_of(&id, "timeline").await.text("/events/0/by/account"), reporter);
        assert_eq!(worker.reads(&id).await.text("/reporter"), reporter, "reporters see their own name");
        village.run_ok(&id, "escalate", body_of("escalate")).await;
        let dispatcher = app.user("dispatcher").await;
        dispatcher.run_ok(&id, "accept", json!({})).await;
        dispatcher.run_ok(&id, "dispatch", json!({ "organisation": URBAN, "outside_duty": true })).await;
        for other in ["dispatcher", "handler", "county", "city", "auditor"] {
            let client = app.user(other).await;
            assert_ne!(client.reads(&id).await.text("/visibility"), "none");
            let all = read_everything(&client, &id).await;
            assert!(!all.contains(&reporter), "{other}: {all}");
            assert!(client.reads_of(&id, "timeline").await.lacks("/events/0/by"), "{other}");
        }
        let usual = worker.file("5002", json!({})).await;
        assert_eq!(dispatcher.reads(&usual).await.text("/reporter"), reporter);
    }

    async fn a_reporter_sees_the_own_restricted_report(app: TestApp) {
        let city = app.user("city").await;
        let at = json!({ "location": { "lon": 110.8569, "lat": 33.7606, "datum": "wgs84" } });
        let id = city.file("1002", at).await;
        let own = city.reads(&id).await;
        assert_eq!(own.text("/visibility"), "own");
        assert!(!own.lacks("/origin/township"));
        let others = app.user("worker").await.file("1002", json!({})).await;
        assert_eq!(city.reads(&others).await.text("/visibility"), "summary");
        for path in ["/v1/incidents?q=井盖", "/v1/incidents?unit=411224107", "/v1/incidents?mine=true"] {
            assert_eq!(city.lists(path).await, std::slice::from_ref(&id), "{path}");
        }
    }

    async fn a_department_sees_only_incidents_that_were_dispatched_to_it(app: TestApp) {
        let (worker, dispatcher) = (app.user("worker").await, app.user("dispatcher").await);
        let id = worker.file("5002", marked("井盖")).await;
        let handler = app.user("handler").await;
        let fire = app.hire("fireman", Role::Handler, "411224107-fire_rescue").await;
        assert_invisible(&handler, &id, "井盖").await;
        dispatcher.run_ok(&id, "accept", json!({})).await;
        dispatcher.run_ok(&id, "dispatch", json!({ "organisation": URBAN, "outside_duty": true })).await;
        assert_eq!(handler.reads(&id).await.text("/visibility"), "full");
        assert_invisible(&fire, &id, "井盖").await;
        handler.run_ok(&id, "return", json!({ "reason": "wrong_place", "explanation": "在国道上" })).await;
        dispatcher
            .run_ok(&id, "dispatch", json!({ "organisation": "411224107-fire_rescue", "outside_duty": true, "note": "请看护现场" }))
            .await;
        assert_eq!(fire.reads(&id).await.text("/visibility"), "full");
        assert_eq!(handler.reads(&id).await.text("/visibility"), "former");
        assert!(!read_everything(&handler, &id).await.contains("看护现场"));
        let county = app.user("county").await;
        dispatcher.run_ok(&id, "escalate", body_of("escalate")).await;
        let legs = handler.reads_of(&id, "legs").await;
        assert_eq!(legs.text("/custody/0/handling/0/outcome"), "returned");
        assert!(legs.lacks("/custody/0/ended_at") && legs.lacks("/custody/0/outcome"), "{}", legs.raw);
        assert!(legs.lacks("/custody/0/handling/1") && legs.lacks("/custody/1"), "{}", legs.raw);
        assert_eq!(county.reads_of(&id, "legs").await.text("/custody/0/outcome"), "escalated");
        assert!(handler.reads(&id).await.lacks("/level"));
        for path in ["level=county", "sort=due", "due_before=2027-01-01T00:00:00Z"] {
            let path = format!("/v1/incidents?{path}");
            assert!(handler.lists(&path).await.is_empty(), "{path} would reveal the new holder to a former one");
            assert_eq!(county.lists(&path).await, std::slice::from_ref(&id));
        }
        assert_eq!(handler.lists("/v1/incidents").await, std::slice::from_ref(&id));
        let neighbour = app.hire("officer.two", Role::VillageOfficer, "411224107203-desk").await;
        assert_invisible(&neighbour, &id, "井盖").await;
        let far = app.hire("county.two", Role::EscalationReviewer, "411221-desk").await;
        assert_invisible(&far, &id, "井盖").await;
    }

    async fn a_reporter_sees_progress_and_replies_but_no_internal_texts(app: TestApp) {
        let worker = app.user("worker").await;
        let id = worker.file("5002", marked("井盖")).await;
        let (dispatcher, handler) = (app.user("dispatcher").await, app.user("handler").await);
        dispatcher.run_ok(&id, "accept", json!({})).await;
        dispatcher.run_ok(&id, "dispatch", json!({ "organisation": URBAN, "outside_duty": true, "note": "机密甲" })).await;
        handler.run_ok(&id, "return", json!({ "reason": "other", "explanation": "机密乙" })).await;
        dispatcher.run_ok(&id, "dispatch", json!({ "organisation": URBAN, "outside_duty": true })).await;
        handler.run_ok(&id, "acknowledge", json!({})).await;
        let result = json!({ "outcome": "resolved", "method": "on_site_handling", "result": "机密丙" });
        handler.run_ok(&id, "submit-result", result.clone()).await;
        dispatcher.run_ok(&id, "rework", json!({ "reason": "机密丁" })).await;
        handler.run_ok(&id, "submit-result", result).await;
        dispatcher.run_ok(&id, "comment", json!({ "audience": "internal", "text": "机密戊" })).await;
        dispatcher.run_ok(&id, "close", json!({ "reply": "井盖已换好" })).await;
        dispatcher.run_ok(&id, "reopen", json!({ "reason": "机密己" })).await;
        let all = read_everything(&worker, &id).await;
        assert!(!all.contains("机密"), "{all}");
        assert!(all.contains("井盖已换好"));
        let seen = worker.reads(&id).await;
        assert_eq!(
            (seen.text("/visibility"), seen.text("/holder/organisation")),
            ("own".into(), DESK.into())
        );
        let timeline = worker.reads_of(&id, "timeline").await;
        let names: Vec<String> = timeline.texts("/events", "/by/name");
        assert_eq!(names.iter().filter(|name| !name.is_empty()).count(), 1, "a reporter does not see other names");
        let other = app.hire_for("walker.two", Role::GridWorker, VILLAGE_DESK, &[]).await;
        assert_invisible(&other, &id, "井盖").await;
        assert!(dispatcher.reads_of(&id, "timeline").await.raw.contains("机密己"));
    }

    async fn system_and_security_administrators_see_no_incidents(app: TestApp) {
        let worker = app.user("worker").await;
        for category in ["5002", "1001", "1002", "8003"] {
            let id = worker.file(category, marked("某事")).await;
            for who in ["sysadmin", "secadmin"] {
                assert_invisible(&app.user(who).await, &id, "某事").await;
            }
        }
        for who in ["sysadmin", "secadmin"] {
            app.user(who).await.get(FIGURES).await.expect_problem(403, "forbidden");
            app.user(who).await.report("5002", json!({})).await.expect_problem(403, "forbidden");
        }
        assert_eq!(app.user("auditor").await.lists("/v1/incidents").await.len(), 4);
        assert!(!app.user("auditor").await.get("/v1/incidents").await.raw.contains("某事"));
    }

    async fn answers_for_hidden_and_missing_incidents_are_equal(app: TestApp) {
        let id = app.user("worker").await.file("8003", json!({})).await;
        let village = app.user("village").await;
        let absent = uuid::Uuid::new_v4().to_string();
        for path in ["", "/timeline", "/legs", "/routing", "/actions"] {
            let hidden = village.get(&format!("/v1/incidents/{id}{path}")).await;
            let missing = village.get(&format!("/v1/incidents/{absent}{path}")).await;
            let without_request_id = |answer: &crate::support::ApiAnswer| {
                let mut body = answer.body.clone();
                body["request_id"] = Value::Null;
                (answer.status, body)
            };
            assert_eq!(without_request_id(&hidden), without_request_id(&missing));
        }
        // Missing headers are reported only after the visibility check.
        let without_headers = village.post(&format!("/v1/incidents/{id}/accept"), &json!({})).await;
        without_headers.expect_problem(404, "not_found");
    }

    async fn a_refusal_names_the_holder_only_to_those_who_see_it(app: TestApp) {
        let id = app.user("worker").await.file("1002", json!({})).await;
        let (village, dispatcher) = (app.user("village").await, app.user("dispatcher").await);
        let refusals = async |who: &str| {
            let client = app.user(who).await;
            let mut texts = String::new();
            for command in commands() {
                texts += &client.command(&id, &command, body_of(&command)).await.raw;
            }
            texts
        };
        let texts = refusals("city").await;
        assert!(texts.contains("not_yours") && !texts.contains("411224107"), "{texts}");
        let up = village.run_ok(&id, "escalate", body_of("escalate")).await;
        assert!(up.lacks("/holder") && up.lacks("/level") && up.lacks("/due"), "{}", up.raw);
        dispatcher.run_ok(&id, "accept", json!({})).await;
        let dispatched = dispatcher.run_ok(&id, "dispatch", body_of("dispatch")).await;
        assert_eq!(dispatched.text("/holder/organisation"), URBAN);
        let texts = refusals("village").await;
        assert!(texts.contains("not_yours") && !texts.contains(DESK) && !texts.contains(URBAN), "{texts}");
        assert!(!refusals("city").await.contains("411224107"));
        let refused = dispatcher.command(&id, "acknowledge", json!({})).await.expect_problem(403, "not_yours");
        assert!(refused.raw.contains(URBAN), "the dispatcher sees the holder: {}", refused.raw);
    }
}
