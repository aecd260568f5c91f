//! Sends reports from several clients. Each client sends the next report as soon as the last one is answered.

use std::{
    net::SocketAddr,
    sync::{
        Barrier,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use futures_util::future::join_all;

use crate::{
    Failure, Result, http,
    http::HttpConnection,
    numbers::{percentile, rate},
    reports::Bodies,
};

/// The run fails if the last answers take longer than this.
const PATIENCE: Duration = Duration::from_secs(30);
const CREATED: u16 = 201;

/// A server, and the reports to send to it.
pub struct IntakeTarget<'a> {
    address: SocketAddr,
    head: Vec<u8>,
    bodies: &'a Bodies,
    next: AtomicUsize,
    answered: AtomicUsize,
    /// Whether to start again with the first body when all were sent.
    repeats: bool,
}

/// The result of one measurement.
#[derive(Default)]
pub struct Measured {
    pub per_second: f64,
    /// Median and 99th percentile.
    pub latency_ms: (f64, f64),
}

impl<'a> IntakeTarget<'a> {
    /// A server that stores each report once.
    pub fn new(address: SocketAddr, token: &str, bodies: &'a Bodies) -> Self {
        let head = http::post("/v1/incidents", Some(token), bodies.size());
        Self { address, head, bodies, next: 0.into(), answered: 0.into(), repeats: false }
    }

    /// Another server that receives the same reports, and may receive them several times.
    pub fn repeating(&self, address: SocketAddr) -> Self {
        let (head, bodies) = (self.head.clone(), self.bodies);
        Self { address, head, bodies, next: 0.into(), answered: 0.into(), repeats: true }
    }

    /// The number of reports that were answered with 201.
    pub fn answered(&self) -> usize {
        self.answered.load(Ordering::Relaxed)
    }

    /// Sends one report. Returns the length of the answer, in bytes.
    pub fn probe(&self) -> Result<usize> {
        runtime()?.block_on(async {
            let mut connection = HttpConnection::open(self.address).await?;
            self.send(&mut connection).await
        })
    }

    /// Sends from `clients` clients for `time`. Every answer must be 201.
    pub fn load(&self, clients: usize, time: Duration) -> Result<Measured> {
        // The load generator shares the machine with the server, so it uses at most half of the cores.
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let threads = (cores / 2).clamp(1, clients);
        let start = Barrier::new(threads);
        let results: Vec<Result<ThreadResult>> = thread::scope(|scope| {
            let spawn = |index| {
                let share = clients / threads + usize::from(index < clients % threads);
                let start = &start;
                scope.spawn(move || self.generate(share, time, start))
            };
            let generators: Vec<_> = (0..threads).map(spawn).collect();
            generators.into_iter().map(|generator| generator.join().unwrap_or_else(panicked)).collect()
        });
        let shares = results.into_iter().collect::<Result<Vec<_>>>()?;
        let elapsed = shares.iter().map(|share| share.elapsed).max().unwrap_or(time);
        let mut latencies: Vec<Duration> = shares.into_iter().flat_map(|share| share.latencies).collect();
        latencies.sort_unstable();
        let ms = |percent| percentile(&latencies, percent).unwrap_or_default().as_secs_f64() * 1_000.0;
        Ok(Measured { per_second: rate(latencies.len(), elapsed), latency_ms: (ms(50), ms(99)) })
    }

    /// Runs `clients` clients in this thread.
    fn generate(&self, clients: usize, time: Duration, start: &Barrier) -> Result<ThreadResult> {
        let ready = runtime().and_then(|runtime| {
            let open = async { join_all((0..clients).map(|_| HttpConnection::open(self.address))).await };
            let connections = runtime.block_on(open).into_iter().collect::<Result<Vec<_>>>()?;
            Ok((runtime, connections))
        });
        start.wait();
        let (runtime, connections) = ready?;
        let started = Instant::now();
        let all = join_all(connections.into_iter().map(|connection| self.client(connection, started + time)));
        let patient = async { tokio::time::timeout(time + PATIENCE, all).await };
        let clients = runtime.block_on(patient).map_err(|_| "some reports were never answered")?;
        let elapsed = started.elapsed();
        let latencies = clients.into_iter().collect::<Result<Vec<_>>>()?.concat();
        Ok(ThreadResult { elapsed, latencies })
    }

    /// Runs one client. Returns the latency of each answer.
    async fn client(&self, mut connection: HttpConnection, until: Instant) -> Result<Vec<Duration>> {
        let mut latencies = Vec::with_capacity(64 * 1024);
        let mut sent = Instant::now();
        while sent < until {
            self.send(&mut connection).await?;
            let answered = Instant::now();
            latencies.push(answered - sent);
            sent = answered;
        }
        Ok(latencies)
    }

    async fn send(&self, connection: &mut HttpConnection) -> Result<usize> {
        let index = self.next.fetch_add(1, Ordering::Relaxed);
        let index = if self.repeats { index % self.bodies.count() } else { index };
        let body =
            self.bodies.get(index).ok_or("the server is faster than expected: no report is left to send")?;
        let answer = connection.send(&self.head, body).await?;
        if answer.status != CREATED {
            return Err(format!("a report was answered with {}", answer.describe()).into());
        }
        self.answered.fetch_add(1, Ordering::Relaxed);
        Ok(answer.body.len())
    }
}

struct ThreadResult {
    elapsed: Duration,
    latencies: Vec<Duration>,
}

/// Signs in. Returns the access token.
pub fn sign_in(address: SocketAddr, username: &str, password: &str) -> Result<String> {
    let body = serde_json::json!({ "username": username, "password": password }).to_string();
    runtime()?.block_on(async {
        let mut connection = HttpConnection::open(address).await?;
        let answer = connection.send(&http::post("/v1/sessions", None, body.len()), body.as_bytes()).await?;
        let tokens: serde_json::Value = serde_json::from_slice(answer.body)?;
        let token = tokens.get("access_token").and_then(serde_json::Value::as_str).map(str::to_owned);
        token.ok_or_else(|| format!("the sign-in was answered with {}", answer.describe()).into())
    })
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}

fn panicked<T>(_: Box<dyn std::any::Any + Send>) -> Result<T> {
    Err(Failure::from("a thread of the load generator panicked"))
}
