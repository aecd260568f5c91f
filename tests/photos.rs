//! Photos after their upload: examination, previews, and comparison with the report.

use chrono::TimeDelta;
use grassroots::app::examinations;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::{
    both,
    support::{
        ApiAnswer, Client, TestApp,
        photos::{digest, named, of, photo},
        tus::send,
    },
};

/// The position at which `smx_border_*` were taken, in WGS-84.
const BORDER: (f64, f64) = (111.388, 34.796);

fn location((lon, lat): (f64, f64)) -> Value {
    json!({ "lon": lon, "lat": lat, "datum": "wgs84", "source": "gps", "accuracy_m": 10 })
}

/// Sends a report with photos, and uploads them. The report has the position `place` and the time of the photos.
async fn report_with_photos(who: &Client, place: (f64, f64), photos: &[&[u8]]) -> String {
    let manifest: Vec<Value> = photos.iter().map(|photo| named(photo)).collect();
    let more = json!({
        "photos": manifest, "location": location(place), "occurred_at": "2026-05-08T07:45:00+08:00",
    });
    let id = who.report("5002", more).await.expect(201).text("/id");
    for photo in photos {
        send(who, &id, photo).await.expect(204);
    }
    id
}

async fn examine_all(app: &TestApp) -> u32 {
    let inside = app.inside().await;
    examinations::run_due(&inside).await.unwrap()
}

async fn list_photos(who: &Client, id: &str) -> ApiAnswer {
    who.get(&format!("/v1/incidents/{id}/photos")).await.expect(200)
}

/// The codes of the findings about a photo.
fn findings(list: &ApiAnswer, index: usize) -> Vec<String> {
    list.texts(&format!("/photos/{index}/evidence/findings"), "/code")
}

