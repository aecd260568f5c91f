//! Upload locks: one request at a time adds bytes to an upload. The newest request wins.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard, Semaphore, watch};
use uuid::Uuid;

/// Photos verified at the same time. Each is in memory as a whole.
const VERIFIED_AT_ONCE: usize = 2;

/// The upload locks of this node.
pub struct UploadLocks {
    locks: Mutex<HashMap<Uuid, Weak<UploadLock>>>,
    /// Permits to verify a photo.
    pub(super) verifying: Semaphore,
}

impl Default for UploadLocks {
    fn default() -> Self {
        Self { locks: Mutex::default(), verifying: Semaphore::new(VERIFIED_AT_ONCE) }
    }
}

struct UploadLock {
    busy: Arc<AsyncMutex<()>>,
    /// Requests for this upload so far.
    requests: watch::Sender<u64>,
}

/// Keeps an upload locked until the guard is dropped.
pub(super) struct UploadGuard {
    lock: Arc<UploadLock>,
    /// The number of the request, counted for each upload.
    pub(super) number: u64,
    _busy: OwnedMutexGuard<()>,
}

impl UploadLocks {
    /// Waits until a request may add bytes. The request that adds bytes now is told to stop: its connection is usually
    /// dead, and the bytes it delivered are kept.
    pub(super) async fn lock(&self, upload: Uuid) -> UploadGuard {
        let lock = self.find(upload);
        let mut number = 0;
        lock.requests.send_modify(|requests| {
            *requests += 1;
            number = *requests;
        });
        let busy = Arc::clone(&lock.busy).lock_owned().await;
        UploadGuard { lock, number, _busy: busy }
    }

    fn find(&self, upload: Uuid) -> Arc<UploadLock> {
        let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lock) = locks.get(&upload).and_then(Weak::upgrade) {
            return lock;
        }
        locks.retain(|_, lock| lock.strong_count() > 0);
        let lock = Arc::new(UploadLock { busy: Arc::default(), requests: watch::Sender::new(0) });
        locks.insert(upload, Arc::downgrade(&lock));
        lock
    }
}

impl UploadGuard {
    /// Counts the requests for the upload. Once the count exceeds its own number, the request is superseded.
    pub(super) fn requests(&self) -> watch::Receiver<u64> {
        self.lock.requests.subscribe()
    }
}
