//! The server: builds it from the settings and runs it until it is stopped.

use std::{net::SocketAddr, sync::Arc};

use actix_web::{
    App as WebApp, HttpServer,
    dev::{Server, ServerHandle},
    middleware::from_fn,
    web,
};
use grassroots_persistence::{
    database::{error::StoreError, installation, store::Store},
    incident::intake::Intake,
    photo::objects::ObjectError,
};
use tokio::sync::Notify;

use crate::{
    app::{App, actors::Actors, snapshot::Snapshots, upload_locks::UploadLocks},
    auth::{
        CryptoError,
        attempts::Attempts,
        keys::{KeyError, SigningKeys},
        passwords::Passwords,
        tokens::AccessTokens,
    },
    clock::TimeSource,
    config::ServeConfig,
    docs,
    http::{body::MAX_BODY_BYTES, demo_guard, identity::TrustedProxies, render, tus},
    jobs::{self, JobSettings},
    routes,
};

/// How long open requests may still run when the server stops, in seconds.
const SHUTDOWN_TIMEOUT_S: u64 = 20;

/// Why the server cannot start or failed.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The photo storage cannot be used.
    #[error("photos cannot be kept: {0}")]
    Objects(#[from] ObjectError),
    /// The signing keys cannot be used.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// Password hashing does not work.
    #[error(transparent)]
    Passwords(#[from] CryptoError),
    /// The server cannot listen on the address.
    #[error("cannot listen on {address}: {error}")]
    Listen { address: SocketAddr, error: std::io::Error },
    /// The server failed.
    #[error(transparent)]
    Server(#[from] std::io::Error),
}

/// A server that is bound to its address and ready to run.
pub struct Application {
    server: Server,
    store: Store,
    app: web::Data<App>,
    address: SocketAddr,
    jobs: JobSettings,
}

impl Application {
    /// Opens the database, loads keys, reference data and rules, and binds the address. The database must be migrated.
    pub async fn build(config: &ServeConfig, clock: TimeSource) -> Result<Self, StartError> {
        let store = Store::open(&config.data.store())?;
        let keys = SigningKeys::open(&config.keys(), clock.now())?;
        let app = web::Data::from(Arc::new(App {
            snapshots: Snapshots::load(&store).await?,
            intake: Intake::start(&store),
            store: store.clone(),
            objects: config.data.objects()?.of_installation(store.read(installation::id).await?),
            upload_locks: UploadLocks::default(),
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
        Ok(Self { server: server.run(), store, app, address, jobs: config.into() })
    }

    /// The address of the server. It has the real port, even if the settings ask for port 0.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The state of the use cases, for tests that bypass HTTP.
    #[must_use]
    pub fn app(&self) -> web::Data<App> {
        self.app.clone()
    }

    /// Runs until `stop` completes or the server fails. Then the server refuses new requests, answers open requests, stops
    /// the jobs, and finishes pending writes.
    pub async fn run_until(self, stop: impl Future<Output = ()>) -> Result<(), StartError> {
        let (handle, mut server) = (self.server.handle(), self.server);
        let jobs = jobs::start(&self.app.into_inner(), self.jobs);
        let served = tokio::select! {
            served = &mut server => {
                jobs.stop().await;
                served
            }
            () = stop => {
                let ((), (), served) =
                    futures_util::future::join3(stop_gracefully(&handle), jobs.stop(), server).await;
                served
            }
        };
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

/// Waits until the process is asked to stop, by Ctrl-C or a termination signal.
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
