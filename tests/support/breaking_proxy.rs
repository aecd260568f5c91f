//! A TCP proxy between a client and the server that breaks connections.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// A proxy that breaks its first connections after given numbers of bytes. Later connections do not break.
pub struct BreakingProxy {
    /// The address for clients.
    pub url: String,
    broken: Arc<AtomicUsize>,
}

impl BreakingProxy {
    /// Starts a proxy to the server at `host`. The first connection breaks after the first number of bytes in `breaks`,
    /// and so on.
    pub async fn to(host: &str, breaks: Vec<usize>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let broken = Arc::<AtomicUsize>::default();
        let (breaking, host) = (Arc::clone(&broken), host.to_owned());
        tokio::spawn(async move {
            let mut breaks = breaks.into_iter();
            while let Ok((client, _)) = listener.accept().await {
                let Ok(server) = TcpStream::connect(&host).await else { continue };
                let (breaking, after) = (Arc::clone(&breaking), breaks.next());
                tokio::spawn(async move { forward(client, server, after, &breaking).await });
            }
        });
        Self { url, broken }
    }

    /// The number of connections that were broken.
    pub fn broken(&self) -> usize {
        self.broken.load(Ordering::SeqCst)
    }
}

/// Copies bytes in both directions until one side closes the connection, or the client has sent `after` bytes.
async fn forward(client: TcpStream, server: TcpStream, after: Option<usize>, broken: &AtomicUsize) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let up = async {
        let mut left = after.unwrap_or(usize::MAX);
        let mut bytes = vec![0; 16 * 1024];
        while left > 0 {
            let room = left.min(bytes.len());
            let Ok(read @ 1..) = from_client.read(&mut bytes[..room]).await else { return };
            if to_server.write_all(&bytes[..read]).await.is_err() {
                return;
            }
            left -= read;
        }
        broken.fetch_add(1, Ordering::SeqCst);
    };
    let down = tokio::io::copy(&mut from_server, &mut to_client);
    // When one direction ends, both are closed.
    tokio::select! {
        () = up => {}
        _ = down => {}
    }
}
