//! Accounts with wrong fields.

use serde_json::{Value, json};

use crate::{
    accounts::{GRID, account_command, assignment, id_of, new_account},
    both,
    support::{COUNTY_DESK, DESK, URBAN, VILLAGE_DESK, run_concurrently},
};

/// A grid of another village.
const GRID_ELSEWHERE: &str = "411224107201001";

both! {
    async fn invalid_accounts_are_refused(app: TestApp) {
        let secadmin = app.user("secadmin").await;
        let worker =
            |grids: Value| json!({ "role": "grid_worker", "organisation": VILLAGE_DESK, "grids": grids });
        let many: Vec<String> = (1..=51).map(|number| format!("{}{number:03}", "411224107200")).collect();
        for (username, more, status, code, pointer) in [
            ("worker", json!({}), 409, "username_taken", "/username"),
            ("Zhang", json!({}), 422, "invalid_username", "/username"),
            ("zh", json!({}), 422, "invalid_username", "/username"),
            ("zhang\0san", json!({}), 422, "invalid_username", "/username"),
            ("张三三", json!({}), 422, "invalid_username", "/username"),
            ("zhang.san", json!({ "display_name": " " }), 422, "invalid_display_name", "/display_name"),
            ("zhang.san", json!({ "display_name": "a\0b" }), 422, "invalid_display_name", "/display_name"),
            (
                "zhang.san",
                json!({ "display_name": "张".repeat(51) }),
                422,
                "invalid_display_name",
                "/display_name",
            ),
            ("zhang.san", json!({ "role": "mayor" }), 422, "wrong_type", "/role"),
            ("zhang.san", json!({ "organisation": "nowhere" }), 422, "wrong_type", "/organisation"),
            (
                "zhang.san",
                json!({ "organisation": "411224999-desk" }),
                422,
                "unknown_organisation",
                "/organisation",
            ),
            ("zhang.san", assignment("township_dispatcher", COUNTY_DESK), 422, "role_does_not_fit", "/role"),
            ("zhang.san", assignment("handler", DESK), 422, "role_does_not_fit", "/role"),
            ("zhang.san", assignment("grid_worker", URBAN), 422, "role_does_not_fit", "/role"),
            ("zhang.san", json!({ "grids": [GRID] }), 422, "invalid_grids", "/grids"),
            ("zhang.san", worker(json!([GRID_ELSEWHERE])), 422, "invalid_grids", "/grids"),
            ("zhang.san", worker(json!([GRID, GRID])), 422, "invalid_grids", "/grids"),
            ("zhang.san", worker(json!(["411224107200999"])), 422, "invalid_grids", "/grids"),
            ("zhang.san", worker(json!(many)), 422, "invalid_grids", "/grids"),
            ("zhang.san", worker(json!([GRID, "12"])), 422, "wrong_type", "/grids/1"),
            ("zhang.san", worker(json!([GRID, 5])), 422, "wrong_type", "/grids/1"),
            ("zhang.san", json!({ "password": "Short-1" }), 422, "weak_password", "/password"),
            ("zhang.san", json!({ "password": "My-zhang.san-1" }), 422, "weak_password", "/password"),
            ("zhang.san", json!({ "password": 5 }), 422, "wrong_type", "/password"),
            ("zhang.san", json!({ "disabled": true }), 422, "unknown_field", "/disabled"),
            ("zhang.san", json!({ "role": null }), 422, "wrong_type", "/role"),
        ] {
            let answer = secadmin.post("/v1/accounts", &new_account(username, &more)).await;
            let answer = answer.expect_problem(status, code);
            assert_eq!(answer.text("/errors/0/pointer"), pointer, "{}", answer.raw);
        }
        let all = secadmin.get("/v1/accounts?limit=200").await.expect(200);
        assert_eq!(all.texts("/accounts", "/username").len(), 9);
    }

    async fn one_answer_lists_all_wrong_fields_of_an_account(app: TestApp) {
        let secadmin = app.user("secadmin").await;
        let more = json!({ "display_name": "张".repeat(5_000), "organisation": "411224999-desk", "password": "x" });
        let answer = secadmin.post("/v1/accounts", &new_account(&"Z".repeat(5_000), &more)).await;
        let answer = answer.expect_problem(422, "invalid_body");
        assert_eq!(
            answer.texts("/errors", "/pointer"),
            ["/username", "/display_name", "/organisation"]
        );
        assert!(answer.raw.len() < 2_000, "only the beginning of a long value is quoted");
        let more = json!({ "display_name": "", "password": "x" });
        let answer = secadmin.post("/v1/accounts", &new_account("zhang.san", &more)).await;
        let answer = answer.expect_problem(422, "invalid_body");
        assert_eq!(answer.texts("/errors", "/pointer"), ["/password", "/display_name"]);
    }

    async fn invalid_moves_are_refused(app: TestApp) {
        let secadmin = app.user("secadmin").await;
        let id = id_of(&app.user("village").await).await;
        for (body, code) in [
            (assignment("handler", DESK), "role_does_not_fit"),
            (
                json!({ "role": "village_officer", "organisation": VILLAGE_DESK, "grids": [GRID] }),
                "invalid_grids",
            ),
            (assignment("village_officer", "411224999999-desk"), "unknown_organisation"),
            (json!({ "role": "village_officer" }), "missing_field"),
        ] {
            account_command(&secadmin, &id, "move", &body).await.expect_problem(422, code);
        }
    }

    async fn of_two_concurrent_requests_one_creates_the_account(app: TestApp) {
        let secadmin = app.user("secadmin").await;
        let answers =
            run_concurrently(
                (0..2).map(|_| {
                    let secadmin = secadmin.clone();
                    async move {
                        secadmin.post("/v1/accounts", &new_account("zhang.san", &json!({}))).await.status
                    }
                }),
            )
            .await;
        assert!(answers.contains(&201) && answers.contains(&409), "{answers:?}");
    }
}
