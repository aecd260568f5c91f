//! Intake: writes new incidents in batches.
//!
//! A flush to disk costs more than a row, and so does a round trip to PostgreSQL. Incidents that arrive during a write are
//! written next, together, in one transaction of a few statements. An incident never waits for others to fill a batch.

use std::sync::Arc;

use grassroots_domain::{decision::Decision, hash::words_hash, incident::case::Case};
use tokio::sync::{
    Mutex,
    mpsc::{Receiver, Sender, channel, error::TrySendError},
    oneshot,
};

use crate::{
    database::{
        db::Db,
        error::{StoreError, StoreResult},
        store::Store,
    },
    incident::{
        events::{self, Chain},
        external_numbers,
        incidents::{self, OpenedCase},
        reports::{self, ReportContent},
    },
    photo::photos,
};

/// Maximum number of waiting incidents. Further incidents fail with [`StoreError::Busy`].
const MAX_WAITING: usize = 4_096;
/// Maximum number of incidents in one transaction.
const MAX_BATCH: usize = 32;
/// Maximum number of transactions at the same time: one is written to disk while the next one is filled.
const WRITERS: usize = 2;

/// A new incident with its report and its first events.
#[derive(Clone, Debug)]
pub struct NewIncident {
    pub case: Case,
    /// The random part of the query code.
    pub query_secret: String,
    pub report: ReportContent,
    chain: Chain,
}

impl NewIncident {
    /// `salt` returns random bytes for the hash of each remark. The text of the first event is in the report and has the salt of
    /// the report.
    pub fn new(
        decision: Decision,
        query_secret: String,
        report: ReportContent,
        salt: &dyn Fn() -> Vec<u8>,
    ) -> StoreResult<Self> {
        let report_hash = words_hash(&report.salt, &report.content_hash.to_string());
        let chain = Chain::start(&decision.events, report_hash, salt)?;
        Ok(Self { case: decision.case, query_secret, report, chain })
    }

    fn opened_case(&self) -> OpenedCase<'_> {
        OpenedCase {
            case: &self.case,
            query_secret: &self.query_secret,
            position: self.report.position.as_ref().map(|position| position.wgs84),
        }
    }
}

/// Inserts incidents and returns the key of each. A new incident has nothing in the other tables. The key is `None` if an incident
/// with this id, or with this number of its source, exists; then nothing of it is written.
pub fn insert_all(db: &mut Db, new_incidents: &[Arc<NewIncident>]) -> StoreResult<Vec<Option<i64>>> {
    let writable = writable(db, new_incidents)?;
    let free = || new_incidents.iter().zip(&writable).filter(|(_, free)| **free).map(|(new, _)| new);
    let rows: Vec<OpenedCase<'_>> = free().map(|new| new.opened_case()).collect();
    let written = incidents::insert_all(db, &rows)?;
    for (new, _) in free().zip(&written).filter(|(_, key)| key.is_none()) {
        // An incident with this id exists.
        external_numbers::release(db, new.case.incident())?;
    }
    let mut written = written.into_iter();
    let keys: Vec<Option<i64>> =
        writable.iter().map(|free| if *free { written.next().flatten() } else { None }).collect();
    let new = || new_incidents.iter().zip(&keys).filter_map(|(incident, key)| Some((incident, (*key)?)));
    let reports: Vec<_> = new().map(|(incident, key)| (key, &incident.report)).collect();
    let chains: Vec<_> = new().map(|(incident, key)| (key, &incident.chain)).collect();
    let incidents: Vec<_> = new().map(|(incident, key)| (key, incident.case.incident())).collect();
    photos::insert_of_new(db, &incidents)?;
    reports::insert_all(db, &reports)?;
    events::insert_all(db, &chains)?;
    Ok(keys)
}

/// Which of the incidents may be written, and claims their numbers. Of two with one id it is the first. One with the id of a stored
/// incident is not written, so that it claims no number.
fn writable(db: &mut Db, new: &[Arc<NewIncident>]) -> StoreResult<Vec<bool>> {
    let incidents = || new.iter().map(|new| new.case.incident());
    let numbered = incidents().filter(|incident| incident.external_no.is_some()).map(|incident| incident.id);
    let mut seen = incidents::stored_of(db, numbered)?;
    let is_first: Vec<bool> = incidents().map(|incident| seen.insert(incident.id)).collect();
    let first = incidents().zip(&is_first).filter(|(_, is_first)| **is_first).map(|(incident, _)| incident);
    let taken = external_numbers::claim(db, first)?;
    Ok(incidents()
        .zip(is_first)
        .map(|(incident, is_first)| is_first && !taken.contains(&incident.id))
        .collect())
}

