//! Reports with wrong fields. Each is refused with a code, a pointer to the field and the wrong value, in two languages.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    both,
    support::{Client, report},
};

/// The longest description, in characters.
const LONGEST: usize = 2_000;

/// A valid report with all fields.
fn full() -> Value {
    report(
        "1001",
        json!({
            "title": "井盖",
            "severity": "general",
            "occurred_at": "2026-11-23T09:00:00+08:00",
            "sent_at": "2026-11-23T09:59:00+08:00",
            "location": {
                "lon": 110.8569, "lat": 33.7606, "datum": "wgs84", "accuracy_m": 12.5,
                "captured_at": "2026-11-23T09:54:00+08:00", "source": "gps",
            },
            "on_spot": { "result": "已当场劝和" },
        }),
    )
}

/// The valid report with another value at `pointer`.
fn with(pointer: &str, value: Value) -> Value {
    let mut body = full();
    let (parent, field) = pointer.rsplit_once('/').expect("a pointer");
    body.pointer_mut(parent).expect("a parent")[field] = value;
    body
}

/// The valid report without the field at `pointer`.
fn without(pointer: &str) -> Value {
    let mut body = full();
    let (parent, field) = pointer.rsplit_once('/').expect("a pointer");
    let parent = body.pointer_mut(parent).and_then(Value::as_object_mut).expect("a parent");
    parent.remove(field).expect("a field");
    body
}

/// Asserts that `body` is refused because of one field, in Chinese and in English, and that the text contains `quoted`.
async fn refused(who: &Client, body: &Value, code: &str, pointer: &str, quoted: &str) {
    for language in ["zh-CN", "en"] {
        let request =
            who.request(Method::POST, "/v1/incidents").header("Accept-Language", language).json(body);
        let answer = who.send(request).await.expect_problem(422, code);
        assert_eq!(answer.headers["content-language"], language);
        assert_eq!(answer.text("/title").is_ascii(), language == "en", "{}", answer.raw);
        assert_eq!(answer.text("/retry"), "fix");
        let errors = answer.body["errors"].as_array().expect("errors");
        assert_eq!(errors.len(), 1, "{}", answer.raw);
        assert_eq!((&errors[0]["pointer"], &errors[0]["code"]), (&json!(pointer), &json!(code)));
        assert_eq!(errors[0]["detail"], answer.body["detail"]);
        assert!(answer.text("/detail").contains(quoted), "{quoted:?} is not in {}", answer.raw);
    }
}

/// The number of incidents that `who` can see.
async fn incidents(who: &Client) -> usize {
    let page = who.get("/v1/incidents?limit=200").await.expect(200);
    page.body["incidents"].as_array().expect("a list").len()
}

