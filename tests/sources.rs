//! What desks enter themselves: where it came from, its number there, and matters that a desk keeps.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    both,
    support::{Client, DESK, report, run_concurrently},
};

/// A work order of the hotline with this number.
fn order(number: &str, more: Value) -> Value {
    let mut body = json!({ "source": "hotline_12345", "external_no": number });
    for (field, value) in more.as_object().expect("an object") {
        body[field] = value.clone();
    }
    body
}

async fn kept(desk: &Client, category: &str, more: Value) -> crate::support::ApiAnswer {
    let mut body = json!({ "keep": true });
    for (field, value) in more.as_object().expect("an object") {
        body[field] = value.clone();
    }
    desk.report(category, body).await
}

both! {
    async fn an_order_of_the_hotline_is_entered_once(app: TestApp) {
        let (dispatcher, county) = (app.user("dispatcher").await, app.user("county").await);
        let entered = dispatcher.report("5002", order("12345-2026-0101", json!({}))).await.expect(201);
        assert_eq!((entered.text("/source"), entered.text("/external_no")), ("hotline_12345".into(), "12345-2026-0101".into()));
        let again = county.report("5002", order("12345-2026-0101", json!({}))).await;
        let again = again.expect_problem(409, "external_no_taken");
        assert_eq!(again.text("/incident"), entered.text("/id"));
        // The township of another county does not see it, and learns nothing of it.
        let elsewhere = app.hire("gaocun", grassroots_domain::account::Role::TownshipDispatcher, "411221101-desk").await;
        let taken = elsewhere.report("5002", order("12345-2026-0101", json!({}))).await;
        let taken = taken.expect_problem(409, "external_no_taken");
        assert!(taken.lacks("/incident") && !taken.raw.contains(&entered.text("/id")), "{}", taken.raw);
        // The same number of another source is another matter.
        let police = json!({ "source": "police_110", "external_no": "12345-2026-0101" });
        let other = dispatcher.report("5002", police).await.expect(201);
        assert_ne!(other.text("/id"), entered.text("/id"));
        assert_eq!(dispatcher.reads(&other.text("/id")).await.text("/source"), "police_110");
    }

    async fn a_report_with_a_number_that_is_sent_again_is_answered_with_its_incident(app: TestApp) {
        let dispatcher = app.user("dispatcher").await;
        let body = report("5002", order("12345-2026-0202", json!({})));
        let first = dispatcher.post("/v1/incidents", &body).await.expect(201);
        let again = dispatcher.post("/v1/incidents", &body).await.expect(200);
        assert_eq!(first.text("/id"), again.text("/id"));
        // An id that is taken does not use up the number.
        let mut other = report("5002", order("12345-2026-0303", json!({})));
        other["id"] = body["id"].clone();
        dispatcher.post("/v1/incidents", &other).await.expect_problem(409, "report_conflict");
        dispatcher.report("5002", order("12345-2026-0303", json!({}))).await.expect(201);
    }

    async fn of_many_who_enter_one_order_at_once_one_opens_it(app: TestApp) {
        let dispatcher = app.user("dispatcher").await;
        let answers = run_concurrently((0..16).map(|_| {
            let dispatcher = dispatcher.clone();
            async move { dispatcher.report("5002", order("12345-2026-0404", json!({}))).await }
        }))
        .await;
        let opened: Vec<_> = answers.iter().filter(|answer| answer.status == 201).collect();
        assert_eq!(opened.len(), 1);
        for answer in answers.iter().filter(|answer| answer.status != 201) {
            let answer = answer.clone().expect_problem(409, "external_no_taken");
            assert_eq!(answer.text("/incident"), opened[0].text("/id"));
        }
        assert_eq!(dispatcher.lists("/v1/incidents").await, [opened[0].text("/id")]);
    }

    async fn a_source_must_fit_who_enters_it(app: TestApp) {
        let (worker, dispatcher) = (app.user("worker").await, app.user("dispatcher").await);
        let told = worker.report("5002", json!({ "source": "resident_report" })).await.expect(201);
        assert_eq!(told.text("/source"), "resident_report");
        assert_eq!(worker.report("5002", json!({})).await.expect(201).text("/source"), "grid_patrol");
        assert_eq!(dispatcher.report("5002", json!({})).await.expect(201).text("/source"), "resident_report");
        worker.report("5002", order("12345-1", json!({}))).await.expect_problem(422, "wrong_source");
        let unnumbered = json!({ "source": "village_meeting", "external_no": "7" });
        dispatcher.report("5002", unnumbered).await.expect_problem(422, "wrong_source");
        let strange = json!({ "source": "rumour", "external_no": "7 ; drop" });
        let refused = dispatcher.report("5002", strange).await.expect(422);
        assert_eq!(refused.texts("/errors", "/pointer"), ["/source", "/external_no"]);
    }

    async fn a_desk_keeps_what_it_enters_if_its_level_may(app: TestApp) {
        let (village, dispatcher) = (app.user("village").await, app.user("dispatcher").await);
        let (county, city) = (app.user("county").await, app.user("city").await);
        // Neighbours at odds: the village is first, and the township may keep it.
        let place = json!({ "location": { "lon": 110.8569, "lat": 33.7606, "datum": "wgs84" } });
        let here = kept(&dispatcher, "1001", place.clone()).await.expect(201);
        assert_eq!((here.text("/state"), here.text("/holder/organisation")), ("pending_dispatch".into(), DESK.into()));
        assert_eq!(here.text("/routing/rule"), "kept");
        assert_eq!(dispatcher.reads_of(&here.text("/id"), "timeline").await.happened(), ["reported", "accepted"]);
        assert_eq!(kept(&county, "1001", place.clone()).await.expect(201).text("/level"), "county");
        assert_eq!(kept(&village, "1001", json!({})).await.expect(201).text("/level"), "village");
        // A manhole is for the township; the city holds nothing; the neighbour has another place.
        kept(&village, "5002", json!({})).await.expect_problem(422, "cannot_keep");
        kept(&city, "5002", place.clone()).await.expect_problem(422, "cannot_keep");
        let elsewhere = app.hire("gaocun", grassroots_domain::account::Role::TownshipDispatcher, "411221101-desk").await;
        kept(&elsewhere, "5002", place).await.expect_problem(422, "cannot_keep");
        kept(&app.user("worker").await, "1001", json!({})).await.expect_problem(422, "cannot_keep");
        let again = json!({ "id": Uuid::new_v4() });
        let first = kept(&dispatcher, "5002", again.clone()).await.expect(201);
        dispatcher.run_ok(&first.text("/id"), "dispatch", json!({ "organisation": DESK })).await;
        assert_eq!(kept(&dispatcher, "5002", again).await.expect(200).text("/state"), "in_progress");
    }
}
