//! An S3-compatible store for tests. It prints its address, and serves the buckets in a folder until its standard input
//! is closed.
//!
//!     s3 FOLDER ACCESS_KEY SECRET_KEY

use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
};
use s3s::{auth::SimpleAuth, service::S3ServiceBuilder};
use s3s_fs::FileSystem;
use tokio::{io::AsyncReadExt as _, net::TcpListener};

type S3Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), S3Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, access_key, secret_key] = arguments.as_slice() else {
        return Err("usage: s3 FOLDER ACCESS_KEY SECRET_KEY".into());
    };
    let files = FileSystem::new(folder).map_err(|error| format!("{folder}: {error:?}"))?;
    let mut service = S3ServiceBuilder::new(files);
    service.set_auth(SimpleAuth::from_single(access_key, secret_key.as_str()));
    let service = service.build();
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            let service = service.clone();
            tokio::spawn(async move {
                let server = Builder::new(TokioExecutor::new());
                // An error is ignored, because clients may close the connection at any time.
                server.serve_connection(TokioIo::new(connection), service).await.ok();
            });
        }
    });
    // The end of standard input means that the process that started this one has ended.
    tokio::io::stdin().read_to_end(&mut Vec::new()).await?;
    Ok(())
}