both! {
    async fn the_report_with_all_fields_is_accepted(app: TestApp) {
        let worker = app.user("worker").await;
        let taken = worker.post("/v1/incidents", &full()).await.expect(201);
        assert_eq!(taken.text("/state"), "closed");
        let mut located = full();
        located["location"]["accuracy_m"] = Value::Null;
        located["location"].as_object_mut().expect("an object").remove("source");
        located["id"] = json!(uuid::Uuid::nil());
        let taken = worker.post("/v1/incidents", &located).await.expect(201);
        assert_eq!(taken.body.pointer("/location/accuracy_m"), Some(&Value::Null));
        assert_eq!(taken.text("/location/source"), "gps");
    }

    async fn wrong_positions_are_refused(app: TestApp) {
        let worker = app.user("worker").await;
        for (lon, lat, code, field, quoted) in [
            (json!(33.7606), json!(110.8569), "position_swapped", "lon", "lon=110.8569"),
            (json!(0), json!(0.0), "position_zero", "lon", "(0, 0)"),
            (json!(2.3522), json!(48.8566), "position_outside_china", "lon", "2.3522"),
            (json!(-110.8569), json!(33.7606), "position_outside_china", "lon", "-110.8569"),
            (json!(110.8569), json!(-33.7606), "position_outside_china", "lat", "-33.7606"),
            (json!(110.8569), json!(54.5), "position_outside_china", "lat", "54.5"),
            (json!(11085.69), json!(3376.06), "position_outside_china", "lon", "11085.69"),
            (json!(1e300), json!(33.7606), "position_outside_china", "lon", "33.7606"),
        ] {
            let mut body = full();
            body["location"]["lon"] = lon;
            body["location"]["lat"] = lat;
            refused(&worker, &body, code, &format!("/location/{field}"), quoted).await;
        }
        for (accuracy_m, code, quoted) in [
            (json!(-1), "accuracy_negative", "-1"),
            (json!(-0.5), "accuracy_negative", "-0.5"),
            (json!(1e9), "accuracy_absurd", "1000000000"),
            (json!(1e300), "accuracy_absurd", "accuracy_m=1"),
            (json!("12"), "wrong_type", "\"12\""),
        ] {
            let body = with("/location/accuracy_m", accuracy_m);
            refused(&worker, &body, code, "/location/accuracy_m", quoted).await;
        }
        refused(&worker, &without("/location/datum"), "datum_missing", "/location/datum", "gcj02").await;
        refused(&worker, &with("/location/datum", Value::Null), "datum_missing", "/location/datum", "wgs84")
            .await;
        refused(
            &worker,
            &with("/location/datum", json!("WGS-84")),
            "wrong_type",
            "/location/datum",
            "WGS-84",
        )
        .await;
        refused(&worker, &with("/location/source", json!("wifi")), "wrong_type", "/location/source", "wifi")
            .await;
        assert_eq!(incidents(&worker).await, 0);
    }

    async fn wrong_texts_are_refused(app: TestApp) {
        let worker = app.user("worker").await;
        let long = |characters: usize| "𠮷".repeat(characters);
        for (pointer, text, code, quoted) in [
            ("/description", String::new(), "text_empty", ""),
            ("/description", " \n\t\u{3000}".to_owned(), "text_empty", ""),
            ("/description", "井盖丢了".to_owned(), "text_too_short", "4"),
            ("/description", "  井盖丢了  ".to_owned(), "text_too_short", "4"),
            ("/description", long(LONGEST + 1), "text_too_long", "2001"),
            ("/description", "井盖\0丢失了".to_owned(), "control_character", "U+0000"),
            ("/description", "井盖丢失\u{7}了".to_owned(), "control_character", "U+0007"),
            ("/description", "井盖丢失\u{1b}[31m".to_owned(), "control_character", "U+001B"),
            ("/description", "井盖丢失了\u{9f}".to_owned(), "control_character", "U+009F"),
            ("/title", String::new(), "text_empty", ""),
            ("/title", long(101), "text_too_long", "101"),
            ("/title", "a\0".to_owned(), "control_character", "U+0000"),
            ("/place_text", "  ".to_owned(), "text_empty", ""),
            ("/place_text", long(201), "text_too_long", "201"),
            ("/on_spot/result", String::new(), "text_empty", ""),
            ("/on_spot/result", long(LONGEST + 1), "text_too_long", "2001"),
            ("/on_spot/result", "已\u{0}办".to_owned(), "control_character", "U+0000"),
            ("/category", "9999".to_owned(), "unknown_category", "9999"),
            ("/category", "12".to_owned(), "unknown_category", "12"),
            ("/category", "井盖".to_owned(), "unknown_category", "井盖"),
            ("/category", String::new(), "unknown_category", ""),
            ("/category", "５００２".to_owned(), "unknown_category", "５００２"),
            ("/severity", "worst".to_owned(), "wrong_type", "worst"),
            ("/severity", String::new(), "wrong_type", ""),
        ] {
            refused(&worker, &with(pointer, json!(text)), code, pointer, quoted).await;
        }
        assert_eq!(incidents(&worker).await, 0);
    }

    async fn wrong_types_are_refused_in_every_field(app: TestApp) {
        let worker = app.user("worker").await;
        let texts = json!([5, 1.5, true, [], ["井盖丢失了"], {}, { "text": "井盖丢失了" }]);
        let times = json!([
            5,
            true,
            [],
            {},
            "",
            "yesterday",
            "2026-11-23",
            "2026-13-01T00:00:00+08:00",
            "2026-11-23T25:00:00Z",
            "2026-11-23T09:00:00",
            "-5000-01-01T00:00:00Z",
            "+12026-11-23T09:00:00+08:00",
        ]);
        let numbers = json!(["110.8569", true, [], [110.8569], {}]);
        let objects =
            json!(["x", 5, true, [], ["已当场劝和"], [110.8569, 33.7606, "wgs84", null, null, null]]);
        let ids = json!([5, true, [], {}, "", "1", "not-a-uuid", "0198c2a4-0000-7000-8000-00000000000g"]);
        for (pointers, values) in [
            (&["/id"][..], ids),
            (&["/category", "/description", "/severity", "/title", "/place_text"], texts.clone()),
            (&["/location/datum", "/location/source", "/on_spot/result"], texts),
            (&["/occurred_at", "/reported_at", "/sent_at", "/location/captured_at"], times),
            (&["/location/lon", "/location/lat", "/location/accuracy_m"], numbers),
            (&["/location", "/on_spot"], objects),
            (&["/id", "/category", "/description", "/location/lon", "/on_spot/result"], json!([null])),
        ] {
            for pointer in pointers {
                for value in values.as_array().expect("values") {
                    let answer = worker.post("/v1/incidents", &with(pointer, value.clone())).await;
                    let answer = answer.expect_problem(422, "wrong_type");
                    assert_eq!(answer.text("/errors/0/pointer"), *pointer, "{value}: {}", answer.raw);
                }
            }
        }
        refused(&worker, &with("/id", json!("not-a-uuid")), "wrong_type", "/id", "not-a-uuid").await;
        refused(&worker, &with("/category", json!(5002)), "wrong_type", "/category", "5002").await;
        assert_eq!(incidents(&worker).await, 0);
    }

    async fn missing_and_unknown_fields_are_refused(app: TestApp) {
        let worker = app.user("worker").await;
        for pointer in
            ["/id", "/category", "/description", "/location/lon", "/location/lat", "/on_spot/result"]
        {
            let name = pointer.rsplit('/').next().expect("a name");
            refused(&worker, &without(pointer), "missing_field", pointer, name).await;
        }
        let mut nowhere = without("/location");
        nowhere.as_object_mut().expect("an object").remove("place_text");
        refused(&worker, &nowhere, "missing_field", "/location", "place_text").await;
        for (pointer, name) in [
            ("/colour", "colour"),
            ("/videos", "videos"),
            ("/Description", "Description"),
            ("/说明", "说明"),
            ("/location/altitude", "altitude"),
            ("/on_spot/when", "when"),
        ] {
            refused(&worker, &with(pointer, json!({ "deep": [1] })), "unknown_field", pointer, name).await;
        }
        let mut body = full();
        body["a/b~c"] = json!(1);
        refused(&worker, &body, "unknown_field", "/a~1b~0c", "a/b~c").await;
        assert_eq!(incidents(&worker).await, 0);
    }

    async fn one_answer_lists_all_wrong_fields(app: TestApp) {
        let worker = app.user("worker").await;
        let mut body = full();
        for (field, value) in [
            ("category", json!("12")),
            ("severity", json!("worst")),
            ("description", json!("短")),
            ("title", json!("")),
            ("place_text", json!("门口\0")),
            ("occurred_at", json!("9999-12-31T23:59:59-10:00")),
        ] {
            body[field] = value;
        }
        body["on_spot"]["result"] = json!(" ");
        body["location"] = json!({ "lon": 33.7606, "lat": 110.8569 });
        let answer = worker.post("/v1/incidents", &body).await.expect_problem(422, "invalid_body");
        let mut named: Vec<(String, String)> = answer.body["errors"]
            .as_array()
            .expect("errors")
            .iter()
            .map(|error| (error["pointer"].to_string(), error["code"].to_string()))
            .collect();
        named.sort();
        let expected = [
            ("/category", "unknown_category"),
            ("/description", "text_too_short"),
            ("/location/datum", "datum_missing"),
            ("/location/lon", "position_swapped"),
            ("/occurred_at", "wrong_type"),
            ("/on_spot/result", "text_empty"),
            ("/place_text", "control_character"),
            ("/severity", "wrong_type"),
            ("/title", "text_empty"),
        ];
        assert_eq!(named, expected.map(|(pointer, code)| (format!("\"{pointer}\""), format!("\"{code}\""))));
        for (pointer, _) in expected {
            assert!(answer.text("/detail").contains(pointer), "{}", answer.raw);
        }

        let mut body = with("/location/accuracy_m", json!(-1));
        body["category"] = json!("9999");
        body["description"] = json!("");
        let answer = worker.post("/v1/incidents", &body).await.expect_problem(422, "invalid_body");
        assert_eq!(answer.body["errors"].as_array().expect("errors").len(), 3, "{}", answer.raw);
    }

    async fn texts_are_stored_unchanged(app: TestApp) {
        let texts = [
            "👨‍👩‍👧‍👦 一家人反映：🕳️ 井盖丢失 🏴󠁧󠁢󠁥󠁮󠁧󠁿".to_owned(),
            "𠮷野家门口，𬭚厂与𰻝面馆旁，㐂㙍䶮村".to_owned(),
            "e\u{301}te\u{301} 与 été 不是同一串字节，ﬁ 与 Å 与 Å 也不是".to_owned(),
            "零宽\u{200b}\u{200d}\u{2060}\u{feff}变体\u{fe0f}反向\u{202e}文字".to_owned(),
            "  两端空格、\r\n换行与\t制表符不变  ".to_owned(),
            "\u{fffd}\u{ffff}\u{10ffff}\u{e000}\u{2028}\u{2029} 私用区".to_owned(),
            "١٢٣ हिन्दी ไทย 한국어 ß İ ǆ ﷽".to_owned(),
            r#"\ " ' ` <b> %s ${x} {0} -- '; DROP TABLE incident; /* \u0000 \n"#.to_owned(),
            "𠮷".repeat(LONGEST),
            "井盖丢失了".to_owned(),
        ];
        let worker = app.user("worker").await;
        let mut kept = Vec::new();
        for text in texts {
            let short: String = text.chars().take(100).collect();
            let body = report("5002", json!({ "description": text, "title": short, "place_text": short }));
            let taken = worker.post("/v1/incidents", &body).await.expect(201);
            kept.push((taken.text("/id"), text, short));
        }
        for restarts in 0..2 {
            if restarts > 0 {
                app.restart().await;
            }
            for who in ["worker", "dispatcher"] {
                let who = app.user(who).await;
                for (id, text, short) in &kept {
                    let seen = who.get(&format!("/v1/incidents/{id}")).await.expect(200);
                    assert_eq!(
                        (seen.text("/description"), seen.text("/title")),
                        (text.clone(), short.clone())
                    );
                    assert_eq!(seen.text("/place_text"), *short);
                }
            }
        }
    }

    async fn identity_telephone_and_card_numbers_are_masked(app: TestApp) {
        let worker = app.user("worker").await;
        let numbers = ["11010519491231002X", "13812345678", "6222021234567890128", "0398-2812345"];
        let taken = worker
            .report(
                "5002",
                json!({
                    "description": format!("证{}，电话{}，卡号{}，井盖丢失", numbers[0], numbers[1], numbers[2]),
                    "title": format!("问{}", numbers[1]),
                    "place_text": format!("拨打{}可到", numbers[3]),
                }),
            )
            .await
            .expect(201);
        assert_eq!(
            taken.text("/description"),
            "证110*************2X，电话138****5678，卡号6222***********0128，井盖丢失"
        );
        let warnings: Vec<&str> = taken.body["warnings"]
            .as_array()
            .expect("warnings")
            .iter()
            .filter_map(|warning| warning["code"].as_str())
            .collect();
        assert_eq!(warnings.iter().filter(|code| **code == "text_masked").count(), 1, "{warnings:?}");
        let id = taken.text("/id");
        let dispatcher = app.user("dispatcher").await;
        dispatcher.command(&id, "accept", json!({})).await.expect(200);
        let comment = json!({ "audience": "reporter", "text": format!("请拨{}", numbers[1]) });
        let commented = dispatcher.command(&id, "comment", comment).await.expect(200);
        assert_eq!(commented.body["warnings"], json!(["text_masked"]), "{}", commented.raw);
        for path in ["", "/timeline", "/legs", "/routing"].map(|end| format!("/v1/incidents/{id}{end}")) {
            let seen = dispatcher.get(&path).await.expect(200);
            assert!(numbers.iter().all(|number| !seen.raw.contains(number)), "{}", seen.raw);
        }
        assert_eq!(
            dispatcher.get("/v1/incidents?q=13812345678").await.expect(200).body["incidents"],
            json!([])
        );
        let clean = worker.report("5002", json!({})).await.expect(201);
        assert!(!clean.raw.contains("text_masked"), "{}", clean.raw);
    }
}
