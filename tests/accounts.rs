//! Administration of accounts by the security administrator.

use grassroots_domain::account::Role;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    both,
    support::{ApiAnswer, COUNTY_DESK, Client, DESK, TestApp, URBAN, VILLAGE_DESK, run_concurrently},
};

/// The password of the demo's accounts.
const PASSWORD: &str = "Grassroots-2023";
/// The first password of a new account.
const FIRST: &str = "Lao-jun-Shan-41";
const CITY_DESK: &str = "4112-desk";
pub const GRID: &str = "411224107200001";

pub async fn id_of(who: &Client) -> String {
    who.get("/v1/me").await.expect(200).text("/id")
}

async fn sign_in(app: &TestApp, username: &str, password: &str) -> ApiAnswer {
    app.stranger().post("/v1/sessions", &json!({ "username": username, "password": password })).await
}

fn client_of(app: &TestApp, answer: &ApiAnswer) -> Client {
    Client::new(app.url(), Some((answer.text("/access_token"), app.now())))
}

pub fn new_account(username: &str, more: &Value) -> Value {
    let mut body = json!({
        "username": username, "display_name": "张三", "role": "township_dispatcher", "organisation": DESK,
    });
    for (field, value) in more.as_object().expect("an object") {
        body[field] = value.clone();
    }
    body
}

pub fn assignment(role: &str, organisation: &str) -> Value {
    json!({ "role": role, "organisation": organisation })
}

/// Changes an account. `what` is `disable`, `enable`, `move` or `reset-password`.
pub async fn account_command(who: &Client, id: &str, what: &str, body: &Value) -> ApiAnswer {
    who.post(&format!("/v1/accounts/{id}/{what}"), body).await
}

