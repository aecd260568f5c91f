//! The writer: SQLite's one writing connection, and group commit.
//!
//! Writes queue up while a commit is on its way to disk. The writer then runs all of them in one transaction, each in
//! a savepoint of its own so that one failure harms no other, commits once, and only then answers them.

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

/// Writes waiting at most; more are told to come back.
const MAX_QUEUE: usize = 4_096;
/// Writes in one transaction at most.
const MAX_BATCH: usize = 256;
/// A batch takes no further writes after this long, so that nobody waits for the end of a flood.
const MAX_BATCH_TIME: Duration = Duration::from_millis(20);

/// A handle to the writer thread. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Writer(Arc<Mutex<Option<WriterThread>>>, Arc<SyncSender<Message>>);

struct WriterThread(JoinHandle<()>);

enum Message {
    Write(Box<dyn Job>),
    Stop,
}

/// One write on its way through the writer.
trait Job: Send {
    /// Runs the write and keeps its result. Whether its changes are to stay.
    fn run(&mut self, db: &mut Db) -> bool;
    /// Answers the caller: with the result, or with what kept the batch from being committed.
    fn answer(self: Box<Self>, committed: Result<(), WriterFailure>);
}

/// Why a batch was lost.
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
            // A refusal stands whether the others were committed or not.
            (_, Some(Err(error))) => Err(error),
            (Ok(()), Some(Ok(value))) => Ok(value),
            (Ok(()), None) => Err(StoreError::Panicked.into()),
            (Err(WriterFailure(reason)), _) => Err(StoreError::Unavailable(reason).into()),
        };
        // The caller may have hung up; its write stays.
        drop(self.reply.send(result));
    }
}

impl Writer {
    /// Opens the writing connection and starts the thread.
    pub(crate) fn start(target: DatabaseTarget) -> StoreResult<Self> {
        let db = target.connect_writer().map_err(|error| StoreError::Open(error.to_string()))?;
        let (sender, receiver) = sync_channel(MAX_QUEUE);
        let thread = std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || run(&receiver, db, &target))
            .map_err(|error| StoreError::Open(error.to_string()))?;
        Ok(Self(Arc::new(Mutex::new(Some(WriterThread(thread)))), Arc::new(sender)))
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
        self.1.try_send(Message::Write(job)).map_err(|error| match error {
            TrySendError::Full(_) => StoreError::Busy,
            TrySendError::Disconnected(_) => StoreError::Unavailable("the server is stopping".to_owned()),
        })?;
        answer.await.unwrap_or_else(|_| Err(StoreError::Unavailable("the writer stopped".to_owned()).into()))
    }

    /// Lets the writer finish what is queued, and waits for it.
    pub(crate) fn close(&self) {
        let running = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        if let Some(WriterThread(thread)) = running {
            // Behind everything queued so far. The thread may be gone already: then there is nothing to stop.
            drop(self.1.send(Message::Stop));
            if thread.join().is_err() {
                tracing::error!("the writer thread had panicked");
            }
        }
    }
}

/// The writer thread: batch after batch until told to stop, or nobody is left to write.
fn run(receiver: &Receiver<Message>, mut db: Db, target: &DatabaseTarget) {
    let mut stop = false;
    while !stop {
        let Ok(Message::Write(first)) = receiver.recv() else { return };
        let mut batch = Batch::default();
        let committed = batch.commit(first, receiver, &mut db);
        if let Err(WriterFailure(reason)) = &committed {
            tracing::error!(reason, writes = batch.jobs.len(), "a batch of writes was lost");
            // SQLite may or may not have rolled back by itself; a fresh connection is sure to be clean.
            match target.connect_writer() {
                Ok(fresh) => db = fresh,
                Err(error) => tracing::error!(error = %error, "cannot open the database anew"),
            }
        }
        stop = batch.stop;
        for job in batch.jobs {
            job.answer(committed.clone());
        }
    }
}

/// Writes that share one commit.
#[derive(Default)]
struct Batch {
    jobs: Vec<Box<dyn Job>>,
    stop: bool,
}

impl Batch {
    /// Runs `first` and whatever else is waiting in one transaction, and commits it.
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

/// Runs one write so that its failure undoes nothing but itself. When even the savepoint is gone (the disk is full,
/// an I/O error), the whole transaction is, and all of the batch fails.
fn in_savepoint(job: &mut dyn Job, db: &mut Db) -> Result<(), WriterFailure> {
    execute(db, "SAVEPOINT write")?;
    if job.run(db) { execute(db, "RELEASE write") } else { execute(db, "ROLLBACK TO write; RELEASE write") }
}

fn execute(db: &mut Db, sql: &str) -> Result<(), WriterFailure> {
    db.batch_execute(sql).map_err(|error| WriterFailure(error.to_string()))
}
