//! Hand-over: nothing hangs in the air when somebody leaves or moves.

use grassroots_domain::account::Role;
use serde_json::json;

use crate::{
    both,
    support::{Client, DESK, URBAN, VILLAGE_DESK, body_of, work_off},
};

const GRID: &str = "411224107200001";

async fn id_of(client: &Client) -> String {
    client.get("/v1/me").await.expect(200).text("/id")
}

both! {
    async fn a_grid_worker_leaves_and_another_looks_after_it_all(app: TestApp) {
        let leaver = app.hire_for("leaver", Role::GridWorker, VILLAGE_DESK, &[GRID]).await;
        let heir = app.hire_for("heir", Role::GridWorker, VILLAGE_DESK, &[GRID]).await;
        let (leaver_id, heir_id) = (id_of(&leaver).await, id_of(&heir).await);
        // One report with a question open, one private, one closed, and a result to look at.
        let asked = leaver.file("1001", json!({})).await;
        let private = leaver.file("1002", json!({})).await;
        let closed = leaver.file("1001", json!({})).await;
        let village = app.user("village").await;
        village.run_ok(&asked, "request-info", body_of("request-info")).await;
        work_off(&village, VILLAGE_DESK, &closed, "resolved").await;
        village.run_ok(&closed, "close", json!({})).await;
        let looked_at = app.user("worker").await.file("5002", json!({})).await;
        let dispatcher = app.user("dispatcher").await;
        work_off(&dispatcher, DESK, &looked_at, "resolved").await;
        dispatcher.run_ok(&looked_at, "request-check", json!({ "worker": leaver_id })).await;

        let admin = app.user("secadmin").await;
        let gone = admin.post(&format!("/v1/accounts/{leaver_id}/disable"), &json!({})).await.expect(200);
        let hanging = (gone.number("/open_work/reports"), gone.number("/open_work/checks"));
        assert_eq!(hanging, (1, 1), "no number tells that somebody reported what protects its reporter");
        assert_eq!(gone.body["disabled"], true);

        let path = format!("/v1/accounts/{leaver_id}/hand-over");
        for wrong in [leaver_id.as_str(), "0f8fad5b-d9cb-469f-a165-70867728950e"] {
            admin.post(&path, &json!({ "to": wrong })).await.expect_problem(422, "no_successor");
        }
        let auditor = id_of(&app.user("auditor").await).await;
        admin.post(&path, &json!({ "to": auditor })).await.expect_problem(422, "no_successor");
        app.user("sysadmin").await.post(&path, &json!({ "to": heir_id })).await.expect_problem(403, "forbidden");
        heir.get(&format!("/v1/incidents/{asked}")).await.expect_problem(404, "not_found");
        let given = admin.post(&path, &json!({ "to": heir_id })).await.expect(200);
        assert_eq!(given.body, json!({ "reports": 1, "checks": 1, "left": 0 }));

        let mut waiting = heir.queue("mine").await;
        waiting.sort();
        let mut expected = vec![asked.clone(), looked_at.clone()];
        expected.sort();
        assert_eq!(waiting, expected);
        let seen = heir.reads(&asked).await;
        assert_eq!((seen.text("/visibility"), seen.lacks("/reporter")), ("own".into(), true));
        assert_eq!(heir.lists("/v1/incidents?mine=true").await, [asked.as_str()]);
        heir.run_ok(&asked, "supplement", body_of("supplement")).await;
        heir.run_ok(&looked_at, "report-check", body_of("report-check")).await;
        for not_theirs in [&private, &closed] {
            heir.get(&format!("/v1/incidents/{not_theirs}")).await.expect_problem(404, "not_found");
        }
        let told = village.reads_of(&asked, "timeline").await;
        assert_eq!(told.happened(), ["reported", "info_requested", "handed_over", "supplemented"]);
        let again = admin.post(&path, &json!({ "to": heir_id })).await.expect(200);
        assert_eq!(again.body, json!({ "reports": 0, "checks": 0, "left": 0 }), "nothing twice");
        let rest = admin.get(&format!("/v1/accounts/{leaver_id}/open-work")).await.expect(200);
        assert_eq!((rest.number("/reports"), rest.number("/checks")), (0, 0));
    }

    async fn the_last_of_a_department_leaves_its_work_in_sight(app: TestApp) {
        let id = app.user("worker").await.file("5002", json!({})).await;
        let dispatcher = app.user("dispatcher").await;
        dispatcher.run_ok(&id, "accept", json!({})).await;
        dispatcher.run_ok(&id, "dispatch", body_of("dispatch")).await;
        let handler = id_of(&app.user("handler").await).await;
        let admin = app.user("secadmin").await;
        let elsewhere = json!({ "role": "handler", "organisation": "411224107-justice_office" });
        let moved = admin.post(&format!("/v1/accounts/{handler}/move"), &elsewhere).await.expect(200);
        assert_eq!(moved.text("/organisation/organisation"), "411224107-justice_office");
        assert_eq!(moved.text("/open_work/organisation/organisation"), URBAN, "what it left");
        assert_eq!((moved.number("/open_work/holds"), moved.number("/open_work/colleagues")), (1, 0));
        app.user("handler").await.command(&id, "acknowledge", json!({})).await.expect_problem(404, "not_found");
        let next = app.hire("next.handler", Role::Handler, URBAN).await;
        assert_eq!(next.queue("mine").await, [id.as_str()], "work belongs to the department");
        app.user("worker").await.get(&format!("/v1/accounts/{handler}/open-work")).await.expect_problem(403, "forbidden");
    }
}