both! {
    async fn with_a_first_password_only_the_password_can_be_changed(app: TestApp) {
        let secadmin = app.user("secadmin").await;
        for (username, given) in [("zhang.san", Value::Null), ("li-si_2", json!(FIRST))] {
            let body = new_account(username, &json!({ "password": given, "display_name": " 张 三 " }));
            let made = secadmin.post("/v1/accounts", &body).await.expect(201);
            assert_eq!(made.text("/account/display_name"), "张 三");
            assert_eq!(made.body["account"]["must_change_password"], true);
            assert_eq!(made.body["one_time_password"].is_string(), given.is_null(), "{}", made.raw);
            let first = given.as_str().map_or_else(|| made.text("/one_time_password"), str::to_owned);

            let signed_in = sign_in(&app, username, &first).await.expect(201);
            assert_eq!(signed_in.body["account"]["must_change_password"], true);
            let newcomer = client_of(&app, &signed_in);
            newcomer.get("/v1/me").await.expect(200);
            for path in ["/v1/incidents", "/v1/units", "/v1/categories", "/v1/accounts"] {
                newcomer.get(path).await.expect_problem(403, "password_change_required");
            }
            newcomer.report("5002", json!({})).await.expect_problem(403, "password_change_required");
            let accept = newcomer
                .command_at(&Uuid::new_v4().to_string(), "accept", json!({}), 1, Uuid::new_v4())
                .await;
            accept.expect_problem(403, "password_change_required");

            let change = json!({ "current_password": first, "password": "Xiong-er-Shan-58" });
            newcomer.post("/v1/me/password", &change).await.expect(204);
            newcomer.get("/v1/incidents").await.expect(200);
            sign_in(&app, username, &first).await.expect_problem(401, "invalid_credentials");
            let signed_in = sign_in(&app, username, "Xiong-er-Shan-58").await.expect(201);
            assert_eq!(signed_in.body["account"]["must_change_password"], false);
            let seen = secadmin.get(&format!("/v1/accounts/{}", made.text("/account/id"))).await.expect(200);
            assert_eq!(
                (&seen.body["must_change_password"], &seen.body["disabled"]),
                (&json!(false), &json!(false))
            );
            assert!(!seen.raw.contains("argon2"), "{}", seen.raw);
        }
    }

    async fn disabling_an_account_ends_its_sessions_at_once(app: TestApp) {
        let (secadmin, worker) = (app.user("secadmin").await, app.user("worker").await);
        let session = sign_in(&app, "worker", PASSWORD).await.expect(201);
        let id = id_of(&worker).await;
        let wrong = sign_in(&app, "worker", "Wrong-pass-1").await.expect_problem(401, "invalid_credentials");
        assert_eq!(account_command(&secadmin, &id, "disable", &json!({})).await.expect(200).body["disabled"], true);
        worker.report("5002", json!({})).await.expect_problem(401, "session_ended");
        client_of(&app, &session).get("/v1/me").await.expect_problem(401, "session_ended");
        let token = json!({ "refresh_token": session.text("/refresh_token") });
        app.stranger().post("/v1/sessions/refresh", &token).await.expect_problem(401, "session_ended");
        let refused = sign_in(&app, "worker", PASSWORD).await.expect_problem(401, "invalid_credentials");
        assert_eq!(refused.text("/detail"), wrong.text("/detail"));

        assert_eq!(account_command(&secadmin, &id, "enable", &json!({})).await.expect(200).body["disabled"], false);
        worker.get("/v1/me").await.expect_problem(401, "session_ended");
        client_of(&app, &sign_in(&app, "worker", PASSWORD).await.expect(201))
            .report("5002", json!({}))
            .await
            .expect(201);
    }

    async fn a_move_takes_effect_in_the_next_request(app: TestApp) {
        let (secadmin, worker) = (app.user("secadmin").await, app.user("worker").await);
        let wang = app.hire("wang.er", Role::TownshipDispatcher, DESK).await;
        let id = id_of(&wang).await;
        let incident = worker.file("5002", json!({})).await;
        let other = worker.file("5002", json!({})).await;
        wang.run_ok(&other, "accept", json!({})).await;

        account_command(&secadmin, &id, "move", &assignment("handler", URBAN)).await.expect(200);
        wang.command_at(&incident, "accept", json!({}), 1, Uuid::new_v4())
            .await
            .expect_problem(404, "not_found");
        assert_eq!(wang.get("/v1/incidents").await.expect(200).body["incidents"], json!([]));
        let me = wang.get("/v1/me").await.expect(200);
        assert_eq!(
            (me.text("/role"), me.text("/organisation/organisation")),
            ("handler".to_owned(), URBAN.to_owned())
        );

        // The incident is dispatched to the new organisation: it is visible, but a handler cannot accept it.
        let dispatcher = app.user("dispatcher").await;
        dispatcher.run_ok(&other, "dispatch", json!({ "organisation": URBAN })).await;
        let version = dispatcher.version(&other).await;
        wang.command_at(&other, "accept", json!({}), version, Uuid::new_v4())
            .await
            .expect_problem(403, "not_yours");
        wang.run_ok(&other, "acknowledge", json!({})).await;

        let walks = json!({ "role": "grid_worker", "organisation": VILLAGE_DESK, "grids": [GRID] });
        let moved = account_command(&secadmin, &id, "move", &walks).await.expect(200);
        assert_eq!(moved.body["grids"], json!([GRID]));
        wang.get(&format!("/v1/incidents/{other}")).await.expect_problem(404, "not_found");
        wang.file("5002", json!({})).await;
        account_command(&secadmin, &id, "move", &assignment("system_admin", CITY_DESK)).await.expect(200);
        wang.report("5002", json!({})).await.expect_problem(403, "forbidden");
    }

    async fn a_password_reset_ends_all_sessions_and_earlier_passwords(app: TestApp) {
        let (secadmin, worker) = (app.user("secadmin").await, app.user("worker").await);
        let id = id_of(&worker).await;
        for _ in 0..5 {
            sign_in(&app, "worker", "Wrong-pass-1").await.expect_problem(401, "invalid_credentials");
        }
        sign_in(&app, "worker", PASSWORD).await.expect_problem(429, "too_many_attempts");
        let reset = account_command(&secadmin, &id, "reset-password", &json!({})).await.expect(200);
        worker.get("/v1/me").await.expect_problem(401, "session_ended");
        sign_in(&app, "worker", PASSWORD).await.expect_problem(401, "invalid_credentials");
        let newcomer =
            client_of(&app, &sign_in(&app, "worker", &reset.text("/one_time_password")).await.expect(201));
        newcomer.get("/v1/incidents").await.expect_problem(403, "password_change_required");

        let again = account_command(&secadmin, &id, "reset-password", &json!({})).await.expect(200);
        assert_ne!(again.text("/one_time_password"), reset.text("/one_time_password"));
        newcomer.get("/v1/me").await.expect_problem(401, "session_ended");
    }

    async fn a_password_reset_during_sign_ins_leaves_no_session(app: TestApp) {
        let secadmin = app.user("secadmin").await;
        let id = id_of(&app.user("worker").await).await;
        let answers = run_concurrently((0..17).map(|number| {
            let (app, secadmin, id) = (app.clone(), secadmin.clone(), id.clone());
            async move {
                if number == 8 {
                    account_command(&secadmin, &id, "reset-password", &json!({})).await.expect(200)
                } else {
                    sign_in(&app, "worker", PASSWORD).await
                }
            }
        }))
        .await;
        for answer in answers {
            match answer.status {
                200 => {}
                201 => drop(client_of(&app, &answer).get("/v1/me").await.expect_problem(401, "session_ended")),
                429 => drop(answer.expect_problem(429, "too_many_attempts")),
                _ => drop(answer.expect_problem(401, "invalid_credentials")),
            }
        }
    }

    async fn other_roles_cannot_administer_accounts(app: TestApp) {
        let id = id_of(&app.user("worker").await).await;
        for username in
            ["worker", "village", "dispatcher", "handler", "county", "city", "sysadmin", "auditor"]
        {
            let who = app.user(username).await;
            who.get("/v1/accounts").await.expect_problem(403, "forbidden");
            who.get(&format!("/v1/accounts/{id}")).await.expect_problem(403, "forbidden");
            who.post("/v1/accounts", &new_account("zhang.san", &json!({})))
                .await
                .expect_problem(403, "forbidden");
            let moved = account_command(&who, &id, "move", &assignment("city_overseer", CITY_DESK)).await;
            moved.expect_problem(403, "forbidden");
            for what in ["disable", "enable", "reset-password"] {
                account_command(&who, &id, what, &json!({})).await.expect_problem(403, "forbidden");
            }
        }
        for (method, path) in
            grassroots::routes::TABLE.iter().filter(|(_, path)| path.starts_with("/v1/accounts"))
        {
            let stranger = app.stranger();
            let method: Method = method.to_uppercase().parse().expect("a method");
            let request = stranger.request(method, &path.replace("{id}", &id));
            stranger.send(request).await.expect_problem(401, "unauthenticated");
        }
        app.user("worker").await.get("/v1/me").await.expect(200);
    }

    async fn nobody_can_disable_the_last_administrator_or_oneself(app: TestApp) {
        let secadmin = app.user("secadmin").await;
        let own = id_of(&secadmin).await;
        for what in ["disable", "enable", "reset-password"] {
            account_command(&secadmin, &own, what, &json!({})).await.expect_problem(403, "forbidden");
        }
        account_command(&secadmin, &own, "move", &assignment("city_overseer", CITY_DESK))
            .await
            .expect_problem(403, "forbidden");
        for username in ["sysadmin", "auditor"] {
            let id = id_of(&app.user(username).await).await;
            account_command(&secadmin, &id, "disable", &json!({})).await.expect_problem(409, "last_administrator");
            let moved = account_command(&secadmin, &id, "move", &assignment("city_overseer", CITY_DESK)).await;
            moved.expect_problem(409, "last_administrator");
        }
        let second = app.hire("sec.two", Role::SecurityAdmin, CITY_DESK).await;
        account_command(&second, &own, "disable", &json!({})).await.expect(200);
        secadmin.get("/v1/accounts").await.expect_problem(401, "session_ended");
        let last = id_of(&second).await;
        account_command(&second, &last, "disable", &json!({})).await.expect_problem(403, "forbidden");
        account_command(&second, &own, "enable", &json!({})).await.expect(200);
    }

    async fn when_all_administrators_are_disabled_concurrently_one_remains(app: TestApp) {
        let secadmin = app.user("secadmin").await;
        let mut ids = vec![id_of(&app.user("auditor").await).await];
        for number in 0..5 {
            let body = new_account(&format!("audit-{number}"), &assignment("audit_admin", CITY_DESK));
            ids.push(secadmin.post("/v1/accounts", &body).await.expect(201).text("/account/id"));
        }
        let answers = run_concurrently(ids.into_iter().map(|id| {
            let secadmin = secadmin.clone();
            async move { account_command(&secadmin, &id, "disable", &json!({})).await }
        }))
        .await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 5);
        let mut refused = answers.into_iter().filter(|answer| answer.status != 200);
        refused.next().expect("one refusal").expect_problem(409, "last_administrator");
    }

    async fn an_administrator_can_only_change_accounts_of_the_own_unit(app: TestApp) {
        let of_county = app.hire("sec.county", Role::SecurityAdmin, COUNTY_DESK).await;
        let city = id_of(&app.user("city").await).await;
        let worker = id_of(&app.user("worker").await).await;
        of_county.get(&format!("/v1/accounts/{worker}")).await.expect(200);
        of_county.get(&format!("/v1/accounts/{city}")).await.expect_problem(404, "not_found");
        for what in ["disable", "enable", "reset-password"] {
            account_command(&of_county, &city, what, &json!({})).await.expect_problem(404, "not_found");
            let nobody = Uuid::new_v4().to_string();
            account_command(&of_county, &nobody, what, &json!({})).await.expect_problem(404, "not_found");
        }
        account_command(&of_county, &city, "move", &assignment("village_officer", VILLAGE_DESK))
            .await
            .expect_problem(404, "not_found");
        let outside = new_account("zhang.san", &assignment("city_overseer", CITY_DESK));
        let refused = of_county.post("/v1/accounts", &outside).await.expect_problem(403, "outside_your_unit");
        assert_eq!(refused.text("/errors/0/pointer"), "/organisation");
        let moved = account_command(&of_county, &worker, "move", &assignment("city_overseer", CITY_DESK)).await;
        moved.expect_problem(403, "outside_your_unit");
        of_county.get("/v1/accounts?unit=4112").await.expect_problem(403, "forbidden");
        of_county.get("/v1/accounts?unit=411221").await.expect_problem(403, "forbidden");
        let own = of_county.get("/v1/accounts").await.expect(200);
        assert_eq!(
            own.texts("/accounts", "/username"),
            ["county", "dispatcher", "handler", "sec.county", "village", "worker"]
        );
        let township = of_county.get("/v1/accounts?unit=411224107").await.expect(200);
        assert_eq!(township.texts("/accounts", "/username"), ["dispatcher", "handler", "village", "worker"]);
    }

    async fn accounts_are_listed_in_pages(app: TestApp) {
        let secadmin = app.user("secadmin").await;
        let all = secadmin.get("/v1/accounts").await.expect(200).texts("/accounts", "/username");
        let mut sorted = all.clone();
        sorted.sort();
        assert_eq!((all.len(), &sorted), (9, &all));
        let (mut seen, mut after) = (Vec::new(), String::new());
        while seen.len() < all.len() {
            let page = secadmin.get(&format!("/v1/accounts?limit=2{after}")).await.expect(200);
            seen.extend(page.texts("/accounts", "/username"));
            after = format!("&after={}", seen.last().expect("a name"));
        }
        assert_eq!(seen, all);
        let end = secadmin.get(&format!("/v1/accounts?limit=2{after}")).await.expect(200);
        assert_eq!(end.body["accounts"], json!([]));
        for (query, parameter) in [
            ("limit=0", "limit"),
            ("limit=201", "limit"),
            ("limit=abc", "limit"),
            ("limit=-1", "limit"),
            ("after=%00", "after"),
            ("after=Worker", "after"),
            ("unit=12", "unit"),
            ("page=2", "page"),
        ] {
            let answer =
                secadmin.get(&format!("/v1/accounts?{query}")).await.expect_problem(400, "invalid_query");
            assert_eq!(answer.text("/errors/0/pointer"), parameter, "{}", answer.raw);
        }
    }
}