async fn read_photo(who: &Client, photo: &str, query: &str) -> Response {
    who.request(Method::GET, &format!("/v1/photos/{photo}{query}")).send().await.unwrap()
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

both! {
    and s3;

    async fn a_preview_is_upright_and_has_no_camera_metadata(app: TestApp) {
        let (worker, city) = (app.user("worker").await, app.user("city").await);
        let original = photo("derived/smx_lushi_o8.jpg");
        let id = report_with_photos(&worker, (110.9512, 33.8461), &[&original]).await;
        let key = list_photos(&worker, &id).await.text("/photos/0/id");
        let early = worker.get(&format!("/v1/photos/{key}?size=thumb")).await.expect_problem(404, "preview_coming");
        assert_eq!(early.body["retry"], "retry");
        assert_eq!(examine_all(&app).await, 1);
        assert_eq!(examine_all(&app).await, 0, "a photo is examined once");

        let listed = list_photos(&worker, &id).await;
        assert_eq!(listed.body["photos"][0]["preview"], json!({ "width": 400, "height": 300 }), "the original lies on its side");
        let thumb = read_photo(&city, &key, "?size=thumb").await;
        assert_eq!(thumb.status(), 200);
        let headers = thumb.headers().clone();
        assert_eq!(headers["content-type"], "image/jpeg");
        assert_eq!(headers["content-disposition"], "inline");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["content-security-policy"], "default-src 'none'; sandbox");
        assert!(headers["cache-control"].to_str().unwrap().starts_with("private"));
        let thumb = thumb.bytes().await.unwrap();
        let large = read_photo(&worker, &key, "?size=large").await.bytes().await.unwrap();
        assert!(thumb.starts_with(b"\xff\xd8\xff") && thumb.len() < large.len());
        for preview in [&thumb, &large] {
            assert!(!contains(preview, "Exif") && !contains(preview, "2026:05"), "a preview has no metadata");
        }
        assert!(contains(&original, "2026:05"));

        let again = worker.request(Method::GET, &format!("/v1/photos/{key}?size=thumb")).header("If-None-Match", &headers["etag"]);
        assert_eq!(again.send().await.unwrap().status(), 304);
        let part = worker.request(Method::GET, &format!("/v1/photos/{key}?size=large")).header("Range", "bytes=10-19");
        let part = part.send().await.unwrap();
        assert_eq!((part.status().as_u16(), part.bytes().await.unwrap()), (206, large.slice(10..20)));
        worker.get(&format!("/v1/photos/{key}?size=huge")).await.expect_problem(400, "invalid_query");

        // The original is for its reporter and the holder of the incident.
        let whole = read_photo(&worker, &key, "").await;
        assert_eq!(whole.headers()["content-disposition"], "attachment");
        assert_ne!(whole.headers()["etag"], headers["etag"]);
        assert_eq!(digest(&whole.bytes().await.unwrap()), digest(&original));
        city.get(&format!("/v1/photos/{key}")).await.expect_problem(403, "previews_only");
        app.stranger().get(&format!("/v1/photos/{key}?size=thumb")).await.expect_problem(401, "unauthenticated");
        app.user("handler").await.get(&format!("/v1/photos/{key}?size=thumb")).await.expect_problem(404, "not_found");
    }

    async fn every_sample_photo_has_a_preview_or_a_reason_why_not(app: TestApp) {
        let (worker, city) = (app.user("worker").await, app.user("city").await);
        let refused = json!({ "sha256": digest(b""), "size_bytes": 0, "media_type": "image/jpeg" });
        worker.report("5002", json!({ "photos": [refused] })).await.expect_problem(422, "photo_size");

        let names = crate::support::photos::names();
        assert_eq!(names.len(), 40);
        let photos: Vec<(String, Vec<u8>)> = names.into_iter().map(|name| (name.clone(), photo(&name))).collect();
        let mut by_reason = std::collections::BTreeMap::<String, Vec<String>>::new();
        let mut shown = 0;
        for nine in photos.iter().filter(|(_, photo)| !photo.is_empty()).collect::<Vec<_>>().chunks(9) {
            let manifest: Vec<Value> = nine.iter().map(|(_, photo)| named(photo)).collect();
            let id = worker.report("5002", json!({ "photos": manifest, "location": location(BORDER) })).await.expect(201).text("/id");
            for (name, photo) in nine {
                let sent = send(&worker, &id, photo).await;
                if sent.status != 204 {
                    by_reason.entry(sent.expect_problem(422, "no_picture").code()).or_default().push(name.clone());
                }
            }
            examine_all(&app).await;
            let listed = list_photos(&city, &id).await;
            for (index, (name, photo)) in nine.iter().enumerate() {
                let listed = &listed.body["photos"][index];
                let key = listed["id"].as_str().unwrap();
                if let Some(why) = listed["no_preview"]["code"].as_str() {
                    by_reason.entry(why.to_owned()).or_default().push(name.clone());
                    let problem = city.get(&format!("/v1/photos/{key}?size=large")).await.expect_problem(404, "no_preview");
                    assert_eq!(problem.text("/reason"), why);
                    assert_eq!(read_photo(&worker, key, "").await.bytes().await.unwrap(), *photo, "{name} is stored");
                } else if listed["preview"].is_object() {
                    assert_eq!(read_photo(&city, key, "?size=large").await.status(), 200, "{name}");
                    shown += 1;
                }
            }
        }
        let expected = [
            ("broken", vec!["mit/nom_exif-both.png", "mit/nom_exif-legacy-app1.png", "mit/nom_exif-no-tz.jpg", "mit/nom_exif.png",
                "mit/nom_motion_photo_pixel_synth.jpg", "mit/nom_oom_large_box.heic", "mit/nom_text-only.png"]),
            ("no_decoder", vec!["mit/nom_exif.avif"]),
            ("no_picture", vec!["derived/not_an_image.jpg", "mit/nom_compatible-brands-fail.heic"]),
            ("truncated", vec!["derived/smx_truncated.jpg"]),
        ];
        let expected = expected.map(|(why, names)| (why.to_owned(), names.into_iter().map(str::to_owned).collect()));
        assert_eq!(by_reason, expected.into_iter().collect());
        assert_eq!(shown, 28, "all other photos have previews");
    }
}

