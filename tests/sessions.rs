//! Sessions: sign-in, limits on guessing, invalid tokens, refresh, change of the own password.

use grassroots::app::sessions;
use std::collections::BTreeSet;

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use chrono::TimeDelta;
use grassroots::auth::keys::SigningKeys;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    both,
    support::{ApiAnswer, Client, TestApp, run_concurrently},
};

/// The password of the demo's accounts.
const PASSWORD: &str = "Grassroots-2023";

async fn sign_in(app: &TestApp, username: &str, password: &str) -> ApiAnswer {
    app.stranger().post("/v1/sessions", &json!({ "username": username, "password": password })).await
}

async fn refresh(app: &TestApp, token: &str, device: Option<&str>) -> ApiAnswer {
    let body = json!({ "refresh_token": token, "device": device });
    app.stranger().post("/v1/sessions/refresh", &body).await
}

/// A client with the access token of `answer`.
fn client_of(app: &TestApp, answer: &ApiAnswer) -> Client {
    Client::new(app.url(), Some((answer.text("/access_token"), app.now())))
}

/// Sends `GET /v1/me` with this `Authorization` header.
async fn get_me_with(app: &TestApp, authorization: &str) -> ApiAnswer {
    let stranger = app.stranger();
    stranger.send(stranger.request(Method::GET, "/v1/me").header("Authorization", authorization)).await
}

/// A problem without its request id, which differs in each answer.
fn without_request_id(answer: &ApiAnswer) -> Value {
    let mut body = answer.body.clone();
    body.as_object_mut().expect("an object").remove("request_id").expect("a request id");
    body
}

/// The private key in a folder of keys.
fn private_key(folder: &std::path::Path) -> EncodingKey {
    let files = std::fs::read_dir(folder).expect("a folder");
    let pem = files
        .map(|file| file.expect("a file").path())
        .find(|path| path.extension().is_some_and(|extension| extension == "pem"))
        .expect("a key");
    let pem = std::fs::read_to_string(pem).expect("it can be read");
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    EncodingKey::from_ed_der(&STANDARD.decode(body).expect("base64"))
}

/// The claims in a token.
fn claims_of(token: &str) -> Value {
    let body = token.split('.').nth(1).expect("a token of three parts");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).expect("base64")).expect("claims")
}

/// The header of a token that is signed with the key `kid`.
fn with_kid(kid: &str) -> Header {
    Header { kid: Some(kid.to_owned()), ..Header::new(Algorithm::EdDSA) }
}

fn signed(header: &Header, claims: &Value, key: &EncodingKey) -> String {
    encode(header, claims, key).expect("a token")
}

