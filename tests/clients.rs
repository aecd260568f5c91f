//! Third-party tus clients upload photos through a proxy that breaks connections. `scripts/with-clients` installs them.

use std::{path::Path, process::Stdio};

use reqwest::Method;
use serde_json::json;
use tokio::process::Command;

use crate::{
    both,
    support::{
        TestApp,
        breaking_proxy::BreakingProxy,
        photos::{digest, jpeg, named},
    },
};

/// Bytes after which each connection breaks: in the head of a request, at its end, or in the middle of a photo.
const BREAKS: [usize; 12] = [1, 150, 700, 20_000, 350, 33_000, 90_000, 5_000, 64_000, 700, 120_000, 1_000];
const PHOTO_BYTES: usize = 700_000;

/// Uploads a photo with a client, then reads it. The client is `script`, run by `program`.
async fn send_with(app: &TestApp, program: &str, script: &str, seed: u64) {
    let installed =
        std::env::var("GRASSROOTS_TEST_CLIENTS").expect("run ./test, or scripts/with-clients cargo test");
    let worker = app.user("worker").await;
    let photo = jpeg(seed, PHOTO_BYTES);
    let id = worker.report("5002", json!({ "photos": [named(&photo)] })).await.expect(201).text("/id");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("1.jpg");
    std::fs::write(&file, &photo).expect("a file");

    let proxy = BreakingProxy::to(app.host(), BREAKS.to_vec()).await;
    let sent = Command::new(program.replace("PYTHON", &format!("{installed}/python/bin/python")))
        .env("NODE_PATH", Path::new(&installed).join("node_modules"))
        .arg(format!("{}/clients/{script}", env!("CARGO_MANIFEST_DIR")))
        .arg(format!("{}/v1/uploads", proxy.url))
        .arg(&file)
        .args([worker.token(), &id, &digest(&photo)])
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .expect("the client runs");
    assert!(sent.status.success(), "{script}: {}", String::from_utf8_lossy(&sent.stderr));
    assert!(proxy.broken() >= BREAKS.len() / 2, "{script}: only {} connections broke", proxy.broken());

    let list = worker.get(&format!("/v1/incidents/{id}/photos")).await.expect(200);
    let path = format!("/v1/photos/{}", list.text("/photos/0/id"));
    let read = worker.request(Method::GET, &path).send().await.expect("an answer");
    assert_eq!(read.bytes().await.expect("its bytes"), photo, "{script}");
}

both! {
    async fn tus_js_client_uploads_a_photo(app: TestApp) {
        send_with(&app, "node", "tus.cjs", 21).await;
    }

    async fn tuspy_uploads_a_photo(app: TestApp) {
        send_with(&app, "PYTHON", "tuspy.py", 22).await;
    }

    async fn resumable_upload_uploads_a_photo(app: TestApp) {
        send_with(&app, "PYTHON", "resumable.py", 23).await;
    }
}
