//! Rules: everybody can read them, and the system administrator can change them, try changes, and apply them to open
//! incidents.

use chrono::TimeDelta;
use grassroots::{
    app::error::{AppError, RulesError},
    http::problem::Problem,
    import::{calendar, categories},
};
use grassroots_persistence::database::error::StoreResult;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    both,
    support::{ApiAnswer, Client, DESK, TestApp, body_of},
};

impl TestApp {
    /// Imports only these of the demo's categories. Returns the new version of the rules.
    async fn import_categories(&self, codes: &[&str]) -> Result<i64, AppError> {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../api/data/sanmenxia/categories.csv");
        let file = std::fs::read_to_string(file).expect("the demo's categories");
        let kept = |line: &&str| codes.iter().any(|code| line.starts_with(code)) || line.starts_with("code");
        let file = file.lines().filter(kept).collect::<Vec<_>>().join("\n");
        let parsed = categories::parse(file.as_bytes()).expect("the file is right");
        let (inside, now) = (self.inside().await, self.now());
        let summary = inside.store.write(move |db| categories::apply(db, &parsed, now)).await?;
        Ok(summary.rules_version.expect("rules"))
    }

    async fn import_calendar(&self, file: &str) -> Result<(), AppError> {
        let parsed = calendar::parse(file.as_bytes()).expect("the file is right");
        let (inside, now) = (self.inside().await, self.now());
        inside.store.write(move |db| calendar::apply(db, &parsed, now)).await.map(|_| ())
    }
}

impl Client {
    async fn change_rules(&self, version: Option<u64>, body: Value) -> ApiAnswer {
        let request = self.request(Method::PATCH, "/v1/rules").json(&body);
        let request = match version {
            Some(version) => request.header("If-Match", format!("\"{version}\"")),
            None => request,
        };
        self.send(request).await
    }
}

fn change(changes: &Value) -> Value {
    json!({ "changes": changes, "note": "县综治中心2026年第8号通知" })
}

