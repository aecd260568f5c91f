//! A line that breaks: what stands between a phone and the server.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// A proxy whose connections break after so many bytes each, the first ones first; later ones hold.
pub struct BadLine {
    /// Where clients connect to.
    pub url: String,
    broken: Arc<AtomicUsize>,
}

impl BadLine {
    /// A line to the server at `host` that breaks after each of `breaks` bytes.
    pub async fn to(host: &str, breaks: Vec<usize>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let broken = Arc::<AtomicUsize>::default();
        let (breaking, host) = (Arc::clone(&broken), host.to_owned());
        tokio::spawn(async move {
            let mut breaks = breaks.into_iter();
            while let Ok((phone, _)) = listener.accept().await {
                let Ok(server) = TcpStream::connect(&host).await else { continue };
                let (breaking, after) = (Arc::clone(&breaking), breaks.next());
                tokio::spawn(async move { carry(phone, server, after, &breaking).await });
            }
        });
        Self { url, broken }
    }

    /// Connections that broke.
    pub fn broken(&self) -> usize {
        self.broken.load(Ordering::SeqCst)
    }
}

/// Carries bytes both ways until one side hangs up, or `after` bytes of the phone's are through.
async fn carry(phone: TcpStream, server: TcpStream, after: Option<usize>, broken: &AtomicUsize) {
    let (mut from_phone, mut to_phone) = phone.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let up = async {
        let mut left = after.unwrap_or(usize::MAX);
        let mut bytes = vec![0; 16 * 1024];
        while left > 0 {
            let room = left.min(bytes.len());
            let Ok(read @ 1..) = from_phone.read(&mut bytes[..room]).await else { return };
            if to_server.write_all(&bytes[..read]).await.is_err() {
                return;
            }
            left -= read;
        }
        broken.fetch_add(1, Ordering::SeqCst);
    };
    let down = tokio::io::copy(&mut from_server, &mut to_phone);
    // Whichever ends first, both directions are gone.
    tokio::select! {
        () = up => {}
        _ = down => {}
    }
}
