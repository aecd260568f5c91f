//! The application: built from settings, run until it is told to stop.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use actix_web::{
    App as WebApp, HttpServer,
    dev::{Server, ServerHandle},
    middleware::from_fn,
    web,
};
use grassroots_persistence::{
    database::{error::StoreError, installation, store::Store},
    incident::{feed, intake::Intake},
    photo::objects::ObjectError,
};
use tokio::{
    sync::Notify,
    task::JoinHandle,
    time::{Interval, MissedTickBehavior},
};

use crate::{
    app::{
        App, actors::Actors, commands, examinations, reconciler, sessions, snapshot::Snapshots, sweep,
        upload_locks::UploadLocks,
    },
    auth::{
        CryptoError,
        attempts::Attempts,
        keys::{KeyError, SigningKeys},
        passwords::Passwords,
        tokens::AccessTokens,
    },
    clock::Clock,
    config::ServeConfig,
    docs,
    http::{body::MAX_BODY_BYTES, demo_guard, identity::TrustedProxies, render, tus},
    routes,
};

/// How often a server looks whether units, grids or rules were imported meanwhile, and puts new events in order.
const REFRESH_EVERY: Duration = Duration::from_secs(5);
/// How often it forgets what is over.
const PRUNE_EVERY: Duration = Duration::from_secs(3_600);
/// How often it ends what uploads left undone.
const SWEEP_UPLOADS_EVERY: Duration = Duration::from_secs(600);
/// How often it looks for bytes that nobody needs.
const SWEEP_OBJECTS_EVERY: Duration = Duration::from_secs(86_400);
/// How often it looks for photos that arrived at other nodes and that nobody has looked at.
const EXAMINE_EVERY: Duration = Duration::from_secs(60);
/// How long requests in progress may take once the server is told to stop, in seconds.
const SHUTDOWN_TIMEOUT_S: u64 = 20;

/// Why the application does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Photos cannot be kept.
    #[error("photos cannot be kept: {0}")]
    Objects(#[from] ObjectError),
    /// The signing keys cannot be used.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// Passwords cannot be hashed here.
    #[error(transparent)]
    Passwords(#[from] CryptoError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {error}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why not.
        error: std::io::Error,
    },
    /// The server failed.
    #[error(transparent)]
    Server(#[from] std::io::Error),
}

/// A server that is bound and ready to run.
pub struct Application {
    server: Server,
    store: Store,
    app: web::Data<App>,
    address: SocketAddr,
    reconcile_every: Option<Duration>,
    examiners: u32,
}

impl Application {
    /// Opens the database, loads keys, ground and rules, and binds the address. The database must be migrated.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn build(config: &ServeConfig, clock: Clock) -> Result<Self, StartError> {
        let store = Store::open(&config.data.store())?;
        let keys = SigningKeys::open(&config.keys(), clock.now())?;
        let app = web::Data::from(Arc::new(App {
            snapshots: Snapshots::load(&store).await?,
            intake: Intake::start(&store),
            store: store.clone(),
            objects: config.data.objects()?.of_installation(store.read(installation::id).await?),
            lines: UploadLocks::default(),
            arrivals: Notify::new(),
            examiner: config.examiner()?,
            clock,
            passwords: Passwords::new()?,
            tokens: AccessTokens::new(keys),
            actors: Actors::default(),
            attempts: Attempts::default(),
            demo: config.demo,
        }));
        let proxies = web::Data::new(TrustedProxies(config.trusted_proxies.clone()));
        let address = config.address();
        let shared = app.clone();
        let mut server = HttpServer::new(move || {
            WebApp::new()
                .app_data(shared.clone())
                .app_data(proxies.clone())
                .app_data(web::PayloadConfig::new(MAX_BODY_BYTES))
                .wrap(from_fn(tus::override_method))
                .wrap(from_fn(demo_guard::around))
                .wrap(from_fn(render::around))
                .configure(routes::configure)
                .configure(docs::configure)
                .default_service(web::to(routes::not_found))
        })
        .disable_signals()
        .shutdown_timeout(SHUTDOWN_TIMEOUT_S);
        if let Some(workers) = config.workers {
            server = server.workers(workers.get());
        }
        let server = server.bind(address).map_err(|error| StartError::Listen { address, error })?;
        let address = server.addrs().first().copied().unwrap_or(address);
        let seconds = u64::from(config.reconcile_every_s);
        let reconcile_every = (seconds > 0).then(|| Duration::from_secs(seconds));
        Ok(Self { server: server.run(), store, app, address, reconcile_every, examiners: config.examiners })
    }

    /// Where it listens: with the port that was picked, if none was asked for.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The use cases, for tests that look behind HTTP.
    #[must_use]
    pub fn app(&self) -> web::Data<App> {
        self.app.clone()
    }

    /// Runs until `stop` is over. Then: no new requests, those in progress are answered, the writer is drained.
    ///
    /// # Errors
    /// When the server fails.
    pub async fn run_until(self, stop: impl Future<Output = ()>) -> Result<(), StartError> {
        let handle = self.server.handle();
        let app = || self.app.clone();
        let mut beside = vec![
            tokio::spawn(refresh(app())),
            tokio::spawn(prune(app())),
            tokio::spawn(sweep_uploads(app())),
            tokio::spawn(sweep_objects(app())),
        ];
        beside.extend(self.reconcile_every.map(|every| tokio::spawn(reconcile(app(), every))));
        beside.extend((0..self.examiners).map(|_| tokio::spawn(examine(app()))));
        let stopper = async {
            stop.await;
            stop_gracefully(&handle).await;
        };
        let (served, ()) = futures_util::future::join(self.server, stopper).await;
        beside.iter().for_each(JoinHandle::abort);
        let store = self.store;
        if tokio::task::spawn_blocking(move || store.close()).await.is_err() {
            tracing::error!("closing the database panicked");
        }
        Ok(served?)
    }
}

