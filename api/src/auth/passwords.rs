//! Hashes and checks passwords with argon2id. The work runs outside the async threads, one password per core at a time, and
//! the queue is limited.

use std::{sync::Arc, thread::available_parallelism};

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use grassroots_persistence::account::accounts::PasswordHash;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task,
};

use crate::{
    auth::{CryptoError, policy},
    secret::Secret,
};

/// Memory for one hash, in KiB. OWASP recommends 19 MiB with two passes and one lane.
const MEMORY_KIB: u32 = 19 * 1024;
/// Number of passes over the memory.
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Most callers that may wait for a permit. Further callers get [`CryptoError::Busy`].
const MAX_WAITING: usize = 64;

/// Hashes and checks passwords. Cheap to clone.
#[derive(Clone)]
pub struct Passwords {
    room: Arc<Semaphore>,
    cores: Arc<Semaphore>,
    /// The hash of a random password. It is checked when the account does not exist, so that both cases take the same time.
    nobody: PasswordHash,
}

impl Passwords {
    /// Uses all cores of this machine. Computes one hash, so it takes a moment.
    pub fn new() -> Result<Self, CryptoError> {
        Self::sized(available_parallelism().map_or(1, usize::from), MAX_WAITING)
    }

    fn sized(cores: usize, waiting: usize) -> Result<Self, CryptoError> {
        Ok(Self {
            room: Arc::new(Semaphore::new(cores.saturating_add(waiting))),
            cores: Arc::new(Semaphore::new(cores)),
            nobody: hash(&policy::one_time_password())?,
        })
    }

    /// Waits for a permit to hash.
    ///
    /// # Errors
    /// [`CryptoError::Busy`] if too many callers wait already.
    pub async fn turn(&self) -> Result<HashingPermit, CryptoError> {
        let room = Arc::clone(&self.room).try_acquire_owned().map_err(|_| CryptoError::Busy)?;
        let core = Arc::clone(&self.cores).acquire_owned().await.map_err(|_| CryptoError::Busy)?;
        Ok(HashingPermit { permits: Arc::new((room, core)), nobody: self.nobody.clone() })
    }
}

/// A permit to hash. It occupies a core until it is dropped and its last hash is computed.
pub struct HashingPermit {
    permits: Arc<(OwnedSemaphorePermit, OwnedSemaphorePermit)>,
    nobody: PasswordHash,
}

impl HashingPermit {
    /// Hashes a password.
    pub async fn hash(&self, password: Secret) -> Result<PasswordHash, CryptoError> {
        self.run(move || hash(&password)).await
    }

    /// Whether `password` matches the hash `stored`. Without a stored hash the result is false after the same time.
    pub async fn matches(&self, password: Secret, stored: Option<PasswordHash>) -> Result<bool, CryptoError> {
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.nobody.clone());
        Ok(self.run(move || verify(&password, &stored)).await? && known)
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, CryptoError> + Send + 'static,
    ) -> Result<T, CryptoError> {
        // The work continues if the caller is dropped, so it must keep the permit of its core.
        let permits = Arc::clone(&self.permits);
        let done = task::spawn_blocking(move || {
            let result = work();
            drop(permits);
            result
        });
        done.await.unwrap_or_else(|error| Err(broken(error)))
    }
}

fn hash(password: &Secret) -> Result<PasswordHash, CryptoError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(broken)?;
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash = hasher.hash_password(password.expose().as_bytes()).map_err(broken)?;
    Ok(PasswordHash(hash.to_string()))
}

fn verify(password: &Secret, stored: &PasswordHash) -> Result<bool, CryptoError> {
    // The parameters are read from the hash, so that old hashes still match when our parameters change.
    let stored = argon2::PasswordHash::new(&stored.0).map_err(broken)?;
    match Argon2::default().verify_password(password.expose().as_bytes(), &stored) {
        Ok(()) => Ok(true),
        Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
        Err(error) => Err(broken(error)),
    }
}

fn broken(error: impl std::fmt::Display) -> CryptoError {
    CryptoError::Failed(format!("hashing failed: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        text.to_owned().into()
    }

    #[tokio::test]
    async fn a_password_matches_its_hash_only() {
        let passwords = Passwords::sized(1, 0).unwrap();
        let turn = passwords.turn().await.unwrap();
        let hash = turn.hash(secret("Tr0ut-lake")).await.unwrap();
        assert!(hash.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.0);
        assert_eq!(turn.matches(secret("Tr0ut-lake"), Some(hash.clone())).await, Ok(true));
        assert_eq!(turn.matches(secret("tr0ut-lake"), Some(hash.clone())).await, Ok(false));
        assert_eq!(turn.matches(secret("Tr0ut-lake"), None).await, Ok(false));
        assert!(turn.matches(secret("x"), Some(PasswordHash("garbage".to_owned()))).await.is_err());
        assert_eq!(format!("{hash:?}"), "PasswordHash(…)");
    }

    #[tokio::test]
    async fn the_queue_is_bounded() {
        let passwords = Passwords::sized(1, 1).unwrap();
        let first = passwords.turn().await.unwrap();
        let other = passwords.clone();
        let second = tokio::spawn(async move { other.turn().await.map(drop) });
        task::yield_now().await;
        assert!(matches!(passwords.turn().await, Err(CryptoError::Busy)));
        drop(first);
        assert_eq!(second.await.unwrap(), Ok(()));
        assert!(passwords.turn().await.is_ok());
    }
}