/// The queue of new incidents. Cheap to clone.
#[derive(Clone)]
pub struct Intake(Sender<Waiting>);

struct Waiting {
    incident: Arc<NewIncident>,
    reply: oneshot::Sender<StoreResult<Option<i64>>>,
}

impl Intake {
    /// Starts the writers on the current runtime. They end when the last clone is dropped.
    #[must_use]
    pub fn start(store: &Store) -> Self {
        let (sender, receiver) = channel(MAX_WAITING);
        let receiver = Arc::new(Mutex::new(receiver));
        for _ in 0..WRITERS {
            tokio::spawn(run(store.clone(), Arc::clone(&receiver)));
        }
        Self(sender)
    }

    /// Writes an incident and returns its key when it is on disk, or `None` if an incident with this id exists. The write also
    /// completes if the caller drops the future.
    ///
    /// # Errors
    /// [`StoreError::Busy`] or [`StoreError::Unavailable`] if it could not be committed.
    pub async fn write(&self, incident: Arc<NewIncident>) -> StoreResult<Option<i64>> {
        let (reply, answer) = oneshot::channel();
        self.0.try_send(Waiting { incident, reply }).map_err(|error| match error {
            TrySendError::Full(_) => StoreError::Busy,
            TrySendError::Closed(_) => StoreError::Unavailable("the intake stopped".to_owned()),
        })?;
        answer.await.unwrap_or_else(|_| Err(StoreError::Unavailable("the intake stopped".to_owned())))
    }
}

/// Writes batches until all senders are dropped.
async fn run(store: Store, receiver: Arc<Mutex<Receiver<Waiting>>>) {
    loop {
        let mut batch = Vec::new();
        if receiver.lock().await.recv_many(&mut batch, MAX_BATCH).await == 0 {
            return;
        }
        // All batches have the same order, so that two batches with the same ids cannot deadlock.
        batch.sort_by_key(|waiting: &Waiting| waiting.incident.case.incident().id);
        let result = write_batch(&store, batch).await;
        // No connection became free in time, so the waiting incidents are refused at once. If the other writer holds the receiver,
        // the queue is empty.
        if let (BatchResult::Busy, Ok(mut receiver)) = (result, receiver.try_lock()) {
            while let Ok(waiting) = receiver.try_recv() {
                answer(waiting, Err(StoreError::Busy));
            }
        }
    }
}

/// How a batch ended.
enum BatchResult {
    /// No connection became free.
    Busy,
    /// Each caller got its result.
    Answered,
}

async fn write_batch(store: &Store, batch: Vec<Waiting>) -> BatchResult {
    let new_incidents: Vec<_> = batch.iter().map(|waiting| Arc::clone(&waiting.incident)).collect();
    match write(store, new_incidents).await {
        Ok(keys) => {
            for (waiting, key) in batch.into_iter().zip(keys) {
                answer(waiting, Ok(key));
            }
        }
        // The database refuses all writes, so there is no use in trying each incident alone.
        Err(StoreError::Busy) => {
            batch.into_iter().for_each(|waiting| answer(waiting, Err(StoreError::Busy)));
            return BatchResult::Busy;
        }
        Err(StoreError::Unavailable(reason)) => {
            for waiting in batch {
                answer(waiting, Err(StoreError::Unavailable(reason.clone())));
            }
        }
        // One incident caused the error. Each is written alone, so that the others succeed.
        Err(_) if batch.len() > 1 => {
            for waiting in batch {
                let written = write(store, vec![Arc::clone(&waiting.incident)]).await;
                answer(waiting, written.map(|keys| keys.into_iter().next().flatten()));
            }
        }
        Err(error) => {
            if let Some(waiting) = batch.into_iter().next() {
                answer(waiting, Err(error));
            }
        }
    }
    BatchResult::Answered
}

async fn write(store: &Store, new_incidents: Vec<Arc<NewIncident>>) -> StoreResult<Vec<Option<i64>>> {
    store.write(move |db| insert_all(db, &new_incidents)).await
}

/// The caller may have dropped its future. The incident stays written.
fn answer(waiting: Waiting, result: StoreResult<Option<i64>>) {
    drop(waiting.reply.send(result));
}