async fn stop_gracefully(handle: &ServerHandle) {
    tracing::info!("stopping: answering what is in progress");
    handle.stop(true).await;
}

/// Now, and then so often; if one takes too long, the next comes later.
fn ticks(every: Duration) -> Interval {
    let mut ticks = tokio::time::interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

/// Notices imports by other processes, and puts new events in order.
async fn refresh(app: web::Data<App>) {
    let mut ticks = ticks(REFRESH_EVERY);
    loop {
        ticks.tick().await;
        if let Err(error) = app.snapshots.refresh(&app.store).await {
            tracing::error!(error = %error, "cannot look for newer ground and rules; those in use stay");
        }
        if let Err(error) = feed::place(&app.store).await {
            tracing::error!(error = %error, "cannot put new events in order; they wait");
        }
    }
}

/// Lets happen what happens by itself.
async fn reconcile(app: web::Data<App>, every: Duration) {
    let mut ticks = ticks(every);
    loop {
        ticks.tick().await;
        match reconciler::run_once(&app, app.clock.now()).await {
            Ok(done) if done == reconciler::Done::default() => {}
            Ok(done) => tracing::info!(
                changed = done.changed,
                failed = done.failed,
                "incidents moved on by themselves"
            ),
            Err(error) => tracing::error!(error = %error, "cannot look for what happens by itself; it waits"),
        }
    }
}

/// Ends what uploads left undone.
async fn sweep_uploads(app: web::Data<App>) {
    let mut ticks = ticks(SWEEP_UPLOADS_EVERY);
    loop {
        ticks.tick().await;
        if let Err(error) = sweep::uploads(&app).await {
            tracing::error!(error = %error, "cannot sweep uploads; they wait");
        }
    }
}

/// Deletes what nothing names.
async fn sweep_objects(app: web::Data<App>) {
    let mut ticks = ticks(SWEEP_OBJECTS_EVERY);
    loop {
        ticks.tick().await;
        if let Err(error) = sweep::objects(&app).await {
            tracing::error!(error = %error, "cannot sweep the bytes of photos; they stay until tomorrow");
        }
    }
}

/// Looks at photos as they arrive.
async fn examine(app: web::Data<App>) {
    let mut ticks = ticks(EXAMINE_EVERY);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = app.arrivals.notified() => {}
        }
        if let Err(error) = examinations::run_due(&app).await {
            tracing::error!(error = %error, "cannot look for photos that arrived; they wait");
        }
    }
}

/// Forgets sessions that were over long ago, and answers that nobody asks for again.
async fn prune(app: web::Data<App>) {
    let mut ticks = ticks(PRUNE_EVERY);
    loop {
        ticks.tick().await;
        if let Err(error) = sessions::prune(&app).await {
            tracing::error!(error = %error, "cannot forget old sessions; they stay until the next hour");
        }
        if let Err(error) = commands::prune(&app).await {
            tracing::error!(error = %error, "cannot forget old answers; they stay until the next hour");
        }
    }
}

/// Over when the process is asked to stop: Ctrl-C, or a termination signal.
pub async fn asked_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminated) => {
                tokio::select! {
                    result = interrupted => ignore(result),
                    _ = terminated.recv() => {}
                }
            }
            Err(error) => {
                tracing::warn!(error = %error, "termination signals go unnoticed");
                ignore(interrupted.await);
            }
        }
    }
    #[cfg(not(unix))]
    ignore(interrupted.await);
}

fn ignore(result: std::io::Result<()>) {
    if let Err(error) = result {
        tracing::error!(error = %error, "cannot wait for Ctrl-C; stopping");
    }
}
