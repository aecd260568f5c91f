//! The grid of a position, the desk of a report, and the reason for it.

use grassroots_domain::account::Role;
use serde_json::{Value, json};

use crate::{
    both,
    support::{ApiAnswer, COUNTY_DESK, Client, DESK, VILLAGE_DESK},
};

/// A position in the demo village, 9 m from the border of the next village.
const NEAR_BORDER: (f64, f64) = (110.8701, 33.7508);

fn at((lon, lat): (f64, f64), accuracy_m: f64) -> Value {
    json!({ "location": { "lon": lon, "lat": lat, "datum": "wgs84", "accuracy_m": accuracy_m } })
}

async fn locate(client: &Client, lon: f64, lat: f64, datum: &str) -> ApiAnswer {
    client.get(&format!("/v1/locate?lon={lon}&lat={lat}&datum={datum}")).await.expect(200)
}

both! {
    async fn a_position_is_converted_from_its_datum(app: TestApp) {
        let worker = app.user("worker").await;
        let phone = locate(&worker, 111.2003, 34.7726, "wgs84").await;
        let map = locate(&worker, 111.206_294, 34.771_612, "gcj02").await;
        for found in [&phone, &map] {
            assert_eq!(found.text("/village"), "411202003013");
            assert_eq!(found.text("/grid/code"), "411202003013001");
            assert_eq!(
                (found.text("/township"), found.text("/county")),
                ("411202003".into(), "411202".into())
            );
        }
        assert!((map.body["lon"].as_f64().expect("a number") - 111.2003).abs() < 1e-5);
        let wrong_datum = locate(&worker, 111.206_294, 34.771_612, "wgs84").await;
        assert_eq!(wrong_datum.text("/village"), "411202003010", "about 550 m away");
        let nowhere = locate(&worker, 116.3912, 39.9063, "wgs84").await;
        assert!(nowhere.lacks("/grid") && nowhere.lacks("/county"), "{}", nowhere.raw);
        for (query, code) in [
            ("lon=34.7726&lat=111.2003&datum=wgs84", "position_swapped"),
            ("lon=0&lat=0&datum=wgs84", "position_zero"),
            ("lon=111.2&lat=34.7&datum=wgs84&accuracy_m=-1", "accuracy_negative"),
        ] {
            worker.get(&format!("/v1/locate?{query}")).await.expect_problem(422, code);
        }
        for query in ["lon=111.2&lat=34.7", "lon=111.2&lat=34.7&datum=mercator", "lon=x&lat=34.7&datum=wgs84"]
        {
            worker.get(&format!("/v1/locate?{query}")).await.expect_problem(400, "invalid_query");
        }
    }

    async fn a_position_near_a_border_has_candidates(app: TestApp) {
        let worker = app.user("worker").await;
        let (lon, lat) = NEAR_BORDER;
        let found = worker.get(&format!("/v1/locate?lon={lon}&lat={lat}&datum=wgs84&accuracy_m=50")).await;
        assert_eq!(found.texts("/candidates", "/grid/code"), ["411224107200001", "411224107203001"]);
        assert_eq!(found.body["candidates"][0]["distance_m"], json!(0.0));
        let metres = found.body["candidates"][1]["distance_m"].as_f64().expect("a number");
        assert!((1.0..50.0).contains(&metres), "{metres}");

        let near = worker.report("1001", at(NEAR_BORDER, 50.0)).await.expect(201);
        assert!(near.texts("/warnings", "/code").contains(&"near_border".to_owned()));
        let next_door = worker.report("1001", at((110.8707, 33.7506), 50.0)).await.expect(201);
        assert_eq!(next_door.text("/origin/village"), "411224107200", "within the accuracy, the reporter's own grid is preferred");
        let exact = worker.report("1001", at((110.8707, 33.7506), 1.0)).await.expect(201);
        assert_eq!(exact.text("/origin/village"), "411224107203");
        assert_eq!(
            exact.text("/holder/organisation"),
            "411224107203-desk",
            "the desk depends on the place, not on the reporter"
        );
        assert!(!exact.raw.contains("near_border"));
    }

    async fn the_desk_depends_on_category_and_severity(app: TestApp) {
        let worker = app.user("worker").await;
        for (category, severity, desk, rule) in [
            ("5002", None, DESK, "first_level"),
            ("1001", None, VILLAGE_DESK, "first_level"),
            ("8003", None, COUNTY_DESK, "first_level"),
            ("7001", None, COUNTY_DESK, "first_level"),
            ("8001", None, DESK, "first_level"),
            ("1001", Some("significant"), VILLAGE_DESK, "first_level"),
            ("1001", Some("major"), DESK, "minimum_level"),
            ("1001", Some("critical"), COUNTY_DESK, "minimum_level"),
            ("5002", Some("critical"), COUNTY_DESK, "minimum_level"),
        ] {
            let more = severity.map_or(json!({}), |severity| json!({ "severity": severity }));
            let taken = worker.report(category, more).await.expect(201);
            assert_eq!(taken.text("/holder/organisation"), desk, "{category} {severity:?}");
            assert_eq!(taken.text("/routing/rule"), rule, "{category} {severity:?}");
            assert_eq!(taken.text("/origin/village"), "411224107200", "{category} {severity:?}");
        }
    }

    async fn the_reason_of_a_routing_names_category_rule_and_unit(app: TestApp) {
        let (worker, dispatcher) = (app.user("worker").await, app.user("dispatcher").await);
        let id = worker.file("5002", json!({})).await;
        let routing = dispatcher.reads_of(&id, "routing").await;
        assert_eq!(
            routing.text("/reason"),
            "“井盖缺失破损”首先由乡镇级受理；事发地在卢氏县东明镇，由东明镇受理；没有定位，按上报人所在网格或单位登记。"
        );
        assert_eq!(routing.text("/desk/name"), "东明镇综治中心");
        assert_eq!((routing.text("/category"), routing.text("/severity")), ("5002".into(), "major".into()));
        assert!(routing.number("/rules_version") > 0 && routing.lacks("/fallback"));
        let english = dispatcher.get_english(&format!("/v1/incidents/{id}/routing")).await;
        assert_eq!(
            english.text("/reason"),
            "Category missing_manhole_cover: it goes to the township first; the place lies in 卢氏县东明镇, whose desk \
             takes it; there is no position, so the place is the reporter's own area."
        );
        let major = worker.file("1001", json!({ "severity": "major" })).await;
        let reason = dispatcher.reads_of(&major, "routing").await.text("/reason");
        assert!(reason.contains("等级为重大，至少由乡镇级受理"), "{reason}");
        let seen = worker.get_english(&format!("/v1/incidents/{major}")).await;
        assert!(seen.text("/routing/reason").contains("a major incident goes at least to the township"));
    }

    async fn a_report_without_a_village_goes_to_a_higher_desk(app: TestApp) {
        let dispatcher = app.user("dispatcher").await;
        let taken = dispatcher.report("1001", json!({})).await.expect(201);
        assert_eq!(taken.text("/holder/organisation"), DESK);
        assert!(taken.lacks("/origin/village") && taken.lacks("/origin/grid"));
        let routing = dispatcher.reads_of(&taken.text("/id"), "routing").await;
        assert_eq!(routing.text("/fallback"), "place_unknown");
        assert!(routing.text("/reason").contains("地点未定位到村级，改由上级受理"), "{}", routing.raw);
        app.user("city").await.report("1001", json!({})).await.expect_problem(422, "place_unknown");
        let somewhere = at((110.8569, 33.7606), 5.0);
        let taken = app.user("city").await.report("1001", somewhere).await.expect(201);
        assert_eq!(taken.text("/holder/organisation"), VILLAGE_DESK);
    }

    async fn a_report_without_a_usable_position_gets_the_grid_of_its_reporter(app: TestApp) {
        let worker = app.user("worker").await;
        let outside = worker.report("1001", at((116.3912, 39.9063), 10.0)).await.expect(201);
        assert_eq!(outside.text("/origin/grid"), "411224107200001");
        assert_eq!(outside.texts("/warnings", "/code"), ["location_outside_grid"]);
        assert_eq!(outside.text("/warnings/0/text"), "定位不在任何网格内，已按上报人所在网格或单位登记");
        assert_eq!(outside.body["location"]["lon"], json!(116.3912), "the position that was sent is stored");
        let without = worker.report("1001", json!({})).await.expect(201);
        assert_eq!(without.text("/origin/grid"), "411224107200001");
        assert_eq!(without.texts("/warnings", "/code"), ["location_missing"]);
        let nothing = json!({ "place_text": null });
        worker.report("1001", nothing).await.expect_problem(422, "missing_field");
        let other = app
            .hire_for("walker.two", Role::GridWorker, "411224107203-desk", &["411224107203001"])
            .await
            .report("1001", json!({}))
            .await
            .expect(201);
        assert_eq!(other.text("/holder/organisation"), "411224107203-desk");
    }

    async fn a_critical_incident_is_notified_to_every_level_below(app: TestApp) {
        let (worker, county) = (app.user("worker").await, app.user("county").await);
        let critical = worker.file("1001", json!({ "severity": "critical" })).await;
        let routing = county.reads_of(&critical, "routing").await;
        assert_eq!(routing.texts("/notified", "/organisation"), [VILLAGE_DESK, DESK]);
        let reason = routing.text("/reason");
        assert!(reason.contains("由县级受理；") && reason.contains("；同时通知东明村、东明镇"));
        for desk in ["village", "dispatcher"] {
            assert_eq!(app.user(desk).await.reads(&critical).await.text("/visibility"), "full");
        }
        let fire = worker.report("7001", json!({})).await.expect(201);
        assert_eq!(fire.text("/emergency_number"), "119");
        let routing = county.reads_of(&fire.text("/id"), "routing").await;
        assert_eq!(routing.texts("/notified", "/organisation"), [VILLAGE_DESK, DESK]);
        let secret = worker.file("8003", json!({ "severity": "critical" })).await;
        let routing = county.reads_of(&secret, "routing").await;
        assert_eq!(routing.body["notified"], json!([]), "the complaint may be about these desks");
    }

    async fn a_position_is_shown_in_the_requested_datum(app: TestApp) {
        let worker = app.user("worker").await;
        let sent = json!({ "location": { "lon": 111.206_294, "lat": 34.771_612, "datum": "gcj02" } });
        let taken = worker.report("1001", sent).await.expect(201);
        assert_eq!(taken.text("/origin/village"), "411202003013");
        assert_eq!(
            (taken.text("/location/datum"), taken.text("/location/sent_datum")),
            ("wgs84".into(), "gcj02".into())
        );
        let is_at = |answer: &ApiAnswer, lon: f64, lat: f64| {
            let shown = |name: &str| answer.body["location"][name].as_f64().expect("a number");
            (shown("lon") - lon).abs() < 2e-6 && (shown("lat") - lat).abs() < 2e-6
        };
        assert!(is_at(&taken, 111.2003, 34.7726), "{}", taken.raw);
        let id = taken.text("/id");
        let map = worker.get(&format!("/v1/incidents/{id}?datum=gcj02")).await;
        assert!(is_at(&map, 111.206_294, 34.771_612), "{}", map.raw);
        worker.get(&format!("/v1/incidents/{id}?datum=mercator")).await.expect_problem(400, "invalid_query");
    }
}
