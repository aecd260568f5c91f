//! Limits password guessing. Failed sign-ins are counted for each user name and, separately, for each address.
//!
//! The counts are in the memory of this process. A restart resets them, and each node has its own counts; this gives an
//! attacker a few more guesses. In return, failed sign-ins cannot fill the database. Names without an account are
//! counted too, so that a lock does not reveal whether the account exists.

use std::{
    collections::{HashMap, VecDeque},
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::TimeDelta;
use grassroots_domain::time::Instant;

/// Older failures are not counted.
const WINDOW: TimeDelta = TimeDelta::minutes(15);
/// How long a name or an address is locked after too many failures.
const LOCK: TimeDelta = TimeDelta::minutes(30);
/// This many failures lock a user name.
const MAX_PER_NAME: usize = 5;
/// This many failures lock an address. The limit is higher, because a whole office may share an address.
const MAX_PER_ADDRESS: usize = 30;
/// Largest number of names and addresses in memory. The one with the oldest last failure is removed first.
const MAX_SOURCES: usize = 65_536;

/// The name or address for which failures are counted.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum AttemptSource {
    /// A user name; the account may not exist.
    Name(String),
    /// An address. For IPv6 the /64 network, because one host can use all its addresses.
    Address(IpAddr),
}

impl AttemptSource {
    /// The source for a client with this address.
    #[must_use]
    pub fn address(address: IpAddr) -> Self {
        Self::Address(match address.to_canonical() {
            IpAddr::V4(address) => address.into(),
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
        })
    }

    const fn limit(&self) -> usize {
        match self {
            Self::Name(_) => MAX_PER_NAME,
            Self::Address(_) => MAX_PER_ADDRESS,
        }
    }
}

/// The name or the address is locked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TooManyAttempts {
    /// Seconds until the lock ends.
    pub retry_after_s: u32,
}

/// Recent failures. Clones share the counts.
#[derive(Clone, Default)]
pub struct Attempts(Arc<Mutex<HashMap<AttemptSource, Failures>>>);

#[derive(Default)]
struct Failures {
    /// The times of the failures, oldest first; never more than the limit.
    at: VecDeque<Instant>,
    locked_until: Option<Instant>,
}

impl Attempts {
    /// Checks whether an attempt is allowed at `now`.
    ///
    /// # Errors
    /// [`TooManyAttempts`] if one of `sources` is locked.
    pub fn check(&self, sources: &[AttemptSource], now: Instant) -> Result<(), TooManyAttempts> {
        let all = self.lock();
        let locks = sources.iter().filter_map(|source| all.get(source)?.locked_until);
        match locks.max().map(|until| (until - now).num_seconds()) {
            Some(seconds) if seconds > 0 => {
                Err(TooManyAttempts { retry_after_s: u32::try_from(seconds).unwrap_or(u32::MAX) })
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Counts a failure for each of `sources`.
    pub fn failed(&self, sources: &[AttemptSource], now: Instant) {
        let mut all = self.lock();
        for source in sources {
            if all.len() >= MAX_SOURCES && !all.contains_key(source) {
                make_room(&mut all, now);
            }
            all.entry(source.clone()).or_default().add(source.limit(), now);
        }
    }

    /// Resets the failures of a source after a successful sign-in.
    pub fn succeeded(&self, source: &AttemptSource) {
        self.lock().remove(source);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<AttemptSource, Failures>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Failures {
    fn add(&mut self, limit: usize, now: Instant) {
        self.at.retain(|at| now - *at < WINDOW);
        self.at.push_back(now);
        if self.at.len() >= limit {
            self.locked_until = Some(now + LOCK);
            self.at.clear();
        }
    }

    fn last(&self) -> Option<Instant> {
        self.at.back().copied().max(self.locked_until.map(|until| until - LOCK))
    }
}

fn make_room(all: &mut HashMap<AttemptSource, Failures>, now: Instant) {
    all.retain(|_, failures| failures.last().is_some_and(|last| now - last < LOCK));
    if all.len() >= MAX_SOURCES {
        let oldest = all.iter().min_by_key(|(_, failures)| failures.last()).map(|(source, _)| source.clone());
        oldest.and_then(|source| all.remove(&source));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minute(minute: i64) -> Instant {
        Instant::UNIX_EPOCH + TimeDelta::minutes(minute)
    }

    fn name(text: &str) -> AttemptSource {
        AttemptSource::Name(text.to_owned())
    }

    fn fail(attempts: &Attempts, source: &AttemptSource, times: usize, now: Instant) {
        for _ in 0..times {
            attempts.failed(std::slice::from_ref(source), now);
        }
    }

    fn is_allowed(attempts: &Attempts, source: &AttemptSource, now: Instant) -> bool {
        attempts.check(std::slice::from_ref(source), now).is_ok()
    }

    #[test]
    fn five_failures_lock_a_name_for_half_an_hour() {
        let attempts = Attempts::default();
        let zhang = name("zhang");
        fail(&attempts, &zhang, 4, minute(0));
        assert!(is_allowed(&attempts, &zhang, minute(0)));
        fail(&attempts, &zhang, 1, minute(14));
        let locked = attempts.check(&[name("li"), zhang.clone()], minute(24)).unwrap_err();
        assert_eq!(locked.retry_after_s, 20 * 60);
        assert!(is_allowed(&attempts, &name("li"), minute(24)));
        assert!(is_allowed(&attempts, &zhang, minute(44)));
    }

    #[test]
    fn old_failures_and_failures_before_a_success_are_not_counted() {
        let attempts = Attempts::default();
        let zhang = name("zhang");
        fail(&attempts, &zhang, 4, minute(0));
        fail(&attempts, &zhang, 1, minute(15));
        assert!(is_allowed(&attempts, &zhang, minute(15)));
        fail(&attempts, &zhang, 3, minute(16));
        attempts.succeeded(&zhang);
        fail(&attempts, &zhang, 4, minute(16));
        assert!(is_allowed(&attempts, &zhang, minute(16)));
    }

    #[test]
    fn an_address_has_its_own_count_and_ipv6_addresses_of_one_network_share_it() {
        let attempts = Attempts::default();
        let one = AttemptSource::address("2001:db8::1".parse().unwrap());
        assert_eq!(one, AttemptSource::address("2001:db8::ffff:2".parse().unwrap()));
        assert_ne!(one, AttemptSource::address("2001:db8:0:1::1".parse().unwrap()));
        assert_eq!(
            AttemptSource::address("::ffff:10.0.0.1".parse().unwrap()),
            AttemptSource::address("10.0.0.1".parse().unwrap())
        );
        fail(&attempts, &one, 29, minute(0));
        assert!(is_allowed(&attempts, &one, minute(0)));
        fail(&attempts, &one, 1, minute(0));
        assert!(!is_allowed(&attempts, &one, minute(0)));
    }

    #[test]
    fn the_number_of_sources_is_limited_and_the_oldest_is_removed_first() {
        let attempts = Attempts::default();
        for number in 0..MAX_SOURCES {
            fail(&attempts, &name(&number.to_string()), 1, minute(i64::from(number > 0)));
        }
        fail(&attempts, &name("late"), 1, minute(2));
        let all = attempts.lock();
        assert_eq!(all.len(), MAX_SOURCES);
        assert!(!all.contains_key(&name("0")) && all.contains_key(&name("late")));
    }
}