both! {
    async fn sign_in_and_sign_out(app: TestApp) {
        let answer = sign_in(&app, "worker", PASSWORD).await.expect(201);
        assert_eq!((answer.text("/token_type"), answer.number("/expires_in")), ("Bearer".to_owned(), 900));
        assert_eq!(answer.text("/account/role"), "grid_worker");
        assert!(!answer.raw.contains("hash") && !answer.raw.contains(PASSWORD), "{}", answer.raw);
        let worker = client_of(&app, &answer);
        assert_eq!(worker.get("/v1/me").await.expect(200).body, answer.body["account"]);
        let other = client_of(&app, &sign_in(&app, "worker", PASSWORD).await.expect(201));

        assert_eq!(worker.delete("/v1/sessions/current").await.expect(204).raw, "");
        worker.get("/v1/me").await.expect_problem(401, "session_ended");
        worker.delete("/v1/sessions/current").await.expect_problem(401, "session_ended");
        refresh(&app, &answer.text("/refresh_token"), None).await.expect_problem(401, "session_ended");
        other.get("/v1/me").await.expect(200);
        app.restart().await;
        worker.get("/v1/me").await.expect_problem(401, "session_ended");
        other.get("/v1/me").await.expect(200);
    }

    async fn a_failed_sign_in_does_not_reveal_whether_the_account_exists(app: TestApp) {
        let known = sign_in(&app, "worker", "Wrong-pass-1").await.expect_problem(401, "invalid_credentials");
        let names = |answer: &ApiAnswer| answer.headers.keys().map(ToString::to_string).collect::<BTreeSet<_>>();
        for username in
            ["nobody", "Worker", "worker ", "", "wor\0ker", "网格员", "' OR 1=1 --", &"x".repeat(5_000)]
        {
            let answer = sign_in(&app, username, PASSWORD).await.expect_problem(401, "invalid_credentials");
            assert_eq!(
                (without_request_id(&answer), names(&answer)),
                (without_request_id(&known), names(&known)),
                "{username}"
            );
        }
        for device in ["", "x\0", &"x".repeat(65)] {
            let body = json!({ "username": "worker", "password": PASSWORD, "device": device });
            let answer =
                app.stranger().post("/v1/sessions", &body).await.expect_problem(422, "invalid_device");
            assert_eq!(answer.text("/errors/0/pointer"), "/device");
        }
    }

    async fn wrong_passwords_lock_the_user_name(app: TestApp) {
        let worker = client_of(&app, &sign_in(&app, "worker", PASSWORD).await.expect(201));
        for username in ["worker", "nobody"] {
            for _ in 0..5 {
                sign_in(&app, username, "Wrong-pass-1").await.expect_problem(401, "invalid_credentials");
            }
        }
        let locked = sign_in(&app, "worker", PASSWORD).await.expect_problem(429, "too_many_attempts");
        assert_eq!(locked.headers["retry-after"], "1800");
        assert_eq!(locked.text("/retry"), "retry");
        assert_eq!(without_request_id(&sign_in(&app, "nobody", PASSWORD).await), without_request_id(&locked));
        sign_in(&app, "village", PASSWORD).await.expect(201);
        // Existing sessions stay valid. The lock also applies to a change of the password.
        worker.get("/v1/me").await.expect(200);
        let change = json!({ "current_password": PASSWORD, "password": "Xiong-er-Shan-58" });
        worker.post("/v1/me/password", &change).await.expect_problem(429, "too_many_attempts");

        app.pass(TimeDelta::seconds(1_799));
        let locked = sign_in(&app, "worker", PASSWORD).await.expect_problem(429, "too_many_attempts");
        assert_eq!(locked.headers["retry-after"], "1");
        app.pass(TimeDelta::seconds(1));
        sign_in(&app, "worker", PASSWORD).await.expect(201);
    }

    async fn failures_with_many_user_names_lock_the_address(app: TestApp) {
        for number in 0..30 {
            let name = format!("nobody-{}", number % 10);
            sign_in(&app, &name, "Wrong-pass-1").await.expect_problem(401, "invalid_credentials");
        }
        sign_in(&app, "worker", PASSWORD).await.expect_problem(429, "too_many_attempts");
        app.pass(TimeDelta::minutes(30));
        sign_in(&app, "worker", PASSWORD).await.expect(201);
    }

    async fn an_access_token_is_valid_for_fifteen_minutes(app: TestApp) {
        let answer = sign_in(&app, "worker", PASSWORD).await.expect(201);
        let worker = client_of(&app, &answer);
        app.pass(TimeDelta::seconds(899));
        worker.get("/v1/me").await.expect(200);
        // Five more seconds are allowed, because clocks differ.
        app.pass(TimeDelta::seconds(6));
        worker.get("/v1/me").await.expect_problem(401, "token_expired");
        worker.report("5002", json!({})).await.expect_problem(401, "token_expired");
        app.restart().await;
        worker.get("/v1/me").await.expect_problem(401, "token_expired");
        let next = refresh(&app, &answer.text("/refresh_token"), None).await.expect(200);
        client_of(&app, &next).get("/v1/me").await.expect(200);
        assert_eq!(next.text("/account/username"), "worker");
    }

    async fn forged_tokens_are_refused(app: TestApp) {
        let worker = app.user("worker").await;
        let kid = decode_header(worker.token()).expect("a header").kid.expect("a kid");
        let [head, body, signature] = worker.token().split('.').collect::<Vec<_>>()[..] else {
            panic!("the token does not have three parts")
        };
        let claims = claims_of(worker.token());
        let own_key = private_key(&app.keys());
        let elsewhere = tempfile::tempdir().expect("a folder");
        let foreign_jwks = SigningKeys::open(elsewhere.path(), app.now()).expect("a key").jwks();
        let foreign_key = private_key(elsewhere.path());

        let jwks = app.stranger().get("/.well-known/jwks.json").await.expect(200);
        let public = URL_SAFE_NO_PAD.decode(jwks.text("/keys/0/x")).expect("base64");
        let hmac = Header { kid: Some(kid.clone()), ..Header::new(Algorithm::HS256) };
        let unsigned = |algorithm: &str| {
            let header = json!({ "alg": algorithm, "typ": "JWT", "kid": kid }).to_string();
            format!("{}.{body}.", URL_SAFE_NO_PAD.encode(header))
        };
        let mut forged = vec![
            signed(&hmac, &claims, &EncodingKey::from_secret(&public)),
            signed(&hmac, &claims, &EncodingKey::from_secret(jwks.text("/keys/0/x").as_bytes())),
            unsigned("none"),
            unsigned("None"),
            unsigned("EdDSA"),
            unsigned("HS256"),
            signed(&with_kid(&kid), &claims, &foreign_key),
            signed(&with_kid(foreign_jwks["keys"][0]["kid"].as_str().expect("a kid")), &claims, &foreign_key),
            signed(&with_kid("../../etc/passwd"), &claims, &own_key),
            signed(&Header::new(Algorithm::EdDSA), &claims, &own_key),
            format!("{head}.{body}"),
            format!("{head}.{body}."),
            format!("{body}.{head}.{signature}"),
            format!("{head}.{body}.{signature}A"),
            format!("{head}.{body}.{}", "A".repeat(86)),
            ".".to_owned(),
            "..".to_owned(),
            "a.b.c".to_owned(),
            "null".to_owned(),
            "x".repeat(6_000),
        ];
        for (claim, value) in [
            ("sub", json!(Uuid::new_v4())),
            ("sub", json!("worker")),
            ("iss", json!("elsewhere")),
            ("aud", json!("other")),
        ] {
            let mut other = claims.clone();
            other[claim] = value;
            if claim != "sub" || other[claim] == "worker" {
                forged.push(signed(&with_kid(&kid), &other, &own_key));
            }
            // A payload that was changed after signing.
            forged.push(format!("{head}.{}.{signature}", URL_SAFE_NO_PAD.encode(other.to_string())));
        }
        for token in forged {
            let answer = get_me_with(&app, &format!("Bearer {token}")).await;
            assert!(answer.status == 401 && answer.code() != "token_expired", "{token}: {}", answer.raw);
            let _ = answer.expect_problem(401, "token_invalid");
        }
    }

    async fn signed_tokens_that_are_expired_or_have_no_session_are_refused(app: TestApp) {
        let worker = app.user("worker").await;
        let kid = decode_header(worker.token()).expect("a header").kid.expect("a kid");
        let own_key = private_key(&app.keys());
        let mut claims = claims_of(worker.token());
        let valid = signed(&with_kid(&kid), &claims, &own_key);
        get_me_with(&app, &format!("Bearer {valid}")).await.expect(200);
        claims["exp"] = json!(app.now().timestamp() - 60);
        let old = signed(&with_kid(&kid), &claims, &own_key);
        get_me_with(&app, &format!("Bearer {old}")).await.expect_problem(401, "token_expired");
        claims["exp"] = json!(app.now().timestamp() + 60);
        claims["sid"] = json!(Uuid::new_v4());
        let without_session = signed(&with_kid(&kid), &claims, &own_key);
        get_me_with(&app, &format!("Bearer {without_session}")).await.expect_problem(401, "session_ended");
    }

    async fn other_authorization_headers_than_bearer_are_refused(app: TestApp) {
        let valid = app.user("worker").await.token().to_owned();
        for authorization in [
            format!("Basic {valid}"),
            format!("Token {valid}"),
            valid.clone(),
            "Bearer".to_owned(),
            String::new(),
            format!("Bearer{valid}"),
            format!("bearer:{valid}"),
        ] {
            get_me_with(&app, &authorization).await.expect_problem(401, "unauthenticated");
        }
        app.stranger().get("/v1/me").await.expect_problem(401, "unauthenticated");
        for spelled in [format!("bearer {valid}"), format!("BEARER  {valid}")] {
            get_me_with(&app, &spelled).await.expect(200);
        }
    }

    async fn an_access_token_can_be_verified_with_the_public_key(app: TestApp) {
        let worker = app.user("worker").await;
        let jwks = app.stranger().get("/.well-known/jwks.json").await.expect(200);
        let key = &jwks.body["keys"][0];
        assert_eq!(decode_header(worker.token()).expect("a header").kid.as_deref(), key["kid"].as_str());
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&["grassroots"]);
        validation.set_audience(&["grassroots-api"]);
        // The clock of the test differs from the clock of the machine, which `jsonwebtoken` uses.
        validation.validate_exp = false;
        let public = DecodingKey::from_ed_components(key["x"].as_str().expect("x")).expect("a key");
        let claims: Value = decode(worker.token(), &public, &validation).expect("a valid token").claims;
        assert_eq!(claims["sub"], worker.get("/v1/me").await.expect(200).body["id"]);
        assert_eq!(claims["exp"].as_i64().expect("exp"), app.now().timestamp() + 900);
        let fields: Vec<&String> = key.as_object().expect("a key").keys().collect();
        assert_eq!(fields, ["alg", "crv", "kid", "kty", "use", "x"], "no private part");
        let text = claims.to_string();
        assert!(!text.contains("grid_worker") && !text.contains("411224"), "{text}");
    }

    async fn a_refresh_can_be_repeated_after_a_lost_answer(app: TestApp) {
        let first = sign_in(&app, "worker", PASSWORD).await.expect(201).text("/refresh_token");
        let second = refresh(&app, &first, None).await.expect(200);
        app.pass(TimeDelta::minutes(10));
        app.restart().await;
        let again = refresh(&app, &first, None).await.expect(200);
        assert_eq!(again.text("/refresh_token"), second.text("/refresh_token"));
        client_of(&app, &again).get("/v1/me").await.expect(200);

        // After the new refresh token was used, a use of the old one means theft: the session ends, with all its tokens.
        let third = refresh(&app, &second.text("/refresh_token"), None).await.expect(200);
        refresh(&app, &first, None).await.expect_problem(401, "refresh_token_reused");
        for answer in [&second, &again, &third] {
            client_of(&app, answer).get("/v1/me").await.expect_problem(401, "session_ended");
            refresh(&app, &answer.text("/refresh_token"), None).await.expect_problem(401, "session_ended");
        }
    }

    async fn a_late_or_foreign_refresh_token_is_refused(app: TestApp) {
        let first = sign_in(&app, "worker", PASSWORD).await.expect(201).text("/refresh_token");
        let second = refresh(&app, &first, None).await.expect(200);
        app.pass(TimeDelta::seconds(601));
        refresh(&app, &first, None).await.expect_problem(401, "refresh_token_reused");
        refresh(&app, &second.text("/refresh_token"), None).await.expect_problem(401, "session_ended");

        for other_device in [None, Some("phone-2")] {
            let body = json!({ "username": "worker", "password": PASSWORD, "device": "phone-1" });
            let bound = app.stranger().post("/v1/sessions", &body).await.expect(201);
            let next = refresh(&app, &bound.text("/refresh_token"), Some("phone-1")).await.expect(200);
            let stolen = refresh(&app, &next.text("/refresh_token"), other_device).await;
            stolen.expect_problem(401, "refresh_token_reused");
            client_of(&app, &next).get("/v1/me").await.expect_problem(401, "session_ended");
        }
        for garbage in ["", "x", "井盖", &"A".repeat(43), &"A".repeat(44), &"A".repeat(10_000)] {
            refresh(&app, garbage, None).await.expect_problem(401, "refresh_token_invalid");
        }
        let browser = sign_in(&app, "worker", PASSWORD).await.expect(201);
        refresh(&app, &browser.text("/access_token"), None).await.expect_problem(401, "refresh_token_invalid");
        let body = json!({ "username": "worker", "password": PASSWORD, "device": "phone-1" });
        let phone = app.stranger().post("/v1/sessions", &body).await.expect(201).text("/refresh_token");
        app.pass(TimeDelta::minutes(30));
        refresh(&app, &browser.text("/refresh_token"), None).await.expect_problem(401, "session_ended");
        let phone = refresh(&app, &phone, Some("phone-1")).await.expect(200).text("/refresh_token");
        app.pass(TimeDelta::days(30));
        refresh(&app, &phone, Some("phone-1")).await.expect_problem(401, "session_ended");
    }

    async fn an_account_has_at_most_ten_sessions(app: TestApp) {
        let mut signed_in = Vec::new();
        for _ in 0..11 {
            let answer = sign_in(&app, "worker", PASSWORD).await.expect(201);
            client_of(&app, &answer).get("/v1/me").await.expect(200);
            signed_in.push(answer);
            app.pass(TimeDelta::seconds(1));
        }
        let (first, others) = signed_in.split_first().expect("eleven");
        client_of(&app, first).get("/v1/me").await.expect_problem(401, "session_ended");
        refresh(&app, &first.text("/refresh_token"), None).await.expect_problem(401, "session_ended");
        for other in others {
            client_of(&app, other).get("/v1/me").await.expect(200);
        }
    }

    async fn ended_sessions_are_deleted_after_180_days(app: TestApp) {
        let old = sign_in(&app, "worker", PASSWORD).await.expect(201).text("/refresh_token");
        app.pass(TimeDelta::days(180));
        let inside = app.inside().await;
        sessions::prune(&inside).await.expect("the database answers");
        refresh(&app, &old, None).await.expect_problem(401, "session_ended");
        app.pass(TimeDelta::hours(1));
        sessions::prune(&inside).await.expect("the database answers");
        refresh(&app, &old, None).await.expect_problem(401, "refresh_token_invalid");
    }

    async fn concurrent_refreshes_get_the_same_new_token(app: TestApp) {
        let first = sign_in(&app, "worker", PASSWORD).await.expect(201).text("/refresh_token");
        let answers = run_concurrently((0..64).map(|_| {
            let (app, first) = (app.clone(), first.clone());
            async move { refresh(&app, &first, None).await.expect(200).text("/refresh_token") }
        }))
        .await;
        assert!(answers.iter().all(|next| *next == answers[0] && *next != first));
        let next = refresh(&app, &answers[0], None).await.expect(200);
        client_of(&app, &next).get("/v1/me").await.expect(200);
        refresh(&app, &first, None).await.expect_problem(401, "refresh_token_reused");
        client_of(&app, &next).get("/v1/me").await.expect_problem(401, "session_ended");
    }

    async fn changing_the_own_password_ends_other_sessions(app: TestApp) {
        const NEW: &str = "Xiong-er-Shan-58";
        let here = client_of(&app, &sign_in(&app, "worker", PASSWORD).await.expect(201));
        let there = sign_in(&app, "worker", PASSWORD).await.expect(201);
        let change = |current: &str, new: &str| json!({ "current_password": current, "password": new });

        let wrong = here.post("/v1/me/password", &change("Wrong-pass-1", NEW)).await;
        let wrong = wrong.expect_problem(403, "wrong_password");
        assert_eq!(wrong.text("/errors/0/pointer"), "/current_password");
        let long = format!("aB3{}", "x".repeat(126));
        for (new, rule) in [
            ("Short-1", "too_short"),
            ("", "too_short"),
            ("onlylowercase", "too_few_classes"),
            (&long, "too_long"),
            ("My-worker-58", "contains_username"),
            ("Password123!", "common"),
        ] {
            let answer = here.post("/v1/me/password", &change(PASSWORD, new)).await;
            let answer = answer.expect_problem(422, "weak_password");
            assert_eq!(
                (answer.text("/rule"), answer.text("/errors/0/pointer")),
                (rule.to_owned(), "/password".to_owned())
            );
            assert!(new.is_empty() || !answer.raw.contains(new), "{}", answer.raw);
        }
        client_of(&app, &there).get("/v1/me").await.expect(200);

        here.post("/v1/me/password", &change(PASSWORD, NEW)).await.expect(204);
        here.get("/v1/incidents").await.expect(200);
        client_of(&app, &there).get("/v1/me").await.expect_problem(401, "session_ended");
        refresh(&app, &there.text("/refresh_token"), None).await.expect_problem(401, "session_ended");
        sign_in(&app, "worker", PASSWORD).await.expect_problem(401, "invalid_credentials");
        sign_in(&app, "worker", NEW).await.expect(201);
        let same = here.post("/v1/me/password", &change(NEW, NEW)).await.expect_problem(422, "weak_password");
        assert_eq!(same.text("/rule"), "same");
    }
}
