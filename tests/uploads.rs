//! Photos over a bad line: named, sent bit by bit (tus 1.0), judged, and read.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::TimeDelta;
use grassroots::app::sweep;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    both,
    support::{
        Client,
        photos::{digest, jpeg, named, of},
        tus::{append, begin, head, metadata, offset, patch, path, send, tus},
    },
};

/// A report with photos, and its id.
async fn reported(who: &Client, photos: &[&[u8]]) -> String {
    let photos: Vec<Value> = photos.iter().map(|photo| named(photo)).collect();
    who.report("5002", json!({ "photos": photos })).await.expect(201).text("/id")
}

/// When each photo of an incident arrived.
async fn arrived(who: &Client, incident: &str) -> Vec<bool> {
    let list = who.get(&format!("/v1/incidents/{incident}/photos")).await.expect(200);
    list.body["photos"].as_array().unwrap().iter().map(|photo| photo["arrived_at"].is_string()).collect()
}

async fn read(who: &Client, incident: &str, index: usize, headers: &[(&str, &str)]) -> reqwest::Response {
    let list = who.get(&format!("/v1/incidents/{incident}/photos")).await.expect(200);
    let id = list.text(&format!("/photos/{index}/id"));
    let request = who.request(Method::GET, &format!("/v1/photos/{id}"));
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    request.send().await.unwrap()
}

