//! The server of a test.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use chrono::{DateTime, TimeDelta};
use grassroots::{
    app::App,
    application::Application,
    clock::TimeSource,
    config::{DataConfig, S3Config, ServeConfig},
};
use grassroots_domain::time::Instant;
use tokio::sync::{Mutex, oneshot};

use super::{
    client::Client,
    database::{self, TestDatabase},
    s3,
};

/// The time at the start of every test: Monday 23 November 2026, 10:00 in China.
pub fn start_time() -> Instant {
    DateTime::parse_from_rfc3339("2026-11-23T10:00:00+08:00").expect("a time").to_utc()
}

/// A server with the demo city, its database and its clock, and the clients that are signed in.
#[derive(Clone)]
pub struct TestApp(Arc<TestAppInner>);

struct TestAppInner {
    url: String,
    clock_us: Arc<AtomicI64>,
    server: Mutex<Option<TestServer>>,
    database: Arc<TestDatabase>,
    signed_in: Mutex<HashMap<String, Client>>,
}

struct TestServer {
    stop: oneshot::Sender<()>,
    done: tokio::task::JoinHandle<()>,
    app: Arc<App>,
}

/// A running server. `stop` ends it after the test.
pub struct RunningServer(TestApp);

impl RunningServer {
    pub async fn stop(self) {
        self.0.stop().await;
    }
}

impl TestApp {
    pub async fn sqlite() -> Self {
        Self::spawn(database::sqlite().await).await
    }

    pub async fn postgres() -> Self {
        Self::spawn(database::postgres().await).await
    }

    /// On SQLite, with photos in an S3-compatible store.
    pub async fn s3() -> Self {
        Self::spawn(database::sqlite().await.with_s3()).await
    }

    async fn spawn(database: TestDatabase) -> Self {
        Self::node(Arc::new(database), Arc::new(AtomicI64::new(start_time().timestamp_micros()))).await
    }

    /// Starts another server on the same database, with the same clock. The test must stop it.
    pub async fn another_node(&self) -> Self {
        Self::node(Arc::clone(&self.0.database), Arc::clone(&self.0.clock_us)).await
    }

    async fn node(database: Arc<TestDatabase>, clock_us: Arc<AtomicI64>) -> Self {
        let (server, url) = serve(&database, &clock_us, 0).await;
        Self(Arc::new(TestAppInner {
            url,
            clock_us,
            server: Mutex::new(Some(server)),
            database,
            signed_in: Mutex::default(),
        }))
    }

    pub fn running(&self) -> RunningServer {
        RunningServer(self.clone())
    }

    async fn stop(&self) {
        if let Some(server) = self.0.server.lock().await.take() {
            drop(server.app);
            server.stop.send(()).expect("the server runs");
            server.done.await.expect("the server stops");
        }
    }

    /// Stops the server and starts another on the same database and port.
    pub async fn restart(&self) {
        self.stop().await;
        let port = self.0.url.rsplit(':').next().expect("a port").parse().expect("a number");
        let (server, _) = serve(&self.0.database, &self.0.clock_us, port).await;
        *self.0.server.lock().await = Some(server);
    }

    /// The application of the server, to call use cases and queries without HTTP.
    pub async fn inside(&self) -> Arc<App> {
        Arc::clone(&self.0.server.lock().await.as_ref().expect("the server runs").app)
    }

    pub fn url(&self) -> &str {
        &self.0.url
    }

    /// The folder with the keys that sign access tokens.
    pub fn keys(&self) -> std::path::PathBuf {
        self.0.database.folder.path().join("keys")
    }

    /// The folder of the photos. With an S3-compatible store: the folder in which that store keeps them.
    pub fn photos(&self) -> std::path::PathBuf {
        let database = &self.0.database;
        database.s3.as_deref().map_or_else(|| database.folder.path().join("photos"), s3::files)
    }

    pub fn now(&self) -> Instant {
        DateTime::from_timestamp_micros(self.0.clock_us.load(Ordering::SeqCst)).expect("a time")
    }

    /// Moves the clock forward, or back if `time` is negative.
    pub fn pass(&self, time: TimeDelta) {
        let micros = time.num_microseconds().expect("a short time");
        self.0.clock_us.fetch_add(micros, Ordering::SeqCst);
    }

    /// A client that is not signed in.
    pub fn stranger(&self) -> Client {
        Client::new(self.url(), None)
    }

    /// A signed-in client with an account of the demo: `worker`, `village`, `dispatcher`, `handler`, `county`, `city`,
    /// `sysadmin`, `secadmin`, `auditor`. Its access token is valid for 15 minutes; then call this again.
    pub async fn user(&self, username: &str) -> Client {
        let mut signed_in = self.0.signed_in.lock().await;
        if let Some(client) = signed_in.get(username)
            && client.is_fresh(self.now())
        {
            return client.clone();
        }
        let client = self.sign_in(username, "Grassroots-2023").await;
        signed_in.insert(username.to_owned(), client.clone());
        client
    }

    pub async fn sign_in(&self, username: &str, password: &str) -> Client {
        let answer = self
            .stranger()
            .post("/v1/sessions", &serde_json::json!({ "username": username, "password": password }))
            .await;
        assert_eq!(answer.status, 201, "{username} signs in: {}", answer.body);
        Client::new(self.url(), Some((answer.text("/access_token"), self.now())))
    }
}

async fn serve(database: &TestDatabase, clock_us: &Arc<AtomicI64>, port: u16) -> (TestServer, String) {
    let micros = Arc::clone(clock_us);
    let clock = TimeSource::new(move || {
        DateTime::from_timestamp_micros(micros.load(Ordering::SeqCst)).expect("a time")
    });
    let config = ServeConfig {
        data: DataConfig {
            data_dir: database.folder.path().to_owned(),
            database_url: Some(database.url.clone()),
            photos: database.s3.as_deref().map(s3::url),
            s3: if database.s3.is_some() { s3::config() } else { S3Config::default() },
            database_connections: 16,
        },
        listen: std::net::SocketAddr::from(([127, 0, 0, 1], port)),
        port: None,
        keys_dir: None,
        workers: std::num::NonZeroUsize::new(2),
        trusted_proxies: Vec::new(),
        // Background jobs do not run on a timer. Tests call them.
        reconcile_every_s: 0,
        examiners: 0,
        program: Some(env!("CARGO_BIN_EXE_program").into()),
        demo: true,
    };
    let application = Application::build(&config, clock).await.expect("the server starts");
    let url = format!("http://{}", application.address());
    let app = application.app().into_inner();
    let (stop, stopped) = oneshot::channel::<()>();
    let done = tokio::spawn(async move {
        let stop_signal = async { stopped.await.expect("the test stops the server") };
        application.run_until(stop_signal).await.expect("the server runs");
    });
    (TestServer { stop, done, app }, url)
}
