//! Lines: one request at a time goes on with an upload, and the newest does.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard, Semaphore, watch};
use uuid::Uuid;

/// Photos judged at once: each is in memory as a whole.
const JUDGED_AT_ONCE: usize = 2;

/// Uploads of this node: one request at a time goes on with each.
pub struct UploadLocks {
    lines: Mutex<HashMap<Uuid, Weak<UploadLock>>>,
    /// Permits to judge a photo.
    pub(super) judging: Semaphore,
}

impl Default for UploadLocks {
    fn default() -> Self {
        Self { lines: Mutex::default(), judging: Semaphore::new(JUDGED_AT_ONCE) }
    }
}

struct UploadLock {
    busy: Arc<AsyncMutex<()>>,
    /// Requests for this upload so far.
    requests: watch::Sender<u64>,
}

/// The right to go on with an upload, until it is dropped.
pub(super) struct UploadGuard {
    line: Arc<UploadLock>,
    /// Which request of its upload it is.
    pub(super) number: u64,
    _busy: OwnedMutexGuard<()>,
}

impl UploadLocks {
    /// Waits for the turn of a request. The request that goes on with the upload is asked to stop: its line is dead
    /// more often than not, and what it received is kept.
    pub(super) async fn turn(&self, upload: Uuid) -> UploadGuard {
        let line = self.line(upload);
        let mut number = 0;
        line.requests.send_modify(|requests| {
            *requests += 1;
            number = *requests;
        });
        let busy = Arc::clone(&line.busy).lock_owned().await;
        UploadGuard { line, number, _busy: busy }
    }

    fn line(&self, upload: Uuid) -> Arc<UploadLock> {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(line) = lines.get(&upload).and_then(Weak::upgrade) {
            return line;
        }
        lines.retain(|_, line| line.strong_count() > 0);
        let line = Arc::new(UploadLock { busy: Arc::default(), requests: watch::Sender::new(0) });
        lines.insert(upload, Arc::downgrade(&line));
        line
    }
}

impl UploadGuard {
    /// How many requests there were for its upload: more than its own number, once it is superseded.
    pub(super) fn requests(&self) -> watch::Receiver<u64> {
        self.line.requests.subscribe()
    }
}
