//! An S3-compatible store: one process for all tests, a folder of the bucket for each.

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
    /// It ends when its standard input does, and that when this process does.
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
            .expect("it starts");
        let mut address = String::new();
        let mut output = BufReader::new(process.stdout.take().expect("its output"));
        output.read_line(&mut address).expect("it says where it is");
        S3Server { folder, address: address.trim().to_owned(), _process: process }
    })
}

/// The address of `folder` in the bucket.
pub fn url(folder: &str) -> String {
    format!("s3://{BUCKET}/{folder}")
}

/// How the store is reached.
pub fn config() -> S3Config {
    S3Config {
        s3_endpoint: Some(server().address.clone()),
        s3_region: Some("us-east-1".to_owned()),
        s3_access_key_id: Some(ACCESS_KEY.to_owned()),
        s3_secret_access_key: Some(Secret::from(SECRET_KEY.to_owned())),
    }
}

/// Where it keeps the objects of `folder`.
pub fn files(folder: &str) -> PathBuf {
    server().folder.path().join(BUCKET).join(folder)
}
