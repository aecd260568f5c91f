//! The writer: the only connection that writes to SQLite, with group commit.
//!
//! Writes wait in a queue while a commit is written to disk. The writer then runs all waiting writes in one transaction and
//! commits once. Each write has its own savepoint, so that one failure does not affect the others. Callers get their results
//! after the commit.

use std::{
    panic::AssertUnwindSafe,
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use diesel::connection::SimpleConnection;
use tokio::sync::oneshot;

use crate::database::{
    db::Db,
    error::{StoreError, StoreResult},
    pool::DatabaseTarget,
};

/// Maximum number of waiting writes. Further writes fail with [`StoreError::Busy`].
const MAX_QUEUE: usize = 4_096;
/// Maximum number of writes in one transaction.
const MAX_BATCH: usize = 256;
/// A batch takes no further writes after this time, so that the first write does not wait for too long.
const MAX_BATCH_TIME: Duration = Duration::from_millis(20);

/// A handle to the writer thread. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Writer {
    sender: SyncSender<Message>,
    thread: Arc<Mutex<Option<JoinHandle<()>>>>,
}

enum Message {
    Write(Box<dyn Job>),
    Stop,
}

/// A queued write.
trait Job: Send {
    /// Runs the write and keeps its result. Returns false if its changes must be rolled back.
    fn run(&mut self, db: &mut Db) -> bool;
    /// Sends the result, or the reason why the batch was not committed, to the caller.
    fn answer(self: Box<Self>, committed: Result<(), WriterFailure>);
}

/// Why a batch was not committed.
#[derive(Clone, Debug)]
struct WriterFailure(String);

struct Change<F, T, E> {
    change: F,
    result: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> Job for Change<F, T, E>
where
    F: Fn(&mut Db) -> Result<T, E> + Send,
    T: Send,
    E: From<StoreError> + Send,
{
    fn run(&mut self, db: &mut Db) -> bool {
        let result = std::panic::catch_unwind(AssertUnwindSafe(|| (self.change)(db)))
            .unwrap_or_else(|_| Err(StoreError::Panicked.into()));
        let keep = result.is_ok();
        self.result = Some(result);
        keep
    }

    fn answer(self: Box<Self>, committed: Result<(), WriterFailure>) {
        let result = match (committed, self.result) {
            // The write failed itself, so it does not matter whether the batch was committed.
            (_, Some(Err(error))) => Err(error),
            (Ok(()), Some(Ok(value))) => Ok(value),
            (Ok(()), None) => Err(StoreError::Panicked.into()),
            (Err(WriterFailure(reason)), _) => Err(StoreError::Unavailable(reason).into()),
        };
        // The caller may have dropped its future. The write stays committed.
        drop(self.reply.send(result));
    }
}

impl Writer {
    /// Opens the connection and starts the thread.
    pub(crate) fn start(target: DatabaseTarget) -> StoreResult<Self> {
        let db = target.connect_writer()?;
        let (sender, receiver) = sync_channel(MAX_QUEUE);
        let thread = std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || run(&receiver, db, &target))
            .map_err(StoreError::open)?;
        Ok(Self { sender, thread: Arc::new(Mutex::new(Some(thread))) })
    }

    pub(crate) async fn write<T, E>(
        &self,
        change: impl Fn(&mut Db) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job = Box::new(Change { change, result: None, reply });
        self.sender.try_send(Message::Write(job)).map_err(|error| match error {
            TrySendError::Full(_) => StoreError::Busy,
            TrySendError::Disconnected(_) => StoreError::Unavailable("the server is stopping".to_owned()),
        })?;
        answer.await.unwrap_or_else(|_| Err(StoreError::Unavailable("the writer stopped".to_owned()).into()))
    }

    /// Waits until all queued writes are done, and stops the thread.
    pub(crate) fn close(&self) {
        let running = self.thread.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        if let Some(thread) = running {
            // The message is queued after all writes. Sending fails if the thread has stopped already.
            drop(self.sender.send(Message::Stop));
            if thread.join().is_err() {
                tracing::error!("the writer thread panicked");
            }
        }
    }
}

/// The writer thread. Commits batches until it gets `Stop` or all senders are dropped.
fn run(receiver: &Receiver<Message>, mut db: Db, target: &DatabaseTarget) {
    let mut stop = false;
    while !stop {
        let Ok(Message::Write(first)) = receiver.recv() else { return };
        let mut batch = Batch::default();
        let committed = batch.commit(first, receiver, &mut db);
        if let Err(WriterFailure(reason)) = &committed {
            tracing::error!(reason, writes = batch.jobs.len(), "a batch of writes was not committed");
            // SQLite may have rolled back by itself or not. A new connection has no open transaction.
            match target.connect_writer() {
                Ok(fresh) => db = fresh,
                Err(error) => tracing::error!(error = %error, "the writer cannot reopen the database"),
            }
        }
        stop = batch.stop;
        for job in batch.jobs {
            job.answer(committed.clone());
        }
    }
}

/// Writes that are committed together.
#[derive(Default)]
struct Batch {
    jobs: Vec<Box<dyn Job>>,
    stop: bool,
}

impl Batch {
    /// Runs `first` and the waiting writes in one transaction, and commits it.
    fn commit(
        &mut self,
        first: Box<dyn Job>,
        receiver: &Receiver<Message>,
        db: &mut Db,
    ) -> Result<(), WriterFailure> {
        let started = Instant::now();
        let mut result = execute(db, "BEGIN IMMEDIATE");
        let mut next = Some(first);
        while let Some(mut job) = next {
            if result.is_ok() {
                result = in_savepoint(job.as_mut(), db);
            }
            self.jobs.push(job);
            next = match result {
                Ok(()) if self.jobs.len() < MAX_BATCH && started.elapsed() < MAX_BATCH_TIME => {
                    self.take(receiver)
                }
                Ok(()) | Err(_) => None,
            };
        }
        result.and_then(|()| execute(db, "COMMIT"))
    }

    fn take(&mut self, receiver: &Receiver<Message>) -> Option<Box<dyn Job>> {
        match receiver.try_recv() {
            Ok(Message::Write(job)) => Some(job),
            Ok(Message::Stop) => {
                self.stop = true;
                None
            }
            Err(_) => None,
        }
    }
}

/// Runs one write in a savepoint, so that its failure does not undo other writes. After some errors (full disk, I/O error)
/// SQLite has rolled back the whole transaction and the savepoint does not exist any more: then the whole batch fails.
fn in_savepoint(job: &mut dyn Job, db: &mut Db) -> Result<(), WriterFailure> {
    execute(db, "SAVEPOINT write")?;
    if job.run(db) { execute(db, "RELEASE write") } else { execute(db, "ROLLBACK TO write; RELEASE write") }
}

fn execute(db: &mut Db, sql: &str) -> Result<(), WriterFailure> {
    db.batch_execute(sql).map_err(|error| WriterFailure(error.to_string()))
}
