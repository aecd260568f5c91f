//! Measures photo uploads over HTTP, many at the same time, and the memory of the server. They are compared with writing
//! and flushing the same bytes to the same disk.

use std::{
    fs::{self, File},
    io::Write as _,
    path::Path,
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use futures_util::future::try_join_all;
use grassroots::demo;
use grassroots_domain::hash::Hash;
use reqwest::{
    Client, Response, StatusCode,
    header::{CONTENT_TYPE, LOCATION},
};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::{
    Result,
    database::Template,
    intake::sign_in,
    numbers::{Random, count},
    options::Options,
    server::BenchServer,
    table::{BenchFigure, Table},
};

/// Number of photos sent at the same time.
const PHOTOS: usize = 64;
/// Number of photos of a report.
const PHOTOS_PER_REPORT: usize = 8;
/// Sizes of a photo, in megabytes.
const SIZES_MB: [usize; 2] = [10, 20];
const MB: usize = 1_000_000;

/// A photo of random bytes.
struct BenchPhoto {
    bytes: bytes::Bytes,
    sha256: String,
}

impl BenchPhoto {
    /// Random bytes after the first bytes of a JPEG. The server stores such a photo, but cannot make a preview.
    fn new(random: &mut Random, size: usize) -> Self {
        let mut bytes = vec![0xff, 0xd8, 0xff, 0xe0];
        while bytes.len() < size {
            bytes.extend_from_slice(&random.next().to_le_bytes());
        }
        bytes.truncate(size);
        let sha256 = Hash(Sha256::digest(&bytes).into()).to_string();
        Self { bytes: bytes.into(), sha256 }
    }
}

pub fn measure(options: &Options, template: &Template, scratch: &Path, table: &mut Table) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut random = Random::new(4112);
    for run in 1..=options.runs {
        eprintln!("photos: run {run} of {}", options.runs);
        let database = template.copy(scratch)?;
        let server = BenchServer::grassroots(&options.server()?, &database)?;
        let token = sign_in(server.address, "worker", demo::PASSWORD)?;
        let mut smaller = None;
        for size in SIZES_MB {
            let photos: Vec<BenchPhoto> =
                (0..PHOTOS).map(|_| BenchPhoto::new(&mut random, size * MB)).collect();
            let megabytes = count(PHOTOS * size);
            let folder = tempfile::tempdir_in(scratch)?;
            let copied = copy(&photos, folder.path())?;
            drop(folder);
            let before = server.memory_mb()?;
            server.reset_peak_memory()?;
            let sent = runtime.block_on(send(&server, &token, &photos))?;
            let peak = server.peak_memory_mb()?;
            let copied = megabytes / copied.as_secs_f64();
            let what = format!("{PHOTOS} × {size} MB at once");
            table.add(BenchFigure::new(
                format!("MB: written and flushed, one after the other, {PHOTOS} × {size} MB"),
                copied,
            ));
            table.add(
                BenchFigure::new(format!("MB: **photos over HTTP, {what}**"), megabytes / sent.as_secs_f64())
                    .ratio(copied, "× written and flushed"),
            );
            let memory = BenchFigure::new(format!("(MB of memory of the server at most, {what})"), peak);
            let memory = memory.ratio(before, "× before");
            table.add(match smaller {
                None => memory,
                Some(smaller) => memory.ratio(smaller, format!("× {PHOTOS} × {} MB", SIZES_MB[0])),
            });
            smaller = Some(peak);
        }
        drop(server);
        fs::remove_dir_all(&database.folder)?;
    }
    Ok(())
}

/// Writes the photos as files. Each is flushed before the next is written.
fn copy(photos: &[BenchPhoto], folder: &Path) -> Result<Duration> {
    let started = Instant::now();
    for photo in photos {
        let mut file = File::create(folder.join(&photo.sha256))?;
        file.write_all(&photo.bytes)?;
        file.sync_all()?;
    }
    File::open(folder)?.sync_all()?;
    Ok(started.elapsed())
}

/// Announces the photos in reports, then uploads all of them at the same time. Returns the time of the uploads.
async fn send(server: &BenchServer, token: &str, photos: &[BenchPhoto]) -> Result<Duration> {
    let client = Client::new();
    let url = format!("http://{}", server.address);
    let mut announced = Vec::new();
    for some in photos.chunks(PHOTOS_PER_REPORT) {
        let manifest: Vec<_> = some
            .iter()
            .map(|photo| {
                json!({ "sha256": photo.sha256, "size_bytes": photo.bytes.len(), "media_type": "image/jpeg" })
            })
            .collect();
        let id = Uuid::new_v4();
        let report = json!({ "id": id, "category": "5002", "description": "村口井盖缺失，夜间无灯", "place_text": "村口", "photos": manifest });
        let request = client.post(format!("{url}/v1/incidents")).bearer_auth(token).json(&report);
        expect_status(request.send().await?, StatusCode::CREATED).await?;
        announced.extend(some.iter().map(|photo| (id, photo)));
    }
    let started = Instant::now();
    let upload = async |(incident, photo): (Uuid, &BenchPhoto)| -> Result<()> {
        let metadata =
            format!("incident {},sha256 {}", encoded(&incident.to_string()), encoded(&photo.sha256));
        let create =
            client.post(format!("{url}/v1/uploads")).bearer_auth(token).header("Tus-Resumable", "1.0.0");
        let create = create.header("Upload-Length", photo.bytes.len()).header("Upload-Metadata", metadata);
        let created = expect_status(create.send().await?, StatusCode::CREATED).await?;
        let path = created.headers().get(LOCATION).ok_or("no Location")?.to_str()?;
        let patch = client.patch(format!("{url}{path}")).bearer_auth(token).header("Tus-Resumable", "1.0.0");
        let patch = patch.header("Upload-Offset", 0).header(CONTENT_TYPE, "application/offset+octet-stream");
        expect_status(patch.body(photo.bytes.clone()).send().await?, StatusCode::NO_CONTENT).await?;
        Ok(())
    };
    try_join_all(announced.into_iter().map(upload)).await?;
    Ok(started.elapsed())
}

fn encoded(text: &str) -> String {
    STANDARD.encode(text)
}

async fn expect_status(response: Response, status: StatusCode) -> Result<Response> {
    if response.status() == status {
        return Ok(response);
    }
    Err(format!("{}: {}", response.status(), response.text().await?).into())
}