both! {
    async fn position_and_time_of_a_photo_are_compared_with_the_report(app: TestApp) {
        let worker = app.user("worker").await;
        let evidence = async |name: &str, place| {
            let photo = photo(name);
            let id = report_with_photos(&worker, place, &[&photo]).await;
            examine_all(&app).await;
            let listed = list_photos(&app.user("city").await, &id).await;
            let codes = findings(&listed, 0);
            let codes: Vec<String> = codes.into_iter().filter(|code| !code.ends_with("_elsewhere")).collect();
            (listed.body["photos"][0]["evidence"].clone(), codes)
        };
        let (near, none) = evidence("derived/smx_border_wgs84.jpg", BORDER).await;
        assert_eq!((&near["distance_m"], &near["lie"]), (&json!(0.0), &json!("near")));
        assert_eq!((near["taken_at"].as_str(), none.len()), (Some("2026-05-08T07:45:00+08:00"), 0));
        assert!(!near.to_string().contains("111.38"), "the position is not stored: {near}");
        let (gcj02, none) = evidence("derived/smx_border_gcj02.jpg", BORDER).await;
        assert_eq!((&gcj02["distance_m"], none.len()), (&json!(0.0), 0), "the photo names its datum GCJ-02");
        let wrong = (111.394_303, 34.795_177);
        let (shifted, codes) = evidence("derived/smx_border_wgs84.jpg", wrong).await;
        assert_eq!(codes, ["report_datum_wrong"], "the report calls GCJ-02 coordinates WGS-84: {shifted}");
        assert_eq!(shifted["distance_m"], 583.0);
        assert_eq!(evidence("derived/smx_outside_shanxi.jpg", BORDER).await.1, ["far_from_place"]);
        assert_eq!(evidence("derived/smx_future_clock.jpg", (111.0328, 34.0486)).await.1, ["clock_in_future"]);
        assert_eq!(evidence("derived/smx_no_ref.jpg", (110.8644, 34.5197)).await.0["distance_m"], 0.0);
        let (no_time, none) = evidence("derived/smx_no_time.jpg", (111.7594, 34.7542)).await;
        assert_eq!((&no_time["taken_at"], &no_time["distance_m"], none.len()), (&Value::Null, &json!(0.0), 0));
        let (island, none) = evidence("derived/smx_null_island.jpg", BORDER).await;
        assert_eq!((&island["distance_m"], none.len()), (&Value::Null, 0), "the position (0, 0) is ignored");
        assert_eq!(evidence("derived/small_vivo.jpg", BORDER).await.1, ["far_from_place", "taken_long_before"]);
        assert_eq!(evidence("mit/orient_landscape_1.jpg", BORDER).await.1, [""; 0], "the photo has neither position nor time");
    }

    async fn a_picture_of_another_incident_is_found(app: TestApp) {
        let (worker, dispatcher) = (app.user("worker").await, app.user("dispatcher").await);
        let (first, nearly, other) =
            (photo("derived/smx_hubin_o1.jpg"), photo("derived/smx_mianchi_o6.jpg"), photo("derived/small_iphone6.jpg"));
        let before = worker.report("5002", json!({ "photos": [named(&first)] })).await.expect(201).text("/id");
        send(&worker, &before, &first).await.expect(204);
        let later = worker.report("5002", json!({ "photos": [named(&first), named(&nearly), named(&other)] })).await.expect(201).text("/id");
        for photo in [&first, &nearly, &other] {
            send(&worker, &later, photo).await.expect(204);
        }
        assert_eq!(examine_all(&app).await, 4);
        assert_eq!((app.count_objects("photos"), app.count_objects("previews")), (3, 6), "equal bytes are stored once");
        let listed = list_photos(&dispatcher, &later).await;
        let of = |index| findings(&listed, index).into_iter().filter(|code| code.ends_with("_elsewhere")).collect::<Vec<_>>();
        assert_eq!(of(0), ["same_picture_elsewhere"]);
        assert_eq!(of(1), ["similar_picture_elsewhere"]);
        assert_eq!(of(2), [""; 0]);
        assert_eq!(listed.body["photos"][0]["evidence"]["elsewhere"], json!([before]));
        assert_eq!(list_photos(&dispatcher, &before).await.body["photos"][0]["evidence"]["elsewhere"], json!([later]));
        // Findings are for desks and auditors, not for the reporter.
        assert!(!list_photos(&worker, &later).await.raw.contains("evidence"));
        assert!(list_photos(&app.user("auditor").await, &later).await.raw.contains("same_picture_elsewhere"));
    }

    async fn a_finding_does_not_reveal_hidden_incidents(app: TestApp) {
        let (worker, dispatcher) = (app.user("worker").await, app.user("dispatcher").await);
        let picture = photo("derived/smx_hubin_o1.jpg");
        let report_picture = async |category: &str, location: Value| {
            let id = worker.report(category, json!({ "photos": [named(&picture)], "location": location })).await.expect(201).text("/id");
            send(&worker, &id, &picture).await.expect(204);
            id
        };
        let open = report_picture("5002", Value::Null).await;
        examine_all(&app).await;
        assert!(!list_photos(&dispatcher, &open).await.raw.contains("_elsewhere"));
        let secret = report_picture("3002", location(BORDER)).await;
        examine_all(&app).await;
        assert!(!list_photos(&dispatcher, &open).await.raw.contains("_elsewhere"), "the other incident is restricted, and in another township");
        let hidden = report_picture("5002", location(BORDER)).await;
        examine_all(&app).await;
        let listed = list_photos(&dispatcher, &open).await;
        assert!(listed.raw.contains("same_picture_elsewhere"), "{}", listed.raw);
        assert!(!listed.raw.contains(&secret) && !listed.raw.contains(&hidden));
        // Equal pictures would reveal who reported the protected incident.
        let protected = report_picture("6007", Value::Null).await;
        examine_all(&app).await;
        let village = app.user("village").await;
        assert!(list_photos(&village, &open).await.raw.contains(&protected), "the first desk knows the reporter");
        assert!(!list_photos(&dispatcher, &open).await.raw.contains(&protected));
        let auditor = app.user("auditor").await;
        assert!(list_photos(&auditor, &open).await.raw.contains(&hidden));
        assert!(!list_photos(&auditor, &open).await.raw.contains(&protected));
        assert!(!list_photos(&auditor, &protected).await.raw.contains("_elsewhere"));
        let key = list_photos(&auditor, &protected).await.text("/photos/0/id");
        auditor.get(&format!("/v1/photos/{key}")).await.expect_problem(403, "previews_only");
        assert_eq!(read_photo(&auditor, &key, "?size=thumb").await.status(), 200);
        assert_eq!(read_photo(&village, &key, "").await.status(), 200);
    }

    async fn a_missing_photo_of_the_result_is_a_finding(app: TestApp) {
        let (worker, dispatcher) = (app.user("worker").await, app.user("dispatcher").await);
        let (before, after) = (photo("derived/smx_hubin_o1.jpg"), photo("derived/small_nokia.jpg"));
        let id = worker.report("5002", json!({ "photos": [named(&before)] })).await.expect(201).text("/id");
        assert!(list_photos(&dispatcher, &id).await.lacks("/findings"));
        crate::support::through_township(&app, &id, "resolved").await;
        assert_eq!(list_photos(&dispatcher, &id).await.texts("/findings", "/code"), ["after_photo_missing"]);
        assert!(list_photos(&worker, &id).await.lacks("/findings"));
        let handler = app.user("handler").await;
        dispatcher.command(&id, "add-photos", json!({ "photos": [of(&after, "after")] })).await.expect(200);
        let own = list_photos(&handler, &id).await;
        assert_eq!(own.body["photos"].as_array().unwrap().len(), 1, "a former handler sees its own photos");
        assert_eq!(list_photos(&dispatcher, &id).await.texts("/findings", "/code"), ["after_photo_missing"], "it is not yet uploaded");
        send(&dispatcher, &id, &after).await.expect(204);
        assert!(list_photos(&dispatcher, &id).await.lacks("/findings"));
        examine_all(&app).await;
        assert_eq!(findings(&list_photos(&dispatcher, &id).await, 2), ["taken_long_before"], "years before the report");
    }

    async fn a_photo_that_cannot_be_examined_does_not_delay_others(app: TestApp) {
        let worker = app.user("worker").await;
        let (lost, other) = (photo("derived/small_vivo.jpg"), photo("derived/small_nokia.jpg"));
        let id = worker.report("5002", json!({ "photos": [named(&lost), named(&other)] })).await.expect(201).text("/id");
        send(&worker, &id, &lost).await.expect(204);
        let hidden = app.hide_photos();
        app.pass(TimeDelta::seconds(1));
        send(&worker, &id, &other).await.expect(204);
        assert_eq!(examine_all(&app).await, 1, "the bytes of the first photo are missing");
        let worker = app.user("worker").await;
        assert!(list_photos(&worker, &id).await.lacks("/photos/0/preview"));
        assert!(!list_photos(&worker, &id).await.lacks("/photos/1/preview"));
        hidden.restore();
        assert_eq!(examine_all(&app).await, 0, "the next attempt is not yet due");
        app.pass(TimeDelta::minutes(11));
        assert_eq!(examine_all(&app).await, 1);
        assert!(!list_photos(&app.user("worker").await, &id).await.lacks("/photos/0/preview"));
    }

    async fn two_servers_examine_each_photo_once(app: TestApp) {
        let worker = app.user("worker").await;
        let photos: Vec<Vec<u8>> = (1..=8).map(|number| photo(&format!("mit/orient_landscape_{number}.jpg"))).collect();
        let manifest: Vec<Value> = photos.iter().map(|photo| named(photo)).collect();
        let id = worker.report("5002", json!({ "photos": manifest })).await.expect(201).text("/id");
        for photo in &photos {
            send(&worker, &id, photo).await.expect(204);
        }
        let other = app.another_node().await;
        let (first, second) = futures_util::future::join(examine_all(&app), examine_all(&other)).await;
        assert_eq!(first + second, 8, "{first} and {second}");
        assert_eq!(app.count_objects("previews"), 16);
        other.running().stop().await;
    }
}