both! {
    and s3;

    async fn a_photo_comes_in_bit_by_bit_and_is_read(app: TestApp) {
        let (worker, dispatcher) = (app.user("worker").await, app.user("dispatcher").await);
        let photo = jpeg(1, 300_000);
        let id = reported(&worker, &[&photo]).await;
        assert_eq!(arrived(&worker, &id).await, [false], "the report stands before its photo is here");
        assert_eq!(read(&dispatcher, &id, 0, &[]).await.status(), 404);
        assert_eq!(dispatcher.reads(&id).await.body["photos"], json!({ "named": 1, "coming": 1 }));

        let begun = begin(&worker, &id, &photo).await.expect(201);
        assert_eq!(begun.headers["tus-resumable"], "1.0.0");
        assert_eq!(begun.headers["upload-expires"], "Mon, 30 Nov 2026 02:00:00 GMT");
        let upload = path(&begun);
        assert_eq!(path(&begin(&worker, &id, &photo).await.expect(201)), upload, "the answer was lost: it was begun once");
        assert_eq!(offset(&append(&worker, &upload, 0, &photo[..100_000]).await.expect(204)), 100_000);
        app.restart().await;
        let so_far = head(&worker, &upload).await.expect(200);
        assert_eq!(offset(&so_far), 100_000, "offsets survive a restart");
        assert_eq!(so_far.headers["upload-length"], "300000");
        assert_eq!(so_far.headers["cache-control"], "no-store");
        assert_eq!(so_far.headers["upload-metadata"].to_str().unwrap(), metadata(&id, &photo));
        append(&worker, &upload, 0, &photo).await.expect_problem(409, "wrong_offset");
        assert_eq!(offset(&append(&worker, &upload, 100_000, &photo[100_000..]).await.expect(204)), 300_000);
        assert_eq!(arrived(&worker, &id).await, [true]);
        assert_eq!(dispatcher.reads(&id).await.body["photos"], json!({ "named": 1, "coming": 0 }));
        // The last answer may have been lost.
        assert_eq!(offset(&head(&worker, &upload).await.expect(200)), 300_000);
        assert_eq!(offset(&append(&worker, &upload, 300_000, b"").await.expect(204)), 300_000);
        append(&worker, &upload, 300_000, b"x").await.expect_problem(413, "upload_too_long");

        let whole = read(&dispatcher, &id, 0, &[]).await;
        let headers = whole.headers().clone();
        assert_eq!(whole.bytes().await.unwrap(), photo);
        assert_eq!((&headers["content-type"], &headers["content-length"]), (&"image/jpeg".parse().unwrap(), &"300000".parse().unwrap()));
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert!(headers["cache-control"].to_str().unwrap().starts_with("private"));
        let etag = headers["etag"].to_str().unwrap().to_owned();
        assert_eq!(read(&dispatcher, &id, 0, &[("If-None-Match", &etag)]).await.status(), 304);
        for (range, from, to) in [("bytes=7-9", 7, 10), ("bytes=299990-", 299_990, 300_000), ("bytes=-5", 299_995, 300_000)] {
            let some = read(&dispatcher, &id, 0, &[("Range", range)]).await;
            assert_eq!(some.status(), 206, "{range}");
            assert_eq!(some.headers()["content-range"], format!("bytes {from}-{}/300000", to - 1));
            assert_eq!(some.bytes().await.unwrap(), photo[from..to]);
        }
        assert_eq!(read(&dispatcher, &id, 0, &[("Range", "bytes=300000-")]).await.status(), 416);
    }

    async fn what_the_line_brought_before_it_broke_is_kept(app: TestApp) {
        let worker = app.user("worker").await;
        let photo = jpeg(2, 200_000);
        let id = reported(&worker, &[&photo]).await;
        let upload = path(&begin(&worker, &id, &photo).await.expect(201));
        let cut = |from: usize, to: usize, more: &str| {
            let request = format!(
                "PATCH {upload} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nTus-Resumable: 1.0.0\r\n\
                 Content-Type: application/offset+octet-stream\r\nUpload-Offset: {from}\r\nContent-Length: {}\r\n{more}\r\n",
                app.host(), worker.token(), photo.len() - from,
            );
            app.half_close_after(&[request.as_bytes(), &photo[from..to]].concat())
        };
        cut(0, 70_001, "");
        assert_eq!(offset(&head(&worker, &upload).await.expect(200)), 70_001);
        // A checksum covers all of a request. Of one that broke, nothing says that what came in is wrong.
        cut(70_001, 150_000, "Upload-Checksum: sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=\r\n");
        assert_eq!(offset(&head(&worker, &upload).await.expect(200)), 150_000);
        // Another node goes on.
        let other = app.another_node().await;
        let elsewhere = Client::new(other.url(), Some((worker.token().to_owned(), app.now())));
        append(&elsewhere, &upload, 150_000, &photo[150_000..]).await.expect(204);
        other.running().stop().await;
        assert_eq!(arrived(&worker, &id).await, [true]);
    }

    async fn a_hundred_photos_over_a_line_that_breaks_a_thousand_times(app: TestApp) {
        let worker = app.user("worker").await;
        let mut random = 7_u64;
        let mut below = |end: usize| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(random >> 33).unwrap() % end
        };
        let (mut breaks, mut sent) = (0, 0);
        let photos: Vec<Vec<u8>> = (0..100).map(|number| jpeg(1_000 + number, 40_000 + below(80_000))).collect();
        for some in photos.chunks(9) {
            let some: Vec<&[u8]> = some.iter().map(Vec::as_slice).collect();
            let id = reported(&worker, &some).await;
            for photo in &some {
                let upload = path(&begin(&worker, &id, photo).await.expect(201));
                for _ in 0..10 {
                    let from = offset(&head(&worker, &upload).await.expect(200));
                    let to = from + below(photo.len() - from);
                    let request = format!(
                        "PATCH {upload} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nTus-Resumable: 1.0.0\r\n\
                         Content-Type: application/offset+octet-stream\r\nUpload-Offset: {from}\r\nContent-Length: {}\r\n\r\n",
                        app.host(), worker.token(), photo.len() - from,
                    );
                    app.half_close_after(&[request.as_bytes(), &photo[from..to]].concat());
                    (breaks, sent) = (breaks + 1, sent + to - from);
                }
                loop {
                    let from = offset(&head(&worker, &upload).await.expect(200));
                    sent += photo.len() - from;
                    let answer = append(&worker, &upload, from, &photo[from..]).await;
                    if answer.status == 204 {
                        break;
                    }
                    answer.expect_problem(409, "wrong_offset");
                }
            }
            for photo in some {
                assert!(received(&worker, &id, photo).await);
            }
        }
        let all: usize = photos.iter().map(Vec::len).sum();
        assert_eq!(breaks, 1_000);
        assert!(sent * 100 < all * 105, "{sent} bytes were sent for {all}");
    }

    async fn bytes_that_are_not_the_photo_are_refused(app: TestApp) {
        let worker = app.user("worker").await;
        let (photo, other, page) = (jpeg(3, 5_000), jpeg(4, 5_000), b"<html>502 Bad Gateway</html>".to_vec());
        let id = reported(&worker, &[&photo, &page]).await;
        let upload = path(&begin(&worker, &id, &photo).await.expect(201));
        let refused = append(&worker, &upload, 0, &other).await.expect_problem(422, "wrong_hash");
        assert_eq!((refused.text("/named_sha256"), refused.text("/found_sha256")), (digest(&photo), digest(&other)));
        assert_eq!(head(&worker, &upload).await.status, 410, "not as if it had arrived");
        append(&worker, &upload, 5_000, b"").await.expect_problem(410, "upload_gone");
        send(&worker, &id, &page).await.expect_problem(422, "no_picture");
        assert_eq!(arrived(&worker, &id).await, [false, false]);
        send(&worker, &id, &photo).await.expect(204);
        assert_eq!(arrived(&worker, &id).await.into_iter().filter(|arrived| *arrived).count(), 1);
    }

    async fn a_request_with_a_checksum_counts_as_a_whole(app: TestApp) {
        let worker = app.user("worker").await;
        let photo = jpeg(5, 2_500_000);
        let id = reported(&worker, &[&photo]).await;
        let upload = path(&begin(&worker, &id, &photo).await.expect(201));
        let (first, rest) = photo.split_at(1_500_000);
        let with = |bytes: &[u8], from: usize, checksum: String| {
            worker.send(patch(&worker, &upload, from, bytes).header("Upload-Checksum", checksum))
        };
        let sha1 = |text: &str| format!("sha1 {text}");
        with(first, 0, sha1("Kq5sNclPz7QV2+lfQIuc6R7oRu0=")).await.expect_problem(460, "wrong_checksum");
        assert_eq!(offset(&head(&worker, &upload).await.expect(200)), 0, "nothing of it counts");
        with(first, 0, "md5 XrY7u+Ae7tCTyyK7j1rNww==".to_owned()).await.expect_problem(400, "upload_header");
        let sha256 = |bytes: &[u8]| format!("sha256 {}", STANDARD.encode(hex(&digest(bytes))));
        assert_eq!(offset(&with(first, 0, sha256(first)).await.expect(204)), 1_500_000);
        assert_eq!(offset(&with(rest, 1_500_000, sha256(rest)).await.expect(204)), 2_500_000);
        assert_eq!(arrived(&worker, &id).await, [true]);
    }

    async fn the_protocol_is_spoken_as_clients_expect_it(app: TestApp) {
        let worker = app.user("worker").await;
        let photo = jpeg(6, 4_000);
        let id = reported(&worker, &[&photo]).await;
        let stranger = app.stranger();
        let able = stranger.send(stranger.request(Method::OPTIONS, "/v1/uploads")).await.expect(204);
        assert_eq!(able.headers["tus-version"], "1.0.0");
        assert_eq!(able.headers["tus-max-size"], "20971520");
        assert_eq!(able.headers["tus-checksum-algorithm"], "sha1,sha256");
        let bare = worker.request(Method::POST, "/v1/uploads").header("Upload-Length", 4_000);
        let bare = worker.send(bare).await.expect_problem(412, "tus_version");
        assert_eq!((&bare.headers["tus-version"], &bare.headers["tus-resumable"]), (&"1.0.0".parse().unwrap(), &"1.0.0".parse().unwrap()));
        begin(&stranger, &id, &photo).await.expect_problem(401, "unauthenticated");
        begin(&app.user("dispatcher").await, &id, &photo).await.expect_problem(404, "photo_not_named");
        begin(&worker, &Uuid::new_v4().to_string(), &photo).await.expect_problem(404, "photo_not_named");
        for (length, metadata, status, code) in [
            ("", metadata(&id, &photo), 400, "upload_header"),
            ("-1", metadata(&id, &photo), 400, "upload_header"),
            ("4001", metadata(&id, &photo), 422, "photo_size"),
            ("20971521", metadata(&id, &photo), 413, "upload_too_long"),
            ("4000", String::new(), 400, "upload_header"),
            ("4000", "incident".to_owned(), 400, "upload_header"),
            ("4000", "incident !,sha256 !".to_owned(), 400, "upload_header"),
        ] {
            let request = tus(&worker, Method::POST, "/v1/uploads").header("Upload-Length", length);
            worker.send(request.header("Upload-Metadata", metadata)).await.expect_problem(status, code);
        }
        // The first bytes come with the beginning.
        let request = tus(&worker, Method::POST, "/v1/uploads")
            .header("Upload-Length", photo.len())
            .header("Upload-Metadata", metadata(&id, &photo))
            .header("Content-Type", "application/offset+octet-stream")
            .body(photo[..1_000].to_vec());
        let begun = worker.send(request).await.expect(201);
        assert_eq!(offset(&begun), 1_000);
        let upload = path(&begun);
        let json = tus(&worker, Method::PATCH, &upload).header("Upload-Offset", 1_000).json(&json!({}));
        worker.send(json).await.expect_problem(415, "unsupported_media_type");
        let nowhere = patch(&worker, &upload, 0, b"x").header("Upload-Offset", "x");
        assert_eq!(worker.send(nowhere).await.status, 409, "the first of two headers counts");
        let dispatcher = app.user("dispatcher").await;
        assert_eq!(head(&dispatcher, &upload).await.status, 404, "somebody else's");
        append(&dispatcher, &upload, 1_000, b"x").await.expect_problem(404, "not_found");
        worker.send(tus(&worker, Method::DELETE, &upload)).await.expect(204);
        assert_eq!(head(&worker, &upload).await.status, 404);
        send(&worker, &id, &photo).await.expect(204);
    }

    async fn photos_are_named_within_limits(app: TestApp) {
        let worker = app.user("worker").await;
        let photo = jpeg(7, 1_000);
        let ten: Vec<Value> = (0..10).map(|number| named(&jpeg(100 + number, 500))).collect();
        let report = |category, photos: Value| worker.report(category, json!({ "photos": photos }));
        report("5002", json!(ten)).await.expect_problem(422, "too_many_photos");
        report("5002", json!([named(&photo), named(&photo)])).await.expect_problem(422, "photo_named_twice");
        let off = report("1008", json!([named(&photo)])).await;
        off.expect_problem(422, "photos_off");
        let wrong = |field: &str, value: Value| {
            let mut photo = named(&photo);
            photo[field] = value;
            report("5002", json!([photo]))
        };
        wrong("sha256", json!("abc")).await.expect_problem(422, "wrong_type");
        wrong("size_bytes", json!(0)).await.expect_problem(422, "photo_size");
        wrong("size_bytes", json!(20_971_521)).await.expect_problem(422, "photo_size");
        wrong("media_type", json!("image/gif")).await.expect_problem(422, "wrong_type");
        let phase = wrong("phase", json!("later")).await.expect_problem(422, "wrong_type");
        assert_eq!(phase.text("/errors/0/pointer"), "/photos/0/phase");

        let taken = report("5002", json!([named(&photo)])).await.expect(201);
        assert!(taken.lacks("/warnings") || !taken.body["warnings"].to_string().contains("photo_missing"), "{}", taken.raw);
        let id = taken.text("/id");
        worker.command(&id, "add-photos", json!({ "photos": [of(&photo, "after")] })).await.expect_problem(422, "photo_named_twice");
        worker.command(&id, "add-photos", json!({ "photos": [] })).await.expect_problem(422, "missing_field");
        let unsaid = worker.command(&id, "add-photos", json!({ "photos": [named(&jpeg(8, 900))] })).await;
        assert_eq!(unsaid.expect_problem(422, "missing_field").text("/errors/0/pointer"), "/photos/0/phase");
        worker.command(&id, "add-photos", json!({ "photos": [of(&jpeg(8, 900), "after")] })).await.expect(200);
        let handler = app.user("handler").await;
        assert_eq!(handler.command(&id, "add-photos", json!({ "photos": [of(&jpeg(9, 900), "after")] })).await.status, 404);
        let list = worker.get(&format!("/v1/incidents/{id}/photos")).await.expect(200);
        assert_eq!(list.texts("/photos", "/phase"), ["before", "after"]);
        let timeline = worker.get(&format!("/v1/incidents/{id}/timeline")).await.expect(200);
        assert!(timeline.raw.contains("photos_added"), "{}", timeline.raw);
    }

    async fn equal_bytes_are_kept_once_and_a_hash_shows_nothing(app: TestApp) {
        let worker = app.user("worker").await;
        let photo = jpeg(10, 50_000);
        let (first, second) = (reported(&worker, &[&photo]).await, reported(&worker, &[&photo]).await);
        send(&worker, &first, &photo).await.expect(204);
        assert_eq!(arrived(&worker, &second).await, [false], "whoever knows a hash has not shown the picture");
        send(&worker, &second, &photo).await.expect(204);
        assert_eq!((arrived(&worker, &second).await, app.objects("photos")), (vec![true], 1));
        assert_eq!(app.objects("uploads"), 0);
    }

    async fn what_nobody_needs_is_swept_and_nothing_else(app: TestApp) {
        let worker = app.user("worker").await;
        let (photo, other) = (jpeg(11, 40_000), jpeg(12, 40_000));
        let id = reported(&worker, &[&photo, &other]).await;
        send(&worker, &id, &photo).await.expect(204);
        let upload = path(&begin(&worker, &id, &other).await.expect(201));
        append(&worker, &upload, 0, &other[..10_000]).await.expect(204);
        let sweep = async || {
            let inside = app.inside().await;
            sweep::uploads(&inside).await.unwrap();
            sweep::objects(&inside).await.unwrap();
        };
        sweep().await;
        assert_eq!(offset(&head(&worker, &upload).await.expect(200)), 10_000);
        app.leave_object("uploads", &Uuid::new_v4().to_string());
        app.leave_object("photos", &Uuid::new_v4().to_string());
        app.leave_object("previews", &Uuid::new_v4().to_string());
        let kept = || ["uploads", "photos", "previews"].map(|kind| app.objects(kind));
        sweep().await;
        assert_eq!(kept(), [2, 2, 1], "they may be on their way to a row");
        app.pass(TimeDelta::days(2));
        sweep().await;
        assert_eq!(kept()[2], 1, "it was found to be nobody's just now");
        app.pass(TimeDelta::days(6));
        let worker = app.user("worker").await;
        assert_eq!(head(&worker, &upload).await.status, 410, "it waited too long");
        sweep().await;
        assert_eq!(head(&worker, &upload).await.status, 404);
        assert_eq!(kept()[0], 1, "nobody's");
        app.pass(TimeDelta::days(2));
        sweep().await;
        assert_eq!(kept(), [0, 1, 0]);
        let worker = app.user("worker").await;
        assert_eq!(read(&worker, &id, 0, &[]).await.bytes().await.unwrap().len(), 40_000);
    }

    async fn a_post_stands_for_another_method_if_it_says_so(app: TestApp) {
        let worker = app.user("worker").await;
        let photo = jpeg(21, 5_000);
        let id = reported(&worker, &[&photo]).await;
        let upload = path(&begin(&worker, &id, &photo).await.expect(201));
        let standing_for = |method: &str| tus(&worker, Method::POST, &upload).header("X-HTTP-Method-Override", method);
        let bytes = standing_for("PATCH").header("Upload-Offset", 0).header("Content-Type", "application/offset+octet-stream");
        assert_eq!(offset(&worker.send(bytes.body(photo[..2_000].to_vec())).await.expect(204)), 2_000);
        assert_eq!(offset(&worker.send(standing_for("HEAD")).await.expect(200)), 2_000);
        worker.send(standing_for("DELETE")).await.expect(204);
        assert_eq!(head(&worker, &upload).await.status, 404);
        let elsewhere = worker.request(Method::POST, "/v1/me/password").header("X-HTTP-Method-Override", "GET").json(&json!({}));
        assert_eq!(worker.send(elsewhere).await.status, 422, "only uploads know it");
    }

    async fn a_photo_is_shown_to_its_desk_and_to_who_took_it(app: TestApp) {
        let (worker, dispatcher) = (app.user("worker").await, app.user("dispatcher").await);
        let (before, after) = (jpeg(13, 9_000), jpeg(14, 9_000));
        let id = reported(&worker, &[&before]).await;
        send(&worker, &id, &before).await.expect(204);
        dispatcher.command(&id, "accept", json!({})).await.expect(200);
        dispatcher.command(&id, "dispatch", json!({ "organisation": "411224107-urban_management" })).await.expect(200);
        let handler = app.user("handler").await;
        handler.command(&id, "acknowledge", json!({})).await.expect(200);
        handler.command(&id, "add-photos", json!({ "photos": [of(&after, "after")] })).await.expect(200);
        send(&handler, &id, &after).await.expect(204);
        for (who, status) in [("worker", 200), ("dispatcher", 200), ("handler", 200), ("county", 403), ("auditor", 200)] {
            assert_eq!(read(&app.user(who).await, &id, 0, &[]).await.status(), status, "{who}");
        }
        let list = dispatcher.get(&format!("/v1/incidents/{id}/photos")).await.expect(200);
        let of_handler = list.text("/photos/1/id");
        assert_eq!(worker.get(&format!("/v1/photos/{of_handler}")).await.status, 404, "the handler's original is not the reporter's");
        app.stranger().get(&format!("/v1/photos/{of_handler}")).await.expect_problem(401, "unauthenticated");
        dispatcher.get(&format!("/v1/photos/{}", Uuid::new_v4())).await.expect_problem(404, "not_found");
    }

    async fn a_newer_request_goes_on_with_an_upload(app: TestApp) {
        let worker = app.user("worker").await;
        let photo = jpeg(15, 100_000);
        let id = reported(&worker, &[&photo]).await;
        let upload = path(&begin(&worker, &id, &photo).await.expect(201));
        // A line that is dead and does not say so.
        let request = format!(
            "PATCH {upload} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nTus-Resumable: 1.0.0\r\n\
             Content-Type: application/offset+octet-stream\r\nUpload-Offset: 0\r\nContent-Length: 100000\r\n\r\n",
            app.host(), worker.token(),
        );
        let dead = app.hold_after(&[request.as_bytes(), &photo[..20_000]].concat());
        let mut from = offset(&head(&worker, &upload).await.expect(200));
        assert!(from <= 20_000);
        // The dead line may begin its turn only now; whoever comes after it goes on.
        loop {
            let answer = append(&worker, &upload, from, &photo[from..]).await;
            if answer.status == 204 {
                break;
            }
            answer.expect_problem(409, "wrong_offset");
            from = offset(&head(&worker, &upload).await.expect(200));
        }
        drop(dead);
        assert_eq!(arrived(&worker, &id).await, [true]);
    }
}

