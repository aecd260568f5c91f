//! Uploads of photos by tus 1.0 over unreliable connections.

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
        tus::{append, begin, head, metadata, offset, patch, path, send},
    },
};

/// Sends a report that announces photos. Returns its id.
pub async fn report_with_photos(who: &Client, photos: &[&[u8]]) -> String {
    let photos: Vec<Value> = photos.iter().map(|photo| named(photo)).collect();
    who.report("5002", json!({ "photos": photos })).await.expect(201).text("/id")
}

/// Whether each photo of an incident has arrived.
async fn arrived(who: &Client, incident: &str) -> Vec<bool> {
    let list = who.get(&format!("/v1/incidents/{incident}/photos")).await.expect(200);
    list.body["photos"].as_array().unwrap().iter().map(|photo| photo["arrived_at"].is_string()).collect()
}

async fn read_photo(
    who: &Client,
    incident: &str,
    index: usize,
    headers: &[(&str, &str)],
) -> reqwest::Response {
    let list = who.get(&format!("/v1/incidents/{incident}/photos")).await.expect(200);
    let id = list.text(&format!("/photos/{index}/id"));
    let request = who.request(Method::GET, &format!("/v1/photos/{id}"));
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    request.send().await.unwrap()
}

both! {
    and s3;

    async fn a_photo_is_uploaded_in_parts_and_read(app: TestApp) {
        let (worker, dispatcher) = (app.user("worker").await, app.user("dispatcher").await);
        let photo = jpeg(1, 300_000);
        let id = report_with_photos(&worker, &[&photo]).await;
        assert_eq!(arrived(&worker, &id).await, [false], "the report is stored before its photo arrives");
        assert_eq!(read_photo(&dispatcher, &id, 0, &[]).await.status(), 404);
        assert_eq!(dispatcher.reads(&id).await.body["photos"], json!({ "named": 1, "coming": 1 }));

        let created = begin(&worker, &id, &photo).await.expect(201);
        assert_eq!(created.headers["tus-resumable"], "1.0.0");
        assert_eq!(created.headers["upload-expires"], "Mon, 30 Nov 2026 02:00:00 GMT");
        let upload = path(&created);
        assert_eq!(path(&begin(&worker, &id, &photo).await.expect(201)), upload, "a repeated request finds the same upload");
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
        // After a lost answer the client may ask again, or send an empty request.
        assert_eq!(offset(&head(&worker, &upload).await.expect(200)), 300_000);
        assert_eq!(offset(&append(&worker, &upload, 300_000, b"").await.expect(204)), 300_000);
        append(&worker, &upload, 300_000, b"x").await.expect_problem(413, "upload_too_long");

        let whole = read_photo(&dispatcher, &id, 0, &[]).await;
        let headers = whole.headers().clone();
        assert_eq!(whole.bytes().await.unwrap(), photo);
        assert_eq!((&headers["content-type"], &headers["content-length"]), (&"image/jpeg".parse().unwrap(), &"300000".parse().unwrap()));
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert!(headers["cache-control"].to_str().unwrap().starts_with("private"));
        let etag = headers["etag"].to_str().unwrap().to_owned();
        assert_eq!(read_photo(&dispatcher, &id, 0, &[("If-None-Match", &etag)]).await.status(), 304);
        for (range, from, to) in [("bytes=7-9", 7, 10), ("bytes=299990-", 299_990, 300_000), ("bytes=-5", 299_995, 300_000)] {
            let some = read_photo(&dispatcher, &id, 0, &[("Range", range)]).await;
            assert_eq!(some.status(), 206, "{range}");
            assert_eq!(some.headers()["content-range"], format!("bytes {from}-{}/300000", to - 1));
            assert_eq!(some.bytes().await.unwrap(), photo[from..to]);
        }
        assert_eq!(read_photo(&dispatcher, &id, 0, &[("Range", "bytes=300000-")]).await.status(), 416);
    }

    async fn bytes_received_before_a_connection_breaks_are_kept(app: TestApp) {
        let worker = app.user("worker").await;
        let photo = jpeg(2, 200_000);
        let id = report_with_photos(&worker, &[&photo]).await;
        let upload = path(&begin(&worker, &id, &photo).await.expect(201));
        let send_part = |from: usize, to: usize, more: &str| {
            let request = format!(
                "PATCH {upload} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nTus-Resumable: 1.0.0\r\n\
                 Content-Type: application/offset+octet-stream\r\nUpload-Offset: {from}\r\nContent-Length: {}\r\n{more}\r\n",
                app.host(), worker.token(), photo.len() - from,
            );
            app.send_and_half_close(&[request.as_bytes(), &photo[from..to]].concat())
        };
        send_part(0, 70_001, "");
        assert_eq!(offset(&head(&worker, &upload).await.expect(200)), 70_001);
        // The checksum is for the whole request. The request is incomplete, so the checksum is not compared.
        send_part(70_001, 150_000, "Upload-Checksum: sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=\r\n");
        assert_eq!(offset(&head(&worker, &upload).await.expect(200)), 150_000);
        // The upload continues on another node.
        let other = app.another_node().await;
        let elsewhere = Client::new(other.url(), Some((worker.token().to_owned(), app.now())));
        append(&elsewhere, &upload, 150_000, &photo[150_000..]).await.expect(204);
        other.running().stop().await;
        assert_eq!(arrived(&worker, &id).await, [true]);
    }

    async fn a_hundred_photos_arrive_over_a_thousand_broken_connections(app: TestApp) {
        let worker = app.user("worker").await;
        let mut random = 7_u64;
        let mut random_below = |end: usize| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(random >> 33).unwrap() % end
        };
        let (mut breaks, mut sent) = (0, 0);
        let photos: Vec<Vec<u8>> = (0..100).map(|number| jpeg(1_000 + number, 40_000 + random_below(80_000))).collect();
        for some in photos.chunks(9) {
            let some: Vec<&[u8]> = some.iter().map(Vec::as_slice).collect();
            let id = report_with_photos(&worker, &some).await;
            for photo in &some {
                let upload = path(&begin(&worker, &id, photo).await.expect(201));
                for _ in 0..10 {
                    let from = offset(&head(&worker, &upload).await.expect(200));
                    let to = from + random_below(photo.len() - from);
                    let request = format!(
                        "PATCH {upload} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nTus-Resumable: 1.0.0\r\n\
                         Content-Type: application/offset+octet-stream\r\nUpload-Offset: {from}\r\nContent-Length: {}\r\n\r\n",
                        app.host(), worker.token(), photo.len() - from,
                    );
                    app.send_and_half_close(&[request.as_bytes(), &photo[from..to]].concat());
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

    async fn a_photo_with_another_hash_or_without_a_picture_is_refused(app: TestApp) {
        let worker = app.user("worker").await;
        let (photo, other, page) = (jpeg(3, 5_000), jpeg(4, 5_000), b"<html>502 Bad Gateway</html>".to_vec());
        let id = report_with_photos(&worker, &[&photo, &page]).await;
        let upload = path(&begin(&worker, &id, &photo).await.expect(201));
        let refused = append(&worker, &upload, 0, &other).await.expect_problem(422, "wrong_hash");
        assert_eq!((refused.text("/named_sha256"), refused.text("/found_sha256")), (digest(&photo), digest(&other)));
        assert_eq!(head(&worker, &upload).await.status, 410, "the upload does not look finished");
        append(&worker, &upload, 5_000, b"").await.expect_problem(410, "upload_gone");
        send(&worker, &id, &page).await.expect_problem(422, "no_picture");
        assert_eq!(arrived(&worker, &id).await, [false, false]);
        send(&worker, &id, &photo).await.expect(204);
        assert_eq!(arrived(&worker, &id).await.into_iter().filter(|arrived| *arrived).count(), 1);
    }

    async fn a_request_with_a_wrong_checksum_is_discarded(app: TestApp) {
        let worker = app.user("worker").await;
        let photo = jpeg(5, 2_500_000);
        let id = report_with_photos(&worker, &[&photo]).await;
        let upload = path(&begin(&worker, &id, &photo).await.expect(201));
        let (first, rest) = photo.split_at(1_500_000);
        let with = |bytes: &[u8], from: usize, checksum: String| {
            worker.send(patch(&worker, &upload, from, bytes).header("Upload-Checksum", checksum))
        };
        let sha1 = |text: &str| format!("sha1 {text}");
        with(first, 0, sha1("Kq5sNclPz7QV2+lfQIuc6R7oRu0=")).await.expect_problem(460, "wrong_checksum");
        assert_eq!(offset(&head(&worker, &upload).await.expect(200)), 0, "no byte of the request is kept");
        with(first, 0, "md5 XrY7u+Ae7tCTyyK7j1rNww==".to_owned()).await.expect_problem(400, "upload_header");
        let sha256 = |bytes: &[u8]| format!("sha256 {}", STANDARD.encode(hex(&digest(bytes))));
        assert_eq!(offset(&with(first, 0, sha256(first)).await.expect(204)), 1_500_000);
        assert_eq!(offset(&with(rest, 1_500_000, sha256(rest)).await.expect(204)), 2_500_000);
        assert_eq!(arrived(&worker, &id).await, [true]);
    }

    async fn equal_photos_are_stored_once_but_each_must_be_uploaded(app: TestApp) {
        let worker = app.user("worker").await;
        let photo = jpeg(10, 50_000);
        let (first, second) = (report_with_photos(&worker, &[&photo]).await, report_with_photos(&worker, &[&photo]).await);
        send(&worker, &first, &photo).await.expect(204);
        assert_eq!(arrived(&worker, &second).await, [false], "knowing the hash does not prove that one has the photo");
        send(&worker, &second, &photo).await.expect(204);
        assert_eq!((arrived(&worker, &second).await, app.count_objects("photos")), (vec![true], 1));
        assert_eq!(app.count_objects("uploads"), 0);
    }

    async fn expired_uploads_and_orphan_objects_are_deleted(app: TestApp) {
        let worker = app.user("worker").await;
        let (photo, other) = (jpeg(11, 40_000), jpeg(12, 40_000));
        let id = report_with_photos(&worker, &[&photo, &other]).await;
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
        app.add_orphan_object("uploads", &Uuid::new_v4().to_string());
        app.add_orphan_object("photos", &Uuid::new_v4().to_string());
        app.add_orphan_object("previews", &Uuid::new_v4().to_string());
        let stored = || ["uploads", "photos", "previews"].map(|kind| app.count_objects(kind));
        sweep().await;
        assert_eq!(stored(), [2, 2, 1], "a row for a new object may still be written");
        app.pass(TimeDelta::days(2));
        sweep().await;
        assert_eq!(stored()[2], 1, "the orphan was first seen just now");
        app.pass(TimeDelta::days(6));
        let worker = app.user("worker").await;
        assert_eq!(head(&worker, &upload).await.status, 410, "the upload has expired");
        sweep().await;
        assert_eq!(head(&worker, &upload).await.status, 404);
        assert_eq!(stored()[0], 1, "only the orphan is left");
        app.pass(TimeDelta::days(2));
        sweep().await;
        assert_eq!(stored(), [0, 1, 0]);
        let worker = app.user("worker").await;
        assert_eq!(read_photo(&worker, &id, 0, &[]).await.bytes().await.unwrap().len(), 40_000);
    }

    async fn an_original_photo_is_for_its_desk_and_its_uploader(app: TestApp) {
        let (worker, dispatcher) = (app.user("worker").await, app.user("dispatcher").await);
        let (before, after) = (jpeg(13, 9_000), jpeg(14, 9_000));
        let id = report_with_photos(&worker, &[&before]).await;
        send(&worker, &id, &before).await.expect(204);
        dispatcher.command(&id, "accept", json!({})).await.expect(200);
        dispatcher.command(&id, "dispatch", json!({ "organisation": "411224107-urban_management" })).await.expect(200);
        let handler = app.user("handler").await;
        handler.command(&id, "acknowledge", json!({})).await.expect(200);
        handler.command(&id, "add-photos", json!({ "photos": [of(&after, "after")] })).await.expect(200);
        send(&handler, &id, &after).await.expect(204);
        for (who, status) in [("worker", 200), ("dispatcher", 200), ("handler", 200), ("county", 403), ("auditor", 200)] {
            assert_eq!(read_photo(&app.user(who).await, &id, 0, &[]).await.status(), status, "{who}");
        }
        let list = dispatcher.get(&format!("/v1/incidents/{id}/photos")).await.expect(200);
        let of_handler = list.text("/photos/1/id");
        assert_eq!(worker.get(&format!("/v1/photos/{of_handler}")).await.status, 404, "the reporter cannot read a photo of the handler");
        app.stranger().get(&format!("/v1/photos/{of_handler}")).await.expect_problem(401, "unauthenticated");
        dispatcher.get(&format!("/v1/photos/{}", Uuid::new_v4())).await.expect_problem(404, "not_found");
    }

    async fn a_newer_request_takes_over_an_upload(app: TestApp) {
        let worker = app.user("worker").await;
        let photo = jpeg(15, 100_000);
        let id = report_with_photos(&worker, &[&photo]).await;
        let upload = path(&begin(&worker, &id, &photo).await.expect(201));
        // A connection that stops without being closed.
        let request = format!(
            "PATCH {upload} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nTus-Resumable: 1.0.0\r\n\
             Content-Type: application/offset+octet-stream\r\nUpload-Offset: 0\r\nContent-Length: 100000\r\n\r\n",
            app.host(), worker.token(),
        );
        let dead = app.send_and_keep_open(&[request.as_bytes(), &photo[..20_000]].concat());
        let mut from = offset(&head(&worker, &upload).await.expect(200));
        assert!(from <= 20_000);
        // The server may start with the stopped request only now. Then the next request takes over.
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

/// Whether this photo of an incident can be read as it was sent.
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
    async fn unfinished_objects_of_a_killed_server_are_deleted(app: TestApp) {
        let worker = app.user("worker").await;
        let photo = jpeg(15, 9_000);
        let id = report_with_photos(&worker, &[&photo]).await;
        send(&worker, &id, &photo).await.expect(204);
        app.add_orphan_object("photos", &format!("{}#1", Uuid::new_v4()));
        let inside = app.inside().await;
        sweep::objects(&inside).await.unwrap();
        assert_eq!(app.count_objects("photos"), 2, "the object may still be being written");
        app.pass(TimeDelta::days(2));
        sweep::objects(&inside).await.unwrap();
        assert_eq!(app.count_objects("photos"), 1);
    }
}
