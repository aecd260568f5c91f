//! Idempotency: a report or a command that is sent several times takes effect once.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use grassroots::app::commands;
use grassroots_domain::{account::Role, ids::IncidentId, reading::visibility::Scope};
use grassroots_persistence::{
    database::error::StoreResult,
    incident::{events, incidents},
    reading::lists,
    reference::rules,
};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    both,
    support::{
        ApiAnswer, Client, TestApp, URBAN,
        photos::{jpeg, of},
        report, run_concurrently,
    },
};

const PARALLEL: usize = 64;

/// The number of incidents of the city, and the number of events of this incident, in the database.
async fn count_stored(app: &TestApp, incident: &str) -> (usize, usize) {
    let id = IncidentId(incident.parse().expect("an id"));
    let found: StoreResult<_> = app
        .inside()
        .await
        .store
        .read(move |db| {
            let all = lists::IncidentFilter { limit: 1_000, ..lists::IncidentFilter::default() };
            let city = Scope::Audit("4112".parse().expect("a code"));
            let key = incidents::find(db, id)?.expect("an incident").key;
            Ok((lists::page(db, city, &all)?.len(), events::history(db, key)?.len()))
        })
        .await;
    found.expect("the database answers")
}

async fn report_concurrently(who: &Client, body: &Value) -> Vec<ApiAnswer> {
    run_concurrently((0..PARALLEL).map(|_| {
        let (who, body) = (who.clone(), body.clone());
        async move { who.post("/v1/incidents", &body).await }
    }))
    .await
}

async fn accept_concurrently(
    who: &Client,
    incident: &str,
    version: u64,
    key: impl Fn() -> Uuid,
) -> Vec<ApiAnswer> {
    run_concurrently((0..PARALLEL).map(|_| {
        let (who, incident, key) = (who.clone(), incident.to_owned(), key());
        async move { who.command_at(&incident, "accept", json!({}), version, key).await }
    }))
    .await
}