/// Whether that photo of an incident is read as it was sent.
async fn received(who: &Client, incident: &str, photo: &[u8]) -> bool {
    let list = who.get(&format!("/v1/incidents/{incident}/photos")).await.expect(200);
    let named = list.body["photos"]
        .as_array()
        .unwrap()
        .iter()
        .find(|named| named["sha256"] == digest(photo))
        .unwrap();
    let path = format!("/v1/photos/{}", named["id"].as_str().unwrap());
    who.request(Method::GET, &path).send().await.unwrap().bytes().await.unwrap() == photo
}

/// The bytes of hexadecimal digits.
fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

both! {
    async fn what_was_being_written_when_a_server_was_killed_is_swept(app: TestApp) {
        let worker = app.user("worker").await;
        let photo = jpeg(15, 9_000);
        let id = reported(&worker, &[&photo]).await;
        send(&worker, &id, &photo).await.expect(204);
        app.leave_object("photos", &format!("{}#1", Uuid::new_v4()));
        let inside = app.inside().await;
        sweep::objects(&inside).await.unwrap();
        assert_eq!(app.objects("photos"), 2, "it may be written still");
        app.pass(TimeDelta::days(2));
        sweep::objects(&inside).await.unwrap();
        assert_eq!(app.objects("photos"), 1);
    }
}
