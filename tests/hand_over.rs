//! Hand-over of open work when an account is disabled or moved.

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
    async fn the_open_work_of_a_disabled_grid_worker_is_handed_over(app: TestApp) {
        let leaver = app.hire_for("leaver", Role::GridWorker, VILLAGE_DESK, &[GRID]).await;
        let successor = app.hire_for("successor", Role::GridWorker, VILLAGE_DESK, &[GRID]).await;
        let (leaver_id, successor_id) = (id_of(&leaver).await, id_of(&successor).await);
        // The leaver has four incidents: one awaits information, one is restricted, one is closed, and one awaits a check.
        let asked = leaver.file("1001", json!({})).await;
        let private = leaver.file("1002", json!({})).await;
        let closed = leaver.file("1001", json!({})).await;
        let village = app.user("village").await;
        village.run_ok(&asked, "request-info", body_of("request-info")).await;
        work_off(&village, VILLAGE_DESK, &closed, "resolved").await;
        village.run_ok(&closed, "close", json!({ "reply": "已处理，感谢反映" })).await;
        let to_check = app.user("worker").await.file("5002", json!({})).await;
        let dispatcher = app.user("dispatcher").await;
        work_off(&dispatcher, DESK, &to_check, "resolved").await;
        dispatcher.run_ok(&to_check, "request-check", json!({ "worker": leaver_id })).await;

        let admin = app.user("secadmin").await;
        let disabled = admin.post(&format!("/v1/accounts/{leaver_id}/disable"), &json!({})).await.expect(200);
        let open_work = (disabled.number("/open_work/reports"), disabled.number("/open_work/checks"));
        assert_eq!(open_work, (1, 1), "restricted reports are not counted, because their reporter is protected");
        assert_eq!(disabled.body["disabled"], true);

        let path = format!("/v1/accounts/{leaver_id}/hand-over");
        for wrong in [leaver_id.as_str(), "0f8fad5b-d9cb-469f-a165-70867728950e"] {
            admin.post(&path, &json!({ "to": wrong })).await.expect_problem(422, "no_successor");
        }
        let auditor = id_of(&app.user("auditor").await).await;
        admin.post(&path, &json!({ "to": auditor })).await.expect_problem(422, "no_successor");
        app.user("sysadmin").await.post(&path, &json!({ "to": successor_id })).await.expect_problem(403, "forbidden");
        successor.get(&format!("/v1/incidents/{asked}")).await.expect_problem(404, "not_found");
        let handed_over = admin.post(&path, &json!({ "to": successor_id })).await.expect(200);
        assert_eq!(handed_over.body, json!({ "reports": 1, "checks": 1, "left": 0 }));

        let mut waiting = successor.queue("mine").await;
        waiting.sort();
        let mut expected = vec![asked.clone(), to_check.clone()];
        expected.sort();
        assert_eq!(waiting, expected);
        let seen = successor.reads(&asked).await;
        assert_eq!((seen.text("/visibility"), seen.lacks("/reporter")), ("own".into(), true));
        assert_eq!(successor.lists("/v1/incidents?mine=true").await, [asked.as_str()]);
        successor.run_ok(&asked, "supplement", body_of("supplement")).await;
        successor.run_ok(&to_check, "report-check", body_of("report-check")).await;
        for not_tsuccessors in [&private, &closed] {
            successor.get(&format!("/v1/incidents/{not_tsuccessors}")).await.expect_problem(404, "not_found");
        }
        let timeline = village.reads_of(&asked, "timeline").await;
        assert_eq!(timeline.happened(), ["reported", "info_requested", "handed_over", "supplemented"]);
        let again = admin.post(&path, &json!({ "to": successor_id })).await.expect(200);
        assert_eq!(again.body, json!({ "reports": 0, "checks": 0, "left": 0 }), "a second hand-over changes nothing");
        let rest = admin.get(&format!("/v1/accounts/{leaver_id}/open-work")).await.expect(200);
        assert_eq!((rest.number("/reports"), rest.number("/checks")), (0, 0));
    }

    async fn moving_the_last_member_of_a_department_reports_its_open_work(app: TestApp) {
        let id = app.user("worker").await.file("5002", json!({})).await;
        let dispatcher = app.user("dispatcher").await;
        dispatcher.run_ok(&id, "accept", json!({})).await;
        dispatcher.run_ok(&id, "dispatch", body_of("dispatch")).await;
        let handler = id_of(&app.user("handler").await).await;
        let admin = app.user("secadmin").await;
        let elsewhere = json!({ "role": "handler", "organisation": "411224107-justice_office" });
        let moved = admin.post(&format!("/v1/accounts/{handler}/move"), &elsewhere).await.expect(200);
        assert_eq!(moved.text("/organisation/organisation"), "411224107-justice_office");
        assert_eq!(moved.text("/open_work/organisation/organisation"), URBAN, "its former department");
        assert_eq!((moved.number("/open_work/holds"), moved.number("/open_work/colleagues")), (1, 0));
        app.user("handler").await.command(&id, "acknowledge", json!({})).await.expect_problem(404, "not_found");
        let next = app.hire("next.handler", Role::Handler, URBAN).await;
        assert_eq!(next.queue("mine").await, [id.as_str()], "a new member finds the work of the department");
        app.user("worker").await.get(&format!("/v1/accounts/{handler}/open-work")).await.expect_problem(403, "forbidden");
    }
}
