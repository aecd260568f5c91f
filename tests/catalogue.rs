//! Reference data for clients: units, organisations, grids, categories. Also the documentation pages, unknown paths and
//! request ids.

use reqwest::{
    Method,
    header::{ACCEPT_LANGUAGE, IF_NONE_MATCH},
};
use serde_json::{Value, json};

use crate::both;

both! {
    async fn units_form_a_tree(app: TestApp) {
        let worker = app.user("worker").await;
        let roots = worker.get("/v1/units").await.expect(200);
        assert_eq!(roots.texts("/units", "/code"), ["4112"]);
        assert_eq!((roots.text("/units/0/name"), roots.number("/units/0/children")), ("三门峡市".into(), 7));
        assert!(roots.lacks("/units/0/parent"));
        let counties = worker.get("/v1/units?parent=4112").await.expect(200);
        assert_eq!(
            counties.texts("/units", "/code"),
            ["411202", "411203", "411221", "411224", "411271", "411281", "411282"]
        );
        let (mut townships, mut villages) = (0, 0);
        for county in counties.texts("/units", "/code") {
            let children = worker.get(&format!("/v1/units?parent={county}")).await.expect(200);
            townships += children.texts("/units", "/code").len();
            let below = children.body["units"].as_array().expect("units").iter();
            villages += below.map(|unit| unit["children"].as_u64().expect("a number")).sum::<u64>();
        }
        assert_eq!((townships, villages), (81, 1_381));
        let township = worker.get("/v1/units/411224107").await.expect(200);
        assert_eq!(
            township.body,
            json!({
                "code": "411224107", "name": "东明镇", "full_name": "卢氏县东明镇", "level": "township",
                "parent": "411224", "kind": "town", "children": 18,
            })
        );
        assert!(
            worker.get("/v1/units?parent=411224107200").await.expect(200).texts("/units", "/code").is_empty()
        );
        worker.get("/v1/units/411299").await.expect_problem(404, "not_found");
        worker.get("/v1/units/12345").await.expect_problem(400, "invalid_path");
        worker.get("/v1/units?parent=x").await.expect_problem(400, "invalid_query");
    }

    async fn organisations_are_listed_by_unit_and_kind(app: TestApp) {
        let dispatcher = app.user("dispatcher").await;
        let own = dispatcher.get("/v1/organisations").await.expect(200);
        let codes = own.texts("/organisations", "/organisation");
        assert_eq!(codes[0], "411224107-desk", "the desk is first");
        assert!(codes.contains(&"411224107-urban_management".to_owned()));
        assert!(codes.iter().all(|code| code.starts_with("411224107-")));
        let one = dispatcher.get("/v1/organisations?unit=411224&kind=urban_management").await.expect(200);
        assert_eq!(
            one.body["organisations"],
            json!([{
                "unit": "411224", "organisation": "411224-urban_management", "name": "卢氏县城市管理局",
            }])
        );
        let village = dispatcher.get("/v1/organisations?unit=411224107200").await.expect(200);
        assert_eq!(village.texts("/organisations", "/name"), ["东明村综治中心", "东明村调委会"]);
        let none = dispatcher.get("/v1/organisations?unit=411299").await.expect(200);
        assert!(none.texts("/organisations", "/name").is_empty());
        dispatcher.get("/v1/organisations?kind=circus").await.expect_problem(400, "invalid_query");
    }

    async fn grids_in_a_box_are_returned_as_geojson(app: TestApp) {
        let worker = app.user("worker").await;
        let answer = worker.get("/v1/grids?bbox=110.8568,33.7605,110.8570,33.7607").await.expect(200);
        assert_eq!(answer.headers["content-type"], "application/geo+json");
        assert_eq!(answer.text("/type"), "FeatureCollection");
        let codes = answer.texts("/features", "/properties/code");
        assert!(codes.contains(&"411224107200001".to_owned()) && codes.len() < 6, "{codes:?}");
        for feature in answer.body["features"].as_array().expect("features") {
            assert_eq!(
                (&feature["type"], &feature["properties"]["synthetic"]),
                (&json!("Feature"), &json!(true))
            );
            assert_eq!(feature["geometry"]["type"], "MultiPolygon");
            let ring = feature["geometry"]["coordinates"][0][0].as_array().expect("a ring");
            assert!(ring.len() >= 4 && ring.first() == ring.last(), "a ring is closed");
        }
        let all = worker.get("/v1/grids?bbox=109,33,113,36").await.expect(200);
        assert_eq!(all.texts("/features", "/id").len(), 1_381);
        assert!(
            worker.get("/v1/grids?bbox=116,39,117,40").await.expect(200).texts("/features", "/id").is_empty()
        );
        for bbox in [
            "",
            "1,2,3",
            "1,2,3,4,5",
            "a,b,c,d",
            "111,34,110,35",
            "110,35,111,34",
            "NaN,34,111,35",
            "1,2,,3,4",
        ] {
            worker.get(&format!("/v1/grids?bbox={bbox}")).await.expect_problem(400, "invalid_query");
        }
        worker.get("/v1/grids").await.expect_problem(400, "invalid_query");
    }

    async fn categories_have_an_etag_for_each_language(app: TestApp) {
        let worker = app.user("worker").await;
        let zh = worker.get("/v1/categories").await.expect(200);
        assert_eq!(zh.texts("/categories", "/code").len(), 65);
        let find = |answer: &crate::support::ApiAnswer, code: &str| -> Value {
            let all = answer.body["categories"].as_array().expect("categories");
            all.iter().find(|category| category["code"] == code).expect("the category").clone()
        };
        let cover = find(&zh, "5002");
        assert_eq!((&cover["name"], &cover["first_level"]), (&json!("井盖缺失破损"), &json!("township")));
        assert_eq!((&cover["photos"], &cover["lead"]), (&json!("required"), &json!("urban_management")));
        assert_eq!(find(&zh, "4007")["on_spot"], true);
        assert_eq!(
            (&find(&zh, "8003")["restricted"], &find(&zh, "1001")["restricted"]),
            (&json!(true), &json!(false))
        );
        assert_eq!(find(&zh, "7001")["emergency_number"], "119");
        let tag = zh.headers["etag"].to_str().expect("text").to_owned();
        let conditional = |language: &'static str| {
            worker
                .request(Method::GET, "/v1/categories")
                .header(IF_NONE_MATCH, &tag)
                .header(ACCEPT_LANGUAGE, language)
        };
        let same = worker.send(conditional("zh-CN")).await.expect(304);
        assert!(same.raw.is_empty());
        let en = worker.send(conditional("en")).await.expect(200);
        assert_eq!(find(&en, "5002")["name"], "missing_manhole_cover");
        assert_ne!(en.headers["etag"].to_str().expect("text"), tag);
    }

    async fn me_returns_the_own_account(app: TestApp) {
        for (username, role, organisation) in [
            ("worker", "grid_worker", "411224107200-desk"),
            ("handler", "handler", "411224107-urban_management"),
            ("county", "escalation_reviewer", "411224-desk"),
            ("auditor", "audit_admin", "4112-desk"),
        ] {
            let me = app.user(username).await.get("/v1/me").await.expect(200);
            assert_eq!((me.text("/username"), me.text("/role")), (username.into(), role.into()));
            assert_eq!(me.text("/organisation/organisation"), organisation);
            assert_eq!(me.body["must_change_password"], false);
        }
        let worker = app.user("worker").await.get("/v1/me").await;
        assert_eq!(worker.body["grids"], json!(["411224107200001"]));
        assert_eq!(worker.text("/unit_name"), "卢氏县东明镇东明村村委会");
        app.stranger().get("/v1/me").await.expect_problem(401, "unauthenticated");
    }

    async fn health_checks_need_no_token(app: TestApp) {
        let stranger = app.stranger();
        assert_eq!(stranger.get("/healthz/live").await.expect(200).raw, "ok\n");
        assert_eq!(stranger.get("/healthz/ready").await.expect(200).raw, "ready\n");
    }

    async fn the_documentation_pages_load_nothing_from_other_hosts(app: TestApp) {
        let stranger = app.stranger();
        let page = stranger.get("/docs/").await.expect(200);
        assert!(page.headers["content-type"].to_str().expect("text").starts_with("text/html"));
        let mut loaded = vec![page.raw.clone()];
        // All scripts and style sheets of the page come from this server, and refer to no other.
        let links =
            page.raw.split(['"', '\'']).filter(|part| part.ends_with(".js") || part.ends_with(".css"));
        let links: Vec<&str> = links.collect();
        assert!(links.len() >= 3, "{}", page.raw);
        for link in &links {
            assert!(!link.contains("//"), "{link} is on another host");
            let path = format!("/docs/{}", link.trim_start_matches("./"));
            let file = stranger.get(&path).await.expect(200);
            if file.raw.len() < 100_000 {
                loaded.push(file.raw);
            }
        }
        for text in &loaded {
            let foreign =
                ["src=\"http", "href=\"http", "url(http", "src=\"//", "href=\"//", "@import \"http"];
            assert!(!foreign.iter().any(|foreign| text.contains(foreign)), "{text}");
        }
        assert!(loaded.iter().any(|text| text.contains("/openapi.json")), "the page shows this server's document");
        let document = stranger.get("/openapi.json").await.expect(200);
        assert!(document.text("/openapi").starts_with("3."));
        assert!(!document.body["paths"]["/v1/incidents"]["post"].is_null());
        let moved = stranger.get("/docs").await;
        assert!(moved.status == 200 || moved.status == 303, "{}", moved.status);

        let yaml = stranger.get("/openapi.yaml").await.expect(200);
        assert_eq!(yaml.raw, grassroots::openapi::yaml().expect("YAML"));
        let problems = stranger.get("/docs/problems").await.expect(200);
        for code in grassroots::problem_code::ProblemCode::ALL {
            assert!(problems.raw.contains(&format!("id=\"{}\"", code.as_str())), "{}", code.as_str());
            assert!(problems.raw.contains(code.title().0), "{}", code.as_str());
        }
        assert!(!problems.raw.contains("http"), "the page loads nothing");
    }

    async fn unknown_paths_and_methods_are_answered_with_problems(app: TestApp) {
        let (worker, stranger) = (app.user("worker").await, app.stranger());
        for path in [
            "/",
            "/v1",
            "/v1/nothing",
            "/v1/incidents/",
            "/v2/incidents",
            "/admin",
            "/v1/units/",
            "/docs/x.html",
        ] {
            let answer = stranger.get(path).await;
            assert_eq!(answer.status, 404, "{path}: {}", answer.raw);
        }
        stranger.get("/v1/nothing").await.expect_problem(404, "not_found");
        for (method, path, allowed) in [
            (Method::DELETE, "/v1/incidents", "POST, GET"),
            (Method::PUT, "/v1/incidents", "POST, GET"),
            (Method::POST, "/v1/units", "GET"),
            (Method::GET, "/v1/sessions", "POST"),
            (Method::PATCH, "/v1/me", "GET"),
            (Method::POST, "/healthz/live", "GET"),
        ] {
            let answer = worker.send(worker.request(method.clone(), path)).await;
            let answer = answer.expect_problem(405, "method_not_allowed");
            assert!(answer.text("/detail").contains(method.as_str()), "{}", answer.raw);
            assert_eq!(answer.headers["allow"], allowed);
        }
        worker.get("/v1/incidents/not-a-uuid").await.expect_problem(400, "invalid_path");
    }

    async fn the_request_id_is_taken_from_the_client_or_generated(app: TestApp) {
        let stranger = app.stranger();
        let with_id = |id: &'static str| stranger.request(Method::GET, "/v1/me").header("X-Request-Id", id);
        let answer = stranger.send(with_id("ops-7.a_b")).await;
        assert_eq!(answer.headers["x-request-id"], "ops-7.a_b");
        assert_eq!(answer.text("/request_id"), "ops-7.a_b");
        assert_eq!(answer.headers["www-authenticate"], "Bearer");
        let without_id = stranger.get("/healthz/live").await;
        assert_eq!(without_id.headers["x-request-id"].len(), 36, "a request id is generated");
        for bad in [
            "with space",
            "<script>",
            "x23456789012345678901234567890123456789012345678901234567890123456789",
        ] {
            let answer = stranger.send(with_id(bad)).await;
            assert_ne!(answer.headers["x-request-id"], bad);
            assert_eq!(answer.headers["x-request-id"].to_str().expect("text"), answer.text("/request_id"));
        }
        assert_eq!(stranger.get("/v1/me").await.text("/type"), "/docs/problems#unauthenticated");
        let english = stranger.get_english("/v1/me").await;
        assert_eq!(english.text("/title"), "Sign in first");
        assert_eq!(english.headers["content-language"], "en");
        assert_eq!(stranger.get("/v1/me").await.text("/title"), "请先登录");
    }
}
