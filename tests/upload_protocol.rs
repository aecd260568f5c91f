//! Announcements of photos and headers of tus 1.0: what is accepted, and what is refused.

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    both,
    support::{
        photos::{jpeg, named, of},
        tus::{append, begin, head, metadata, offset, patch, path, send, tus},
    },
    uploads::report_with_photos,
};

both! {
    and s3;

    async fn wrong_headers_are_refused_as_in_tus(app: TestApp) {
        let worker = app.user("worker").await;
        let photo = jpeg(6, 4_000);
        let id = report_with_photos(&worker, &[&photo]).await;
        let stranger = app.stranger();
        let options = stranger.send(stranger.request(Method::OPTIONS, "/v1/uploads")).await.expect(204);
        assert_eq!(options.headers["tus-version"], "1.0.0");
        assert_eq!(options.headers["tus-max-size"], "20971520");
        assert_eq!(options.headers["tus-checksum-algorithm"], "sha1,sha256");
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
        // The request that creates an upload may contain its first bytes.
        let request = tus(&worker, Method::POST, "/v1/uploads")
            .header("Upload-Length", photo.len())
            .header("Upload-Metadata", metadata(&id, &photo))
            .header("Content-Type", "application/offset+octet-stream")
            .body(photo[..1_000].to_vec());
        let created = worker.send(request).await.expect(201);
        assert_eq!(offset(&created), 1_000);
        let upload = path(&created);
        let json = tus(&worker, Method::PATCH, &upload).header("Upload-Offset", 1_000).json(&json!({}));
        worker.send(json).await.expect_problem(415, "unsupported_media_type");
        let two_offsets = patch(&worker, &upload, 0, b"x").header("Upload-Offset", "x");
        assert_eq!(worker.send(two_offsets).await.status, 409, "the first of two headers is used");
        let dispatcher = app.user("dispatcher").await;
        assert_eq!(head(&dispatcher, &upload).await.status, 404, "the upload belongs to another account");
        append(&dispatcher, &upload, 1_000, b"x").await.expect_problem(404, "not_found");
        worker.send(tus(&worker, Method::DELETE, &upload)).await.expect(204);
        assert_eq!(head(&worker, &upload).await.status, 404);
        send(&worker, &id, &photo).await.expect(204);
    }

    async fn wrong_announcements_of_photos_are_refused(app: TestApp) {
        let worker = app.user("worker").await;
        let photo = jpeg(7, 1_000);
        let ten: Vec<Value> = (0..10).map(|number| named(&jpeg(100 + number, 500))).collect();
        let report = |category, photos: Value| worker.report(category, json!({ "photos": photos }));
        report("5002", json!(ten)).await.expect_problem(422, "too_many_photos");
        report("5002", json!([named(&photo), named(&photo)])).await.expect_problem(422, "photo_named_twice");
        let not_allowed = report("1008", json!([named(&photo)])).await;
        not_allowed.expect_problem(422, "photos_off");
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
        let without_phase = worker.command(&id, "add-photos", json!({ "photos": [named(&jpeg(8, 900))] })).await;
        assert_eq!(without_phase.expect_problem(422, "missing_field").text("/errors/0/pointer"), "/photos/0/phase");
        worker.command(&id, "add-photos", json!({ "photos": [of(&jpeg(8, 900), "after")] })).await.expect(200);
        let handler = app.user("handler").await;
        assert_eq!(handler.command(&id, "add-photos", json!({ "photos": [of(&jpeg(9, 900), "after")] })).await.status, 404);
        let list = worker.get(&format!("/v1/incidents/{id}/photos")).await.expect(200);
        assert_eq!(list.texts("/photos", "/phase"), ["before", "after"]);
        let timeline = worker.get(&format!("/v1/incidents/{id}/timeline")).await.expect(200);
        assert!(timeline.raw.contains("photos_added"), "{}", timeline.raw);
    }

    async fn a_post_can_override_its_method_for_uploads(app: TestApp) {
        let worker = app.user("worker").await;
        let photo = jpeg(21, 5_000);
        let id = report_with_photos(&worker, &[&photo]).await;
        let upload = path(&begin(&worker, &id, &photo).await.expect(201));
        let overriding = |method: &str| tus(&worker, Method::POST, &upload).header("X-HTTP-Method-Override", method);
        let bytes = overriding("PATCH").header("Upload-Offset", 0).header("Content-Type", "application/offset+octet-stream");
        assert_eq!(offset(&worker.send(bytes.body(photo[..2_000].to_vec())).await.expect(204)), 2_000);
        assert_eq!(offset(&worker.send(overriding("HEAD")).await.expect(200)), 2_000);
        worker.send(overriding("DELETE")).await.expect(204);
        assert_eq!(head(&worker, &upload).await.status, 404);
        let other_path = worker.request(Method::POST, "/v1/me/password").header("X-HTTP-Method-Override", "GET").json(&json!({}));
        assert_eq!(worker.send(other_path).await.status, 422, "only uploads support the header");
    }
}
