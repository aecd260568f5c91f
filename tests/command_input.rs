//! Commands with wrong headers, bodies or paths, and the order in which a command is checked.

use reqwest::{Method, RequestBuilder, header::HeaderValue};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    both,
    support::{ApiAnswer, Client, TestApp, report},
};

/// A department of the demo's township.
const DEPARTMENT: &str = "411224107-urban_management";

/// A command without `If-Match` and `Idempotency-Key`.
fn bare(who: &Client, incident: &str, command: &str) -> RequestBuilder {
    who.request(Method::POST, &format!("/v1/incidents/{incident}/{command}")).json(&json!({}))
}

/// A new incident at the desk of the demo's township.
async fn reported(app: &TestApp) -> String {
    app.user("worker").await.report("5002", json!({})).await.expect(201).text("/id")
}

/// The pointers and codes of the errors in an answer, sorted.
fn errors_of(answer: &ApiAnswer) -> Vec<(String, String)> {
    let errors = answer.body["errors"].as_array().expect("errors");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let mut pairs: Vec<_> =
        errors.iter().map(|error| (text(&error["pointer"]), text(&error["code"]))).collect();
    pairs.sort();
    pairs
}

both! {
    async fn wrong_or_missing_headers_are_refused(app: TestApp) {
        let id = reported(&app).await;
        let dispatcher = app.user("dispatcher").await;
        let key = || Uuid::new_v4().to_string();

        let missing =
            dispatcher.send(bare(&dispatcher, &id, "accept").header("Idempotency-Key", key())).await;
        let missing = missing.expect_problem(428, "precondition_required");
        assert_eq!(missing.number("/current_version"), 1);
        assert!(missing.text("/detail").contains("\"1\""), "{}", missing.raw);

        for tag in [
            "3",
            "1",
            "W/\"1\"",
            "\"x\"",
            "*",
            "\"\"",
            "\"1\", \"2\"",
            "\"-1\"",
            "\"+1\"",
            "\"1.0\"",
            "\"4294967296\"",
            "\"1",
            "1\"",
            "\" 1\"",
            "\"1\" ",
        ] {
            let request =
                bare(&dispatcher, &id, "accept").header("Idempotency-Key", key()).header("If-Match", tag);
            let answer = dispatcher.send(request).await;
            if tag.trim() == "\"1\"" {
                // HTTP removes the white space around a value.
                let _ = answer.expect(200);
                continue;
            }
            let answer = answer.expect_problem(400, "invalid_if_match");
            assert!(answer.text("/detail").contains(tag), "{tag} is not in {}", answer.raw);
        }
        let request = bare(&dispatcher, &id, "accept").header("Idempotency-Key", key());
        let request = request.header("If-Match", HeaderValue::from_bytes(b"\"\xff\"").expect("a value"));
        dispatcher.send(request).await.expect_problem(400, "invalid_if_match");

        for stale in ["\"1\"", "\"0\"", "\"3\"", "\"4294967295\""] {
            let request = bare(&dispatcher, &id, "void").json(&json!({ "reason": "误报" }));
            let request = request.header("Idempotency-Key", key()).header("If-Match", stale);
            let answer = dispatcher.send(request).await.expect_problem(412, "stale_version");
            assert_eq!(answer.number("/current_version"), 2);
            assert_eq!(answer.text("/current_state"), "pending_dispatch");
            assert!(answer.text("/detail").contains(stale.trim_matches('"')), "{}", answer.raw);
        }

        let keyless = dispatcher.send(bare(&dispatcher, &id, "accept").header("If-Match", "\"2\"")).await;
        keyless.expect_problem(400, "idempotency_key_missing");
        for wrong in ["", "3", "no-uuid", "0198c2a4-0000-7000-8000-00000000000g", "\"\"", "null"] {
            let request = bare(&dispatcher, &id, "accept").header("If-Match", "\"2\"");
            let answer = dispatcher.send(request.header("Idempotency-Key", wrong)).await;
            let answer = answer.expect_problem(400, "idempotency_key_invalid");
            assert!(answer.text("/detail").contains(wrong), "{wrong} is not in {}", answer.raw);
        }
        assert_eq!(dispatcher.version(&id).await, 2);
    }

    async fn wrong_fields_are_refused_in_every_command(app: TestApp) {
        let id = reported(&app).await;
        let dispatcher = app.user("dispatcher").await;
        let long = "长".repeat(2_001);
        for (command, body, expected) in [
            ("accept", json!({ "note": "x" }), vec![("/note", "unknown_field")]),
            ("accept", json!([]), vec![("", "wrong_type")]),
            ("acknowledge", json!("x"), vec![("", "wrong_type")]),
            ("acknowledge", json!(null), vec![("", "wrong_type")]),
            (
                "decline",
                json!({ "reason": "不想办", "reply": "" }),
                vec![("/reason", "wrong_type"), ("/reply", "text_empty")],
            ),
            ("decline", json!({ "reason": "other" }), vec![("/reply", "missing_field")]),
            ("decline", json!(["other", "请拨12345"]), vec![("", "wrong_type")]),
            ("dispatch", json!({}), vec![("/organisation", "missing_field")]),
            (
                "dispatch",
                json!({ "organisation": "nowhere", "note": "\0" }),
                vec![("/note", "control_character"), ("/organisation", "wrong_type")],
            ),
            (
                "dispatch",
                json!({ "organisation": "411224999-desk" }),
                vec![("/organisation", "unknown_organisation")],
            ),
            (
                "dispatch",
                json!({ "organisation": "411224107-nothing" }),
                vec![("/organisation", "wrong_type")],
            ),
            ("dispatch", json!({ "organisation": DEPARTMENT, "note": 5 }), vec![("/note", "wrong_type")]),
            (
                "return",
                json!({ "reason": "Lazy", "explanation": " " }),
                vec![("/explanation", "text_empty"), ("/reason", "wrong_type")],
            ),
            (
                "submit-result",
                json!({ "outcome": "done", "method": "magic", "result": long }),
                vec![("/method", "wrong_type"), ("/outcome", "wrong_type"), ("/result", "text_too_long")],
            ),
            (
                "submit-result",
                json!({ "outcome": true, "method": "other", "result": "已办" }),
                vec![("/outcome", "wrong_type")],
            ),
            ("rework", json!({ "reason": "" }), vec![("/reason", "text_empty")]),
            ("close", json!({ "reply": "" }), vec![("/reply", "text_empty")]),
            ("close", json!({ "reply": "好", "state": "closed" }), vec![("/state", "unknown_field")]),
            (
                "escalate",
                json!({ "reason": "", "tried": "\u{1}" }),
                vec![("/reason", "wrong_type"), ("/tried", "control_character")],
            ),
            (
                "escalate",
                json!({ "reason": "cross_area", "tried": "已协商", "to": "4112-desk" }),
                vec![("/to", "unknown_field")],
            ),
            ("reopen", json!({ "reason": ["x"] }), vec![("/reason", "wrong_type")]),
            ("void", json!({ "reason": null }), vec![("/reason", "wrong_type")]),
            (
                "comment",
                json!({ "audience": "all", "text": "" }),
                vec![("/audience", "wrong_type"), ("/text", "text_empty")],
            ),
        ] {
            for language in ["zh", "en"] {
                let request = dispatcher
                    .request(Method::POST, &format!("/v1/incidents/{id}/{command}"))
                    .header("Accept-Language", language)
                    .header("If-Match", "\"1\"")
                    .header("Idempotency-Key", Uuid::new_v4().to_string())
                    .json(&body);
                let code = if let [(_, code)] = expected[..] { code } else { "invalid_body" };
                let answer = dispatcher.send(request).await.expect_problem(422, code);
                let expected: Vec<_> =
                    expected.iter().map(|(at, code)| ((*at).to_owned(), (*code).to_owned())).collect();
                assert_eq!(errors_of(&answer), expected, "{command} {body}: {}", answer.raw);
            }
        }
        let bad = dispatcher.command(&id, "dispatch", json!({ "organisation": "nowhere" })).await;
        assert!(bad.text("/detail").contains("nowhere"), "{}", bad.raw);
        assert_eq!(dispatcher.version(&id).await, 1);
        let timeline = dispatcher.get(&format!("/v1/incidents/{id}/timeline")).await.expect(200);
        assert_eq!(timeline.body["events"].as_array().map(Vec::len), Some(1));
    }

    async fn the_checks_of_a_command_have_a_fixed_order(app: TestApp) {
        let (worker, dispatcher) = (app.user("worker").await, app.user("dispatcher").await);
        let (handler, stranger) = (app.user("handler").await, app.stranger());
        let id = reported(&app).await;
        let used = Uuid::new_v4();
        let accepted = dispatcher.command_at(&id, "accept", json!({}), 1, used).await.expect(200);
        let fresh = || Some(Uuid::new_v4());
        let (close, accept) = (("close", json!({ "reply": "已处理，感谢反映" })), ("accept", json!({})));
        let elsewhere = ("dispatch", json!({ "organisation": "411224-desk" }));

        // Each line corrects the mistake of the line before. All later mistakes are still in it.
        for (what, who, (command, body), key, version, status, code) in [
            ("no token", &stranger, &close, None, None, 401, Some("unauthenticated")),
            ("not visible", &handler, &close, None, None, 404, Some("not_found")),
            ("no key", &worker, &close, None, None, 400, Some("idempotency_key_missing")),
            ("a repeat", &dispatcher, &accept, Some(used), None, 200, None),
            (
                "a key of another request",
                &dispatcher,
                &close,
                Some(used),
                None,
                409,
                Some("idempotency_key_reused"),
            ),
            ("no version", &worker, &close, fresh(), None, 428, Some("precondition_required")),
            ("a stale version", &worker, &close, fresh(), Some(1), 412, Some("stale_version")),
            ("not their step", &worker, &close, fresh(), Some(2), 403, Some("not_yours")),
            ("the wrong state", &dispatcher, &close, fresh(), Some(2), 409, Some("wrong_state")),
            (
                "an organisation of another unit",
                &dispatcher,
                &elsewhere,
                fresh(),
                Some(2),
                422,
                Some("foreign_organisation"),
            ),
        ] {
            let mut request = who.request(Method::POST, &format!("/v1/incidents/{id}/{command}")).json(body);
            if let Some(key) = key {
                request = request.header("Idempotency-Key", key.to_string());
            }
            if let Some(version) = version {
                request = request.header("If-Match", format!("\"{version}\""));
            }
            let answer = who.send(request).await;
            match code {
                Some(code) => drop(answer.expect_problem(status, code)),
                None => assert_eq!(answer.expect(status).raw, accepted.raw, "{what}"),
            }
        }
        assert_eq!(dispatcher.version(&id).await, 2);
    }

    async fn malformed_requests_are_refused_before_visibility_is_checked(app: TestApp) {
        // Headers, path and body are parsed first. So a refusal does not reveal whether the incident exists.
        let id = reported(&app).await;
        let handler = app.user("handler").await;
        for incident in [id.clone(), Uuid::new_v4().to_string()] {
            let bad_body =
                handler.request(Method::POST, &format!("/v1/incidents/{incident}/void")).json(&json!({}));
            handler.send(bad_body).await.expect_problem(422, "missing_field");
            let bad_tag = bare(&handler, &incident, "accept").header("If-Match", "3");
            handler.send(bad_tag).await.expect_problem(400, "invalid_if_match");
            let bad_key = bare(&handler, &incident, "accept").header("Idempotency-Key", "3");
            handler.send(bad_key).await.expect_problem(400, "idempotency_key_invalid");
            handler.command(&incident, "accept", json!({})).await.expect_problem(404, "not_found");
        }
        // Without a token, nothing else is parsed.
        let stranger = app.stranger();
        let all_wrong =
            stranger.request(Method::POST, "/v1/incidents/x/void").header("If-Match", "3").body("{");
        stranger.send(all_wrong).await.expect_problem(401, "unauthenticated");
        stranger.post("/v1/incidents", &report("12", json!({}))).await.expect_problem(401, "unauthenticated");
    }

    async fn invalid_ids_in_paths_are_refused(app: TestApp) {
        let (worker, secadmin) = (app.user("worker").await, app.user("secadmin").await);
        for id in ["1", "not-a-uuid", "%E4%BA%95", "%00", "%22", "20261123-000001"] {
            for end in ["", "/timeline", "/legs", "/routing", "/actions"] {
                worker.get(&format!("/v1/incidents/{id}{end}")).await.expect_problem(400, "invalid_path");
            }
            let answer = worker.command_at(id, "accept", json!({}), 1, Uuid::new_v4()).await;
            answer.expect_problem(400, "invalid_path");
            secadmin.get(&format!("/v1/accounts/{id}")).await.expect_problem(400, "invalid_path");
            let path = format!("/v1/accounts/{id}/disable");
            secadmin.post(&path, &json!({})).await.expect_problem(400, "invalid_path");
        }
        worker.get(&format!("/v1/incidents/{}", Uuid::new_v4())).await.expect_problem(404, "not_found");
        worker.get("/v1/units/12345").await.expect_problem(400, "invalid_path");
        let refused = worker.get("/v1/incidents/not-a-uuid").await;
        assert!(refused.text("/detail").contains("not-a-uuid"), "{}", refused.raw);
    }
}