fn count(answers: &[ApiAnswer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

/// A problem without its request id, which differs in each answer.
fn without_request_id(answer: &ApiAnswer) -> Value {
    let mut body = answer.body.clone();
    body.as_object_mut().expect("an object").remove("request_id").expect("a request id");
    body
}

/// A request as bytes.
fn request_bytes(app: &TestApp, who: &Client, path: &str, headers: &str, body: &Value) -> Vec<u8> {
    let (host, token, body) = (app.host(), who.token(), body.to_string());
    format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\n{headers}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

both! {
    async fn an_alarm_a_comment_or_a_photo_in_between_does_not_undo_a_decision(app: TestApp) {
        let (worker, dispatcher) = (app.user("worker").await, app.user("dispatcher").await);
        let (reviewer, key) = (app.user("county").await, Uuid::new_v4);
        let id = worker.file("5002", json!({})).await;
        let seen = dispatcher.version(&id).await;
        let comment = json!({ "audience": "internal", "text": "市政抢修队已在路上" });
        reviewer.run_ok(&id, "comment", comment).await;
        reviewer.run_ok(&id, "remind", json!({ "text": "请尽快受理" })).await;
        worker.run_ok(&id, "add-photos", json!({ "photos": [of(&jpeg(1, 2_000), "during")] })).await;
        let accepted = dispatcher.command_at(&id, "accept", json!({}), seen, key()).await.expect(200);
        assert_eq!((accepted.text("/state").as_str(), accepted.number("/version")), ("pending_dispatch", seen + 4));
        // What was decided meanwhile counts, whatever else happened.
        reviewer.run_ok(&id, "remind", json!({ "text": "请尽快派遣" })).await;
        let stale = dispatcher.command_at(&id, "void", json!({ "reason": "重复录入" }), seen, key()).await;
        stale.expect_problem(412, "stale_version");
        let ahead = dispatcher.version(&id).await + 1;
        let stale = dispatcher.command_at(&id, "void", json!({ "reason": "重复录入" }), ahead, key()).await;
        stale.expect_problem(412, "stale_version");
    }

    async fn a_report_sent_concurrently_is_stored_once(app: TestApp) {
        let worker = app.user("worker").await;
        let body = report("5002", json!({ "sent_at": "2026-11-23T09:56:00+08:00" }));
        let answers = report_concurrently(&worker, &body).await;
        assert_eq!((count(&answers, 201), count(&answers, 200)), (1, PARALLEL - 1));
        let first = answers[0].body.clone();
        for answer in &answers {
            assert_eq!(answer.body, first);
            assert_eq!(answer.headers["etag"], "\"1\"");
            assert_eq!(answer.headers["location"], format!("/v1/incidents/{}", answer.text("/id")).as_str());
        }
        let id = answers[0].text("/id");
        assert_eq!(count_stored(&app, &id).await, (1, 1));

        app.restart().await;
        app.pass(TimeDelta::minutes(3));
        let again = worker.post("/v1/incidents", &body).await.expect(200);
        assert_eq!(again.body, first);

        let dispatcher = app.user("dispatcher").await;
        dispatcher.command(&id, "accept", json!({})).await.expect(200);
        dispatcher
            .command(&id, "dispatch", json!({ "organisation": "411224107-urban_management" }))
            .await
            .expect(200);
        app.restart().await;
        let now = worker.post("/v1/incidents", &body).await.expect(200);
        assert_eq!((now.text("/state"), now.number("/version")), ("pending_receipt".to_owned(), 3));
        assert_eq!(now.headers["etag"], "\"3\"");
        assert_eq!(now.body, worker.get(&format!("/v1/incidents/{id}")).await.expect(200).body);
        for kept in ["incident_no", "query_code", "received_at", "origin", "description", "routing"] {
            assert_eq!(now.body[kept], first[kept]);
        }
        assert_eq!(count_stored(&app, &id).await.0, 1);
    }

    async fn a_repeated_report_may_have_another_json_notation(app: TestApp) {
        let worker = app.user("worker").await;
        let id = Uuid::new_v4();
        let spelled = |text: &str| text.replace("ID", &id.to_string());
        let first = spelled(
            r#"{"id":"ID","category":"5002","description":"井盖丢失，已绕行","title":null,"location":{"lon":110.8569,"lat":34.0,
            "datum":"wgs84","accuracy_m":10,"captured_at":"2026-11-23T09:00:00+08:00"},"sent_at":"2026-11-23T09:57:00+08:00",
            "occurred_at":"2026-11-23T09:00:00.500+08:00"}"#,
        );
        let taken = worker.post_raw("/v1/incidents", Some("application/json"), first).await.expect(201);
        for same in [
            r#"{"location":{"source":"gps","captured_at":"2026-11-23T01:00:00Z","accuracy_m":1.0e1,"datum":"wgs84","lat":34.00,"lon":110.85690},
            "occurred_at":"2026-11-23T01:00:00.5Z","description":"井盖丢失，已绕行","category":"5002","id":"ID"}"#,
            "\n\t{ \"id\" : \"ID\" ,\r\n \"category\":\"\\u0035002\",\"description\":\"\\u4e95\\u76d6丢失，已绕行\",
            \"location\":{\"lon\":110856.9e-3,\"lat\":34,\"datum\":\"wgs84\",\"accuracy_m\":10.00,\"captured_at\":\"2026-11-22T20:00:00-05:00\"},
            \"occurred_at\":\"2026-11-23T09:00:00.500000+08:00\",\"sent_at\":\"2026-11-23T12:00:00+08:00\"} ",
        ] {
            let same = spelled(same).replace("ID", &id.simple().to_string().to_uppercase());
            let again = worker.post_raw("/v1/incidents", Some("application/json; charset=utf-8"), same).await;
            assert_eq!(again.expect(200).body, taken.body);
        }
        assert_eq!(count_stored(&app, &id.to_string()).await, (1, 1));
    }

    async fn another_report_with_the_same_id_is_refused(app: TestApp) {
        let worker = app.user("worker").await;
        let location = json!({ "lon": 110.8569, "lat": 33.7606, "datum": "wgs84" });
        let body = report("5002", json!({ "location": location, "severity": "major", "title": "井盖" }));
        let taken = worker.post("/v1/incidents", &body).await.expect(201);
        let other = |pointer: &str, value: Value| {
            let mut other = body.clone();
            let (parent, field) = pointer.rsplit_once('/').expect("a pointer");
            other.pointer_mut(parent).expect("a parent")[field] = value;
            other
        };
        let mut hashes = Vec::new();
        for other in [
            other("/description", json!("村口井盖缺失，夜间无灯，车辆绕行。")),
            other("/category", json!("5001")),
            other("/severity", json!("critical")),
            other("/severity", Value::Null),
            other("/title", Value::Null),
            other("/place_text", json!("村委会后门")),
            other("/reported_at", json!("2026-11-23T09:55:01+08:00")),
            other("/occurred_at", json!("2026-11-23T09:00:00+08:00")),
            other("/location", Value::Null),
            other("/location/lat", json!(33.760_601)),
            other("/location/datum", json!("gcj02")),
            other("/location/accuracy_m", json!(0)),
        ] {
            let answer = worker.post("/v1/incidents", &other).await.expect_problem(409, "report_conflict");
            assert_eq!(answer.text("/retry"), "never");
            hashes.push(answer.text("/sent_sha256"));
            hashes.push(answer.text("/stored_sha256"));
        }
        hashes.sort();
        hashes.dedup();
        assert_eq!(hashes.len(), 13, "twelve reports sent, one stored");
        assert!(
            hashes.iter().all(|hash| hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
        );
        let mut later = body.clone();
        later["sent_at"] = json!("2026-11-23T10:00:00+08:00");
        assert_eq!(worker.post("/v1/incidents", &later).await.expect(200).body, taken.body);
        assert_eq!(count_stored(&app, &taken.text("/id")).await, (1, 1));
    }

    async fn a_report_with_the_id_of_another_account_reveals_nothing(app: TestApp) {
        let (worker, village) = (app.user("worker").await, app.user("village").await);
        let mine = report("1001", json!({}));
        worker.post("/v1/incidents", &mine).await.expect(201);
        let mut other = mine.clone();
        other["description"] = json!("完全不同的另一件事情");
        let mut secret = report("8003", json!({}));
        secret["id"] = json!(Uuid::new_v4());
        app.user("county").await.post("/v1/incidents", &secret).await.expect(201);

        let same_content = village.post("/v1/incidents", &mine).await.expect_problem(409, "id_taken");
        let other_content = village.post("/v1/incidents", &other).await.expect_problem(409, "id_taken");
        let of_secret = village.post("/v1/incidents", &secret).await.expect_problem(409, "id_taken");
        assert_eq!(without_request_id(&same_content), without_request_id(&other_content));
        assert_eq!(without_request_id(&same_content), without_request_id(&of_secret));
        let names = |answer: &ApiAnswer| answer.headers.keys().map(ToString::to_string).collect::<BTreeSet<_>>();
        assert_eq!(names(&same_content), names(&other_content));
        assert!(!same_content.raw.contains("sha256"), "{}", same_content.raw);
        assert_eq!(count_stored(&app, mine["id"].as_str().expect("an id")).await, (2, 1));
    }

    async fn a_command_sent_concurrently_is_carried_out_once(app: TestApp) {
        let id = app.user("worker").await.report("5002", json!({})).await.expect(201).text("/id");
        let dispatcher = app.user("dispatcher").await;
        let key = Uuid::new_v4();
        let answers = accept_concurrently(&dispatcher, &id, 1, || key).await;
        assert_eq!(count(&answers, 200), PARALLEL);
        assert!(answers.iter().all(|answer| answer.raw == answers[0].raw), "{}", answers[0].raw);
        assert_eq!(count_stored(&app, &id).await, (1, 2));

        let to = json!({ "organisation": "411224107-urban_management" });
        dispatcher.command(&id, "dispatch", to.clone()).await.expect(200);
        for restarts in 0..2 {
            if restarts > 0 {
                app.restart().await;
            }
            let repeat = dispatcher.command_at(&id, "accept", json!({}), 1, key).await.expect(200);
            assert_eq!(repeat.raw, answers[0].raw);
            // The version of a repeated command is not checked.
            let repeat = dispatcher.command_at(&id, "accept", json!({}), 99, key).await.expect(200);
            assert_eq!(repeat.raw, answers[0].raw);
        }
        assert_eq!(count_stored(&app, &id).await, (1, 3));
    }

    async fn an_idempotency_key_belongs_to_one_request_of_one_account(app: TestApp) {
        let worker = app.user("worker").await;
        let (dispatcher, county) = (app.user("dispatcher").await, app.user("county").await);
        let first = worker.report("5002", json!({})).await.expect(201).text("/id");
        let second = worker.report("5002", json!({})).await.expect(201).text("/id");
        let key = Uuid::new_v4();
        let text = |words: &str| json!({ "audience": "internal", "text": words });
        let first_answer = dispatcher.command_at(&first, "comment", text("甲"), 1, key).await.expect(200);
        for (incident, command, body) in [
            (&first, "comment", text("乙")),
            (&first, "comment", json!({ "audience": "reporter", "text": "甲" })),
            (&second, "comment", text("甲")),
            (&first, "accept", json!({})),
        ] {
            let answer = dispatcher.command_at(incident, command, body, 2, key).await;
            answer.expect_problem(409, "idempotency_key_reused");
        }
        let again = dispatcher.command_at(&first, "comment", text("甲"), 2, key).await.expect(200);
        assert_eq!(again.raw, first_answer.raw);
        let of_county = county.command_at(&first, "comment", text("丙"), 2, key).await.expect(200);
        assert_eq!(of_county.number("/version"), 3);
        // The key of a refused command can be used again.
        let key = Uuid::new_v4();
        dispatcher
            .command_at(&second, "accept", json!({}), 9, key)
            .await
            .expect_problem(412, "stale_version");
        dispatcher.command_at(&second, "accept", json!({}), 1, key).await.expect(200);
    }

    async fn of_concurrent_commands_on_one_version_one_succeeds(app: TestApp) {
        let id = app.user("worker").await.report("5002", json!({})).await.expect(201).text("/id");
        let dispatcher = app.user("dispatcher").await;
        let answers = accept_concurrently(&dispatcher, &id, 1, Uuid::new_v4).await;
        assert_eq!((count(&answers, 200), count(&answers, 412)), (1, PARALLEL - 1));
        for answer in answers.into_iter().filter(|answer| answer.status != 200) {
            let answer = answer.expect_problem(412, "stale_version");
            assert_eq!(answer.number("/current_version"), 2);
        }
        assert_eq!(count_stored(&app, &id).await, (1, 2));
        dispatcher
            .command_at(&id, "accept", json!({}), 1, Uuid::new_v4())
            .await
            .expect_problem(412, "stale_version");
        dispatcher
            .command_at(&id, "accept", json!({}), 2, Uuid::new_v4())
            .await
            .expect_problem(409, "wrong_state");
    }

    async fn a_request_repeated_after_a_closed_connection_takes_effect_once(app: TestApp) {
        let (worker, dispatcher) = (app.user("worker").await, app.user("dispatcher").await);
        for _ in 0..8 {
            let body = report("5002", json!({}));
            for _ in 0..4 {
                app.send_and_disconnect(&request_bytes(&app, &worker, "/v1/incidents", "", &body));
            }
            let taken = worker.post("/v1/incidents", &body).await;
            assert!(matches!(taken.status, 200 | 201), "{}", taken.raw);
            let id = taken.text("/id");
            let key = Uuid::new_v4();
            let headers = format!("If-Match: \"1\"\r\nIdempotency-Key: {key}\r\n");
            for _ in 0..4 {
                let path = format!("/v1/incidents/{id}/accept");
                app.send_and_disconnect(&request_bytes(&app, &dispatcher, &path, &headers, &json!({})));
            }
            dispatcher.command_at(&id, "accept", json!({}), 1, key).await.expect(200);
            let timeline = dispatcher.get(&format!("/v1/incidents/{id}/timeline")).await.expect(200);
            assert_eq!(timeline.body["events"].as_array().map(Vec::len), Some(2), "{}", timeline.raw);
        }
        let mine = worker.get("/v1/incidents?mine=true&limit=200").await.expect(200);
        assert_eq!(mine.body["incidents"].as_array().map(Vec::len), Some(8));
    }

    async fn reports_repeated_after_aborted_requests_are_stored_once(app: TestApp) {
        let worker = app.user("worker").await;
        let bodies: Vec<Value> = (0..PARALLEL).map(|_| report("5002", json!({}))).collect();
        let sending: Vec<_> = bodies
            .iter()
            .map(|body| tokio::spawn(worker.request(Method::POST, "/v1/incidents").json(body).send()))
            .collect();
        // After the first answer the other requests are aborted, in whatever state they are.
        let mut sending = sending.into_iter();
        let answered = sending.next().expect("a request").await.expect("no panic").expect("an answer");
        assert_eq!(answered.status().as_u16(), 201);
        sending.for_each(|request| request.abort());
        let answers = run_concurrently(bodies.into_iter().map(|body| {
            let worker = worker.clone();
            async move { worker.post("/v1/incidents", &body).await }
        }))
        .await;
        assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 201)));
        let mut numbers: Vec<String> = answers.iter().map(|answer| answer.text("/incident_no")).collect();
        numbers.sort();
        numbers.dedup();
        assert_eq!(numbers.len(), PARALLEL);
        assert_eq!(count_stored(&app, &answers[0].text("/id")).await, (PARALLEL, 1));
    }
}