both! {
    async fn a_change_of_rules_applies_to_later_reports(app: TestApp) {
        let (worker, admin) = (app.user("worker").await, app.user("sysadmin").await);
        let before = worker.file("1001", json!({})).await;
        let rules = admin.get("/v1/rules").await.expect(200);
        let version = rules.number("/version");
        assert_eq!(rules.body["rules"]["stages"]["general"]["accept"], json!({ "amount": 8, "unit": "working_hours" }));

        let shorter = json!({ "stages": { "general": { "accept": { "amount": 2 } } } });
        worker.change_rules(Some(version), change(&shorter)).await.expect_problem(403, "forbidden");
        admin.change_rules(None, change(&shorter)).await.expect_problem(428, "precondition_required");
        let changed = admin.change_rules(Some(version), change(&shorter)).await.expect(200);
        assert_eq!(changed.number("/version"), version + 1);
        assert_eq!(changed.body["rules"]["stages"]["general"]["dispatch"]["amount"], 4, "other rules do not change");
        admin.change_rules(Some(version), change(&shorter)).await.expect_problem(412, "stale_rules");

        let village = app.user("village").await;
        let after = worker.file("1001", json!({})).await;
        let due = |seen: &ApiAnswer| seen.body["deadlines"]["accept"].clone();
        let (old, new) = (due(&village.reads(&before).await), due(&village.reads(&after).await));
        assert_eq!((old["amount"].as_u64(), old["rules_version"].as_u64()), (Some(8), Some(version)));
        assert_eq!((new["amount"].as_u64(), new["rules_version"].as_u64()), (Some(2), Some(version + 1)));
        let decided = village.reads_of(&before, "routing").await.number("/rules_version");
        let then = village.get(&format!("/v1/rules/versions/{decided}")).await.expect(200);
        assert_eq!(then.body["rules"]["stages"]["general"]["accept"]["amount"], 8);
        let versions = village.get("/v1/rules/versions").await.expect(200);
        assert_eq!(versions.text("/versions/0/note"), "县综治中心2026年第8号通知");
        village.get("/v1/rules/versions/99").await.expect_problem(404, "not_found");

        // Only an explicit recomputation changes open incidents. It adds an event to each.
        village.post("/v1/rules/recompute", &json!({})).await.expect_problem(403, "forbidden");
        let done = admin.post("/v1/rules/recompute", &json!({})).await.expect(200);
        assert_eq!((done.number("/examined"), done.number("/changed")), (2, 1));
        assert!(done.lacks("/next"));
        let moved = village.reads(&before).await;
        assert_eq!(due(&moved)["amount"], 2);
        let timeline = village.reads_of(&before, "timeline").await;
        assert_eq!(timeline.happened(), ["reported", "rescheduled"]);
        assert_eq!(timeline.text("/events/1/facts/moved/0/clock"), "accept");
        let again = admin.post("/v1/rules/recompute", &json!({})).await.expect(200);
        assert_eq!(again.number("/changed"), 0, "a second recomputation changes nothing");
    }

    async fn invalid_rules_are_refused(app: TestApp) {
        let admin = app.user("sysadmin").await;
        let version = admin.get("/v1/rules").await.expect(200).number("/version");
        for changes in [
            json!({ "stages": { "general": { "accept": { "amount": 0 } } } }),
            json!({ "stages": { "general": { "accept": { "unit": "fortnights" } } } }),
            json!({ "stages": { "general": { "acept": { "amount": 4 } } } }),
            json!({ "categories": { "1001": { "first_level": "city" } } }),
            json!({ "categories": { "1001": { "zh": "重点人员" } } }),
            json!({ "categories": { "1001": { "code": "1002" } } }),
            json!({ "categories": { "7": null, "10001": { "code": "10001" } } }),
            json!({ "duties": [{ "organisation": DESK, "category": "9999", "role": "basic" }] }),
            json!({ "duties": [{ "organisation": "nowhere", "category": "1001", "role": "basic" }] }),
            json!({ "reasons": { "decline": [] } }),
            json!({ "reasons": { "accept": [{ "code": "x", "zh": "x", "en": "x" }] } }),
            json!({ "minimum_level": { "critical": "city" } }),
            json!({ "calendar": { "hours": [] } }),
            json!({ "surprise": 1 }),
            json!({ "check": null }),
            json!({ "categories": { "1001": { "zh": "" } } }),
            json!({ "categories": { "1001": { "en": "Neighbour dispute" } } }),
            json!({ "categories": { "1001": { "lead": "desk" } } }),
            json!({ "categories": { "1001": { "flags": ["photo1", "photo-"] } } }),
            json!({ "categories": { "1001": { "colour": "red" } } }),
            json!({ "categories": { "1002": { "on_lapse": "never" } } }),
            json!({ "duties": [{ "organisation": "411299-desk", "category": "1001", "role": "basic" }] }),
            json!({ "duties": [{ "organisation": DESK, "category": "1001", "role": "basic", "surprise": 1 }] }),
            json!({ "first_levels": [{ "unit": "411299", "category": "1001", "level": "county" }] }),
            json!({ "skips": [
                { "category": "1001", "severity": "major", "to": "county" },
                { "category": "1001", "severity": "major", "to": "township" },
            ] }),
            json!({ "receipt": { "amount": 20_001 } }),
            json!({ "reasons": { "decline": [{ "code": "other", "zh": "", "en": "other" }] } }),
            json!({ "calendar": { "days": { "2028-01-01": "holiday" } } }),
        ] {
            let refused = admin.change_rules(Some(version), change(&changes)).await;
            refused.clone().expect_problem(422, "invalid_rules");
            let tried = admin.post("/v1/rules/dry-run", &json!({ "changes": changes })).await;
            tried.expect_problem(422, "invalid_rules");
        }
        for (changes, pointer, text) in [
            (json!({ "stages": { "general": { "acept": {} } } }), "/changes/stages/general/acept", "one of `accept`, `dispatch`"),
            (json!({ "check": null }), "/changes/check", "`check` is missing"),
            (json!({ "calendar": { "hours": [] } }), "/changes", "there is no working period"),
            (json!({ "calendar": { "days": { "2028-01-01": "holiday" } } }), "/changes", "none of 2027"),
        ] {
            let body = change(&changes);
            let request = admin.request(Method::PATCH, "/v1/rules").header("If-Match", format!("\"{version}\""));
            let refused = admin.send(request.header("Accept-Language", "en").json(&body)).await;
            assert_eq!(refused.text("/errors/0/pointer"), pointer);
            assert!(refused.text("/detail").contains(text), "{}", refused.raw);
        }
        admin.change_rules(Some(version), json!({ "changes": [], "note": "x" })).await.expect_problem(422, "wrong_type");
        assert_eq!(admin.get("/v1/rules").await.expect(200).number("/version"), version, "nothing was saved");
    }

    async fn a_dry_run_counts_the_effects_on_recent_reports(app: TestApp) {
        let (worker, admin) = (app.user("worker").await, app.user("sysadmin").await);
        for _ in 0..5 {
            worker.file("1001", json!({})).await;
        }
        worker.file("5002", json!({})).await;
        worker.file("1001", json!({ "severity": "significant" })).await;
        let settled = json!({ "on_spot": { "result": "当场劝和，双方已握手言和" } });
        worker.file("1001", settled).await;
        let up = json!({ "categories": { "1001": { "first_level": "township" } } });
        app.user("village").await.post("/v1/rules/dry-run", &json!({ "changes": up })).await.expect_problem(403, "forbidden");
        let tried = admin.post("/v1/rules/dry-run", &json!({ "changes": up })).await.expect(200);
        assert_eq!((tried.number("/examined"), tried.number("/moved")), (7, 6), "incidents handled on the spot are not examined");
        assert_eq!(tried.body["moves"], json!([{ "category": "1001", "from": "village", "to": "township", "count": 6 }]));
        let shorter = json!({ "categories": { "5002": { "limit": { "amount": 1 } } } });
        let tried = admin.post("/v1/rules/dry-run", &json!({ "changes": shorter })).await.expect(200);
        assert_eq!((tried.number("/moved"), tried.lacks("/limits_changed")), (0, true), "counts below five are hidden");

        // The number of incidents is limited, so that the counts do not reveal a single incident.
        for few in [0, 1, 99, 10_001] {
            let body = json!({ "changes": up, "incidents": few });
            admin.post("/v1/rules/dry-run", &body).await.expect_problem(422, "out_of_range");
        }
        let both = json!({ "categories": {
            "1001": { "first_level": "county" }, "5002": { "first_level": "county" },
        } });
        let tried = admin.post("/v1/rules/dry-run", &json!({ "changes": both, "incidents": 100 })).await.expect(200);
        assert_eq!((tried.number("/moved"), tried.lacks("/other")), (6, true), "other counts are below five and hidden");
        assert_eq!(tried.body["moves"].as_array().map(Vec::len), Some(1));

        // The severity is that of the category, unless the reporter gave a higher one.
        let worse = json!({ "categories": { "1001": { "severity": "major" } } });
        let tried = admin.post("/v1/rules/dry-run", &json!({ "changes": worse })).await.expect(200);
        assert_eq!((tried.number("/moved"), tried.number("/limits_changed")), (6, 6));
        let version = admin.get("/v1/rules").await.expect(200).number("/version");
        admin.change_rules(Some(version), change(&worse)).await.expect(200);
        let back = json!({ "categories": { "1001": { "severity": "general" } } });
        let tried = admin.post("/v1/rules/dry-run", &json!({ "changes": back })).await.expect(200);
        assert_eq!((tried.number("/moved"), tried.number("/limits_changed")), (6, 6));

        // A rule for one unit.
        let here = json!({
            "categories": { "1001": { "severity": "general" } },
            "first_levels": [{ "unit": "411224107200", "category": "1001", "level": "township" }],
        });
        admin.change_rules(Some(version + 1), change(&here)).await.expect(200);
        let taken = worker.report("1001", json!({})).await.expect(201);
        assert_eq!(taken.text("/level"), "township");
    }

    async fn a_dry_run_uses_the_reported_category_not_the_corrected_one(app: TestApp) {
        let (worker, admin) = (app.user("worker").await, app.user("sysadmin").await);
        let village = app.user("village").await;
        for _ in 0..5 {
            let id = worker.file("1001", json!({})).await;
            village.run_ok(&id, "correct", json!({ "category": "6007", "reason": "类别选错" })).await;
        }
        let up = |code: &str| json!({ "changes": { "categories": { code: { "first_level": "county" } } } });
        let tried = admin.post("/v1/rules/dry-run", &up("1001")).await.expect(200);
        assert_eq!(tried.number("/moves/0/count"), 5);
        let tried = admin.post("/v1/rules/dry-run", &up("6007")).await.expect(200);
        assert_eq!(tried.number("/moved"), 0);
    }

    async fn a_category_of_open_incidents_cannot_be_removed(app: TestApp) {
        let (worker, admin) = (app.user("worker").await, app.user("sysadmin").await);
        let (one, other) = (worker.file("5002", json!({})).await, worker.file("5002", json!({})).await);
        let version = admin.get("/v1/rules").await.expect(200).number("/version");
        let drop = json!({ "categories": { "5002": null, "5001": null } });
        let refused = admin.change_rules(Some(version), change(&drop)).await.expect_problem(422, "invalid_rules");
        assert!(refused.text("/detail").contains("5002 (2)"), "{}", refused.raw);
        let tried = admin.post("/v1/rules/dry-run", &json!({ "changes": drop })).await;
        tried.expect_problem(422, "invalid_rules");
        let refused = app.import_categories(&["1001"]).await.expect_err("5002 is missing");
        assert!(matches!(&refused, AppError::Rules(RulesError::InUse(open)) if open.len() == 1 && open[0].1 == 2), "{refused:?}");

        let dispatcher = app.user("dispatcher").await;
        let no = json!({ "reason": "other", "reply": "请另行反映" });
        dispatcher.run_ok(&one, "decline", no.clone()).await;
        let refused = admin.change_rules(Some(version), change(&drop)).await.expect_problem(422, "invalid_rules");
        assert!(refused.text("/detail").contains("5002 (1)"), "{}", refused.raw);
        dispatcher.run_ok(&other, "decline", no).await;
        admin.change_rules(Some(version), change(&drop)).await.expect(200);
    }

    async fn an_import_keeps_other_rules_and_is_refused_if_they_do_not_fit(app: TestApp) {
        let admin = app.user("sysadmin").await;
        let version = admin.get("/v1/rules").await.expect(200).number("/version");
        let duty = json!([{ "organisation": "411224107-power_utility", "category": "5002", "role": "basic" }]);
        let changes = json!({ "duties": duty, "categories": { "1001": { "on_lapse": "at_limit" } } });
        admin.change_rules(Some(version), change(&changes)).await.expect(200);
        let refused = app.import_categories(&["1001"]).await.expect_err("5002 is missing");
        let named = "duties names category 5002, which is not there; take that line out, or keep the category";
        assert_eq!(Problem::from(refused).detail.en, named);
        let imported = app.import_categories(&["1001", "5002"]).await.expect("the file fits the rules");
        assert_eq!(imported, i64::try_from(version + 2).expect("a small number"));

        app.restart().await;
        let rules = app.user("sysadmin").await.get("/v1/rules").await.expect(200);
        assert_eq!(rules.body["rules"]["categories"].as_object().map(serde_json::Map::len), Some(2));
        assert_eq!(rules.body["rules"]["categories"]["1001"]["on_lapse"], "at_limit");
        assert_eq!(rules.body["rules"]["duties"], duty);
        let refused = app.import_calendar("date,kind\n2028-01-01,holiday\n").await.expect_err("2027 is missing");
        let detail = Problem::from(refused).detail.en;
        assert!(detail.contains("none of 2027"), "{detail}");
    }

    async fn stored_rules_with_unknown_and_missing_fields_can_be_read(app: TestApp) {
        let inside = app.inside().await;
        let written: StoreResult<_> = inside.store.write(|db| {
            let sql = "UPDATE rules SET body = replace(body, '\"check\":', '\"surprise\":')";
            Ok(diesel::connection::SimpleConnection::batch_execute(db, sql)?)
        }).await;
        written.expect("the rules are altered");
        drop(inside);
        app.restart().await;
        let rules = app.user("sysadmin").await.get("/v1/rules").await.expect(200);
        assert_eq!(rules.body["rules"]["check"], json!({ "amount": 8, "unit": "working_hours" }), "the default");
        assert!(rules.lacks("/rules/surprise"));
    }

    async fn a_recomputation_skips_unreadable_incidents_and_keeps_one_version(app: TestApp) {
        let (worker, admin) = (app.user("worker").await, app.user("sysadmin").await);
        let broken = worker.file("1001", json!({})).await;
        worker.file("1001", json!({})).await;
        let version = admin.get("/v1/rules").await.expect(200).number("/version");
        let shorter = json!({ "stages": { "general": { "accept": { "amount": 2 } } } });
        admin.change_rules(Some(version), change(&shorter)).await.expect(200);
        let inside = app.inside().await;
        let written: StoreResult<_> = inside.store.write(|db| {
            let sql = "UPDATE incident SET snapshot = 'no case' WHERE id = (SELECT min(id) FROM incident)";
            Ok(diesel::connection::SimpleConnection::batch_execute(db, sql)?)
        }).await;
        written.expect("the incident is broken");
        let done = admin.post("/v1/rules/recompute", &json!({})).await.expect(200);
        assert_eq!((done.number("/examined"), done.number("/changed"), done.number("/failed")), (2, 1, 1), "{broken}");
        assert_eq!(done.number("/rules_version"), version + 1);

        let on = |began: u64| json!({ "after": 0, "rules_version": began });
        admin.post("/v1/rules/recompute", &json!({ "after": 0 })).await.expect_problem(422, "missing_field");
        admin.post("/v1/rules/recompute", &on(version + 1)).await.expect(200);
        let refused = admin.post("/v1/rules/recompute", &on(version)).await.expect_problem(409, "rules_changed");
        assert_eq!(refused.number("/current_version"), version + 1);
    }

    async fn duty_lists_reasons_and_escalation_times_can_be_changed(app: TestApp) {
        let (worker, admin) = (app.user("worker").await, app.user("sysadmin").await);
        let power = "411224107-power_utility";
        let version = admin.get("/v1/rules").await.expect(200).number("/version");
        let reasons = json!([{ "code": "reported_elsewhere", "zh": "已在他处登记", "en": "registered elsewhere" }]);
        let changes = json!({
            "duties": [{ "organisation": power, "category": "5002", "role": "basic" }],
            "reasons": { "decline": reasons },
            "on_lapse": { "general": "at_limit" },
        });
        admin.change_rules(Some(version), change(&changes)).await.expect(200);
        let dispatcher = app.user("dispatcher").await;
        let id = worker.file("5002", json!({})).await;
        let old = json!({ "reason": "other", "reply": "请另行反映" });
        dispatcher.command(&id, "decline", old).await.expect_problem(422, "unknown_reason");
        let listed = dispatcher.get("/v1/reasons").await.expect(200);
        assert_eq!(listed.text("/commands/0/reasons/0/name"), "已在他处登记");
        dispatcher.run_ok(&id, "accept", json!({})).await;
        dispatcher.run_ok(&id, "dispatch", json!({ "organisation": power })).await;
        let other = worker.file("5002", json!({})).await;
        dispatcher.run_ok(&other, "accept", json!({})).await;
        let fire = json!({ "organisation": "411224107-fire_rescue" });
        let refused = dispatcher.command(&other, "dispatch", fire).await.expect_problem(409, "outside_duty");
        assert!(refused.text("/detail").contains("不在东明镇消防救援站履职清单内"), "{}", refused.raw);
        dispatcher.run_ok(&other, "dispatch", body_of("dispatch")).await;

        let general = worker.file("1001", json!({})).await;
        app.pass(TimeDelta::days(1) + TimeDelta::hours(1));
        let inside = app.inside().await;
        grassroots::app::reconciler::run_once(&inside, app.now()).await.expect("the database answers");
        assert_eq!(app.user("dispatcher").await.reads(&general).await.text("/level"), "township");
    }
}
