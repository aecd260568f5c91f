//! The cache of signed-in accounts. It saves a database query in most requests.
//!
//! Changes made by this node take effect at once, because it removes the entry after the commit and before the answer.
//! Changes made by another node or the command line take effect after two seconds.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::TimeDelta;
use grassroots_domain::{account::Actor, ids::AccountId, time::Instant};
use grassroots_persistence::{
    account::{
        accounts::Account,
        sessions::{self, SessionId},
    },
    database::{error::StoreResult, store::Store},
};

use crate::auth::tokens::Bearer;

/// How long an entry is used.
const MAX_AGE: TimeDelta = TimeDelta::seconds(2);
/// Most entries in the cache.
const MAX_ENTRIES: usize = 16_384;

/// A signed-in account and its session.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignedIn {
    pub account: Account,
    pub session: SessionId,
}

impl SignedIn {
    /// The account as the domain rules use it.
    #[must_use]
    pub fn actor(&self) -> Actor {
        self.account.actor()
    }
}

/// The cache. Cheap to clone.
#[derive(Clone, Default)]
pub struct Actors(Arc<Mutex<Cache>>);

#[derive(Default)]
struct Cache {
    /// Counts removals. Data loaded before the last removal may be out of date and is not cached.
    generation: u64,
    entries: HashMap<SessionId, Entry>,
}

struct Entry {
    who: Arc<SignedIn>,
    loaded_at: Instant,
}

impl Actors {
    /// Returns the account and session of a valid access token at `now`. `None` if the session has ended or the account is
    /// disabled.
    pub async fn get(
        &self,
        store: &Store,
        bearer: Bearer,
        now: Instant,
    ) -> StoreResult<Option<Arc<SignedIn>>> {
        let generation = match self.cached(bearer, now) {
            Ok(who) => return Ok(Some(who)),
            Err(generation) => generation,
        };
        let loaded: StoreResult<_> =
            store.read(move |db| sessions::get_with_account(db, bearer.session)).await;
        let live = loaded?.filter(|(session, account)| {
            account.id == bearer.account && session.is_live(now) && !account.disabled
        });
        let Some((session, account)) = live else { return Ok(None) };
        let who = Arc::new(SignedIn { account, session: session.id });
        self.keep(generation, &who, now);
        Ok(Some(who))
    }

    /// Removes all entries of an account. Callers do this after they have committed a change of the account.
    pub fn forget_account(&self, account: AccountId) {
        let mut cache = self.lock();
        cache.generation += 1;
        cache.entries.retain(|_, entry| entry.who.account.id != account);
    }

    /// Removes the entry of a session. Callers do this after they have committed a change of the session.
    pub fn forget_session(&self, session: SessionId) {
        let mut cache = self.lock();
        cache.generation += 1;
        cache.entries.remove(&session);
    }

    /// Returns the entry, or the current generation if there is no entry.
    fn cached(&self, bearer: Bearer, now: Instant) -> Result<Arc<SignedIn>, u64> {
        let cache = self.lock();
        let entry = cache.entries.get(&bearer.session);
        entry
            .filter(|entry| entry.is_fresh(now) && entry.who.account.id == bearer.account)
            .map(|entry| Arc::clone(&entry.who))
            .ok_or(cache.generation)
    }

    fn keep(&self, generation: u64, who: &Arc<SignedIn>, now: Instant) {
        let mut cache = self.lock();
        if cache.generation != generation {
            return;
        }
        if cache.entries.len() >= MAX_ENTRIES {
            cache.entries.retain(|_, entry| entry.is_fresh(now));
        }
        if cache.entries.len() >= MAX_ENTRIES {
            cache.entries.clear();
        }
        cache.entries.insert(who.session, Entry { who: Arc::clone(who), loaded_at: now });
    }

    fn lock(&self) -> MutexGuard<'_, Cache> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    fn is_fresh(&self, now: Instant) -> bool {
        // The lower bound matters if the clock was set back: such entries are not used.
        (TimeDelta::zero()..MAX_AGE).contains(&(now - self.loaded_at))
    }
}

#[cfg(test)]
mod tests {
    use grassroots_domain::account::Role;
    use uuid::Uuid;

    use super::*;

    fn at(milliseconds: i64) -> Instant {
        Instant::UNIX_EPOCH + TimeDelta::milliseconds(milliseconds)
    }

    fn bearer(number: u128) -> Bearer {
        Bearer { account: AccountId(Uuid::from_u128(number)), session: SessionId(Uuid::from_u128(number)) }
    }

    fn signed_in(bearer: Bearer) -> Arc<SignedIn> {
        let account = Account {
            id: bearer.account,
            username: "zhang".to_owned(),
            display_name: "张".to_owned(),
            role: Role::VillageOfficer,
            organisation: "411224107201-desk".parse().unwrap(),
            grids: Vec::new(),
            must_change_password: false,
            disabled: false,
            created_at: at(0),
            updated_at: at(0),
        };
        Arc::new(SignedIn { account, session: bearer.session })
    }

    fn kept(actors: &Actors, bearer: Bearer, now: Instant) {
        let generation = actors.cached(bearer, now).unwrap_err();
        actors.keep(generation, &signed_in(bearer), now);
    }

    #[test]
    fn a_copy_is_believed_for_two_seconds() {
        let actors = Actors::default();
        kept(&actors, bearer(1), at(1_000));
        assert!(actors.cached(bearer(1), at(1_000)).is_ok());
        assert!(actors.cached(bearer(1), at(2_999)).is_ok());
        assert!(actors.cached(bearer(1), at(3_000)).is_err());
        assert!(actors.cached(bearer(1), at(999)).is_err());
        let stolen = Bearer { account: bearer(2).account, ..bearer(1) };
        assert!(actors.cached(stolen, at(1_000)).is_err());
    }

    #[test]
    fn what_was_loaded_before_a_change_is_not_kept() {
        for forget in [
            |actors: &Actors| actors.forget_account(bearer(1).account),
            |actors: &Actors| actors.forget_session(bearer(1).session),
        ] {
            let actors = Actors::default();
            // The load starts, the change is committed and the entry removed, then the load ends with the old data.
            let generation = actors.cached(bearer(1), at(0)).unwrap_err();
            forget(&actors);
            actors.keep(generation, &signed_in(bearer(1)), at(0));
            assert!(actors.cached(bearer(1), at(0)).is_err());

            kept(&actors, bearer(1), at(0));
            kept(&actors, bearer(2), at(0));
            forget(&actors);
            assert!(actors.cached(bearer(1), at(0)).is_err());
            assert!(actors.cached(bearer(2), at(0)).is_ok());
        }
    }

    #[test]
    fn memory_is_bounded() {
        let actors = Actors::default();
        for number in (0..).take(MAX_ENTRIES) {
            actors.keep(0, &signed_in(bearer(number)), at(0));
        }
        assert_eq!(actors.lock().entries.len(), MAX_ENTRIES);
        actors.keep(0, &signed_in(bearer(u128::MAX)), at(5_000));
        assert_eq!(actors.lock().entries.len(), 1);
    }
}