both! {
    async fn the_answer_to_a_command_is_stored_for_ninety_days(app: TestApp) {
        let id = app.user("worker").await.file("5002", json!({})).await;
        let key = Uuid::new_v4();
        app.user("dispatcher").await.command_at(&id, "accept", json!({}), 1, key).await.expect(200);
        let inside = app.inside().await;
        app.pass(TimeDelta::days(90));
        commands::prune(&inside).await.expect("the database answers");
        app.user("dispatcher").await.command_at(&id, "accept", json!({}), 1, key).await.expect(200);
        app.pass(TimeDelta::hours(1));
        commands::prune(&inside).await.expect("the database answers");
        let late = app.user("dispatcher").await.command_at(&id, "accept", json!({}), 1, key).await;
        late.expect_problem(412, "stale_version");
    }
}

both! {
    async fn a_repeated_report_is_answered_after_changes_of_rules_and_account(app: TestApp) {
        let reporter = app.hire_for("walker", Role::GridWorker, "411224107200-desk", &["411224107200001"]).await;
        let body = report("5002", json!({}));
        let id = reporter.post("/v1/incidents", &body).await.expect(201).text("/id");

        let inside = app.inside().await;
        let snapshot = inside.snapshots.current();
        let mut book = snapshot.rules.as_ref().expect("rules").book().clone();
        book.categories.retain(|code, _| code.to_string() != "5002");
        let reference_data = &snapshot.reference_data;
        let book = book.checked(&reference_data.units, &reference_data.organisations).expect("the rules are right");
        let now = app.now();
        let imported: StoreResult<_> =
            inside.store.write(move |db| rules::append(db, &book, "without manhole covers", None, now)).await;
        imported.expect("the rules are stored");
        inside.snapshots.refresh(&inside.store).await.expect("the rules are read");
        assert_eq!(reporter.post("/v1/incidents", &body).await.expect(200).text("/id"), id);
        let another = reporter.post("/v1/incidents", &report("5002", json!({}))).await.expect(422);
        assert_eq!(another.text("/errors/0/code"), "unknown_category");

        let secadmin = app.user("secadmin").await;
        let moved = json!({ "role": "handler", "organisation": URBAN, "grids": [] });
        let account = reporter.get("/v1/me").await.expect(200).text("/id");
        secadmin.post(&format!("/v1/accounts/{account}/move"), &moved).await.expect(200);
        let again = reporter.post("/v1/incidents", &body).await.expect(200);
        assert_eq!((again.text("/id"), again.text("/visibility")), (id.clone(), "summary".to_owned()));
        assert!(again.lacks("/description") && again.lacks("/holder") && again.lacks("/query_code"));
        let of_another = app.user("worker").await.file("5001", json!({})).await;
        let guess = report("5001", json!({ "id": of_another }));
        reporter.post("/v1/incidents", &guess).await.expect_problem(403, "forbidden");
        reporter.post("/v1/incidents", &report("5001", json!({}))).await.expect(403);
        let mut other = body.clone();
        other["description"] = json!("同一编号下的另一件事");
        assert_eq!(reporter.post("/v1/incidents", &other).await.expect(409).text("/code"), "report_conflict");
    }
}
