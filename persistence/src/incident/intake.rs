//! Intake: opened incidents are written together with whatever else came in meanwhile.
//!
//! A flush to disk costs more than a row, and on PostgreSQL so does every round trip. What comes in while others are
//! being written is written next, in one transaction of a few statements. Nobody waits for company.

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
        incidents::{self, OpenedCase},
        legs,
        reports::{self, ReportContent},
    },
    photo::photos,
};

/// Openings waiting at most; more are told to come back.
const MAX_WAITING: usize = 4_096;
/// Openings in one transaction at most.
const MAX_BATCH: usize = 32;
/// Transactions at once: one is on its way to disk while the next is being filled.
const WRITERS: usize = 2;

/// An incident as it is first written.
#[derive(Clone, Debug)]
pub struct NewIncident {
    /// The incident and its legs.
    pub case: Case,
    /// The random part of its query code.
    pub query_secret: String,
    /// What was reported.
    pub report: ReportContent,
    chain: Chain,
}

impl NewIncident {
    /// What was decided about a report. Words of later events are salted with what `salt` gives; those of the first
    /// stand in the report.
    ///
    /// # Errors
    /// When an event has no canonical text.
    pub fn new(
        decision: Decision,
        query_secret: String,
        report: ReportContent,
        salt: &dyn Fn() -> Vec<u8>,
    ) -> StoreResult<Self> {
        let said = words_hash(&report.salt, &report.content_hash.to_string());
        let chain = Chain::start(&decision.events, said, salt)?;
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

/// Writes `openings`: the key of each, or `None` where the id exists already, of which nothing is written then.
///
/// # Errors
/// When a query fails.
pub fn insert_all(db: &mut Db, openings: &[Arc<NewIncident>]) -> StoreResult<Vec<Option<i64>>> {
    let rows: Vec<OpenedCase<'_>> = openings.iter().map(|new| new.opened_case()).collect();
    let keys = incidents::insert_all(db, &rows)?;
    let new = || openings.iter().zip(&keys).filter_map(|(opening, key)| Some((opening, (*key)?)));
    let custody: Vec<_> =
        new().flat_map(|(opening, key)| opening.case.custody.iter().map(move |leg| (key, leg))).collect();
    let handling: Vec<_> =
        new().flat_map(|(opening, key)| opening.case.handling.iter().map(move |leg| (key, leg))).collect();
    let reports: Vec<_> = new().map(|(opening, key)| (key, &opening.report)).collect();
    let chains: Vec<_> = new().map(|(opening, key)| (key, &opening.chain)).collect();
    legs::insert_custody(db, &custody)?;
    legs::insert_handling(db, &handling)?;
    let incidents: Vec<_> = new().map(|(opening, key)| (key, &opening.case.incident)).collect();
    photos::insert_of_new(db, &incidents)?;
    reports::insert_all(db, &reports)?;
    events::insert_all(db, &chains)?;
    Ok(keys)
}

/// Where openings are handed in. Cheap to clone.
#[derive(Clone)]
pub struct Intake(Sender<Waiting>);

struct Waiting {
    opening: Arc<NewIncident>,
    reply: oneshot::Sender<StoreResult<Option<i64>>>,
}

impl Intake {
    /// Starts to take openings in, on the runtime this is called on. Over when the last handle is gone.
    #[must_use]
    pub fn start(store: &Store) -> Self {
        let (sender, receiver) = channel(MAX_WAITING);
        let receiver = Arc::new(Mutex::new(receiver));
        for _ in 0..WRITERS {
            tokio::spawn(run(store.clone(), Arc::clone(&receiver)));
        }
        Self(sender)
    }

    /// Writes `opening` and returns its key once it is on disk; `None` when its id exists already. A caller that goes
    /// away does not stop it.
    ///
    /// # Errors
    /// When a query fails; [`StoreError::Busy`] and [`StoreError::Unavailable`] when it could not be committed.
    pub async fn write(&self, opening: Arc<NewIncident>) -> StoreResult<Option<i64>> {
        let (reply, answer) = oneshot::channel();
        self.0.try_send(Waiting { opening, reply }).map_err(|error| match error {
            TrySendError::Full(_) => StoreError::Busy,
            TrySendError::Closed(_) => StoreError::Unavailable("the intake stopped".to_owned()),
        })?;
        answer.await.unwrap_or_else(|_| Err(StoreError::Unavailable("the intake stopped".to_owned())))
    }
}

/// Batch after batch, until nobody is left to hand anything in.
async fn run(store: Store, receiver: Arc<Mutex<Receiver<Waiting>>>) {
    loop {
        let mut batch = Vec::new();
        if receiver.lock().await.recv_many(&mut batch, MAX_BATCH).await == 0 {
            return;
        }
        // In one order everywhere, so that no two batches with the same ids wait for each other.
        batch.sort_by_key(|waiting: &Waiting| waiting.opening.case.incident.id);
        let answered = write_batch(&store, batch).await;
        // No connection came free for as long as anybody waits: whoever queues behind need not find out one by one.
        // If the other writer holds the receiver, nothing is waiting.
        if let (BatchAnswer::Busy, Ok(mut receiver)) = (answered, receiver.try_lock()) {
            while let Ok(waiting) = receiver.try_recv() {
                answer(waiting, Err(StoreError::Busy));
            }
        }
    }
}

/// How a batch was answered.
enum BatchAnswer {
    /// There was no connection for any of it.
    Busy,
    /// Each for itself, or all alike.
    Otherwise,
}

async fn write_batch(store: &Store, batch: Vec<Waiting>) -> BatchAnswer {
    let openings: Vec<_> = batch.iter().map(|waiting| Arc::clone(&waiting.opening)).collect();
    match write(store, openings).await {
        Ok(keys) => {
            for (waiting, key) in batch.into_iter().zip(keys) {
                answer(waiting, Ok(key));
            }
        }
        // Nothing could be written, whatever it was: no use in trying each.
        Err(StoreError::Busy) => {
            batch.into_iter().for_each(|waiting| answer(waiting, Err(StoreError::Busy)));
            return BatchAnswer::Busy;
        }
        Err(StoreError::Unavailable(reason)) => {
            for waiting in batch {
                answer(waiting, Err(StoreError::Unavailable(reason.clone())));
            }
        }
        // One of them is to blame, and the others must not suffer for it.
        Err(_) if batch.len() > 1 => {
            for waiting in batch {
                let written = write(store, vec![Arc::clone(&waiting.opening)]).await;
                answer(waiting, written.map(|keys| keys.into_iter().next().flatten()));
            }
        }
        Err(error) => {
            if let Some(waiting) = batch.into_iter().next() {
                answer(waiting, Err(error));
            }
        }
    }
    BatchAnswer::Otherwise
}

async fn write(store: &Store, openings: Vec<Arc<NewIncident>>) -> StoreResult<Vec<Option<i64>>> {
    store.write(move |db| insert_all(db, &openings)).await
}

/// The caller may have hung up; its incident stays.
fn answer(waiting: Waiting, written: StoreResult<Option<i64>>) {
    drop(waiting.reply.send(written));
}
