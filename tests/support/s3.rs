//! An S3-compatible store. All tests share one process; each test has its own folder in the bucket.

use std::{
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::OnceLock,
};

use grassroots::{config::S3Config, secret::Secret};
use tempfile::TempDir;

const BUCKET: &str = "grassroots";
const ACCESS_KEY: &str = "test";
const SECRET_KEY: &str = "not-so-secret";

struct S3Server {
    folder: TempDir,
    address: String,
    /// The process ends when its standard input is closed, at the latest when the tests end.
    _process: Child,
}

fn server() -> &'static S3Server {
    static SERVER: OnceLock<S3Server> = OnceLock::new();
    SERVER.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::create_dir(folder.path().join(BUCKET)).expect("a bucket is a folder");
        let mut process = Command::new(env!("CARGO_BIN_EXE_s3"))
            .args([folder.path().to_str().expect("a name"), ACCESS_KEY, SECRET_KEY])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the store starts");
        let mut address = String::new();
        let mut output = BufReader::new(process.stdout.take().expect("its output"));
        output.read_line(&mut address).expect("the store prints its address");
        S3Server { folder, address: address.trim().to_owned(), _process: process }
    })
}

/// The URL of `folder` in the bucket.
pub fn url(folder: &str) -> String {
    format!("s3://{BUCKET}/{folder}")
}

/// The settings to access the store.
pub fn config() -> S3Config {
    S3Config {
        s3_endpoint: Some(server().address.clone()),
        s3_region: Some("us-east-1".to_owned()),
        s3_access_key_id: Some(ACCESS_KEY.to_owned()),
        s3_secret_access_key: Some(Secret::from(SECRET_KEY.to_owned())),
    }
}

/// The directory in which the store keeps the objects of `folder`.
pub fn files(folder: &str) -> PathBuf {
    server().folder.path().join(BUCKET).join(folder)
}
