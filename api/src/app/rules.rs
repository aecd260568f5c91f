//! Rules: read, changed by a system administrator, and tried on what was reported last.

use std::{collections::BTreeMap, sync::Arc};

use grassroots_domain::{
    account::{Actor, Role},
    category::{CategoryCode, Severity},
    place::Place,
    routing::route,
    rules::{RuleBook, RuleError, Rules},
    text::Text,
    time::Instant,
    unit::Level,
};
use grassroots_persistence::{
    db::Db,
    error::{StoreError, StoreResult},
    incidents,
    rules::{self, Made},
    store::Retry,
};

use crate::app::{
    App,
    reconciler::{self, Recomputed},
    snapshot::Snapshot,
};

/// Why rules are not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Only system administrators change rules.
    #[error("only system administrators change rules")]
    Forbidden,
    /// There are no rules yet; an import makes the first.
    #[error("no rules are imported yet")]
    NotReady,
    /// The caller did not say which version it changes.
    #[error("the version is missing")]
    VersionMissing {
        /// The version now.
        current: i64,
    },
    /// Somebody else changed them.
    #[error("version {given} is stale")]
    Stale {
        /// The version the caller saw.
        given: i64,
        /// The version now.
        current: i64,
    },
    /// What comes out is no rule book.
    #[error("{path}: {message}")]
    Malformed {
        /// Where, as a path of keys.
        path: String,
        /// What the parser says.
        message: String,
    },
    /// What comes out contradicts itself.
    #[error(transparent)]
    Wrong(#[from] RuleError),
    /// The recomputation began with other rules.
    #[error("version {began} is not in force any more")]
    Overtaken {
        /// The version it began with.
        began: i64,
        /// The version now.
        current: i64,
    },
}

impl Retry for ChangeError {
    fn store_error(&self) -> Option<&StoreError> {
        if let Self::Store(error) = self { Some(error) } else { None }
    }
}

/// What is to be changed: a JSON merge patch (RFC 7396) of the rule book.
pub type Changes = serde_json::Value;

fn administers(actor: &Actor) -> Result<(), ChangeError> {
    if actor.role == Role::SystemAdmin { Ok(()) } else { Err(ChangeError::Forbidden) }
}

/// `rules` with `changes`, checked.
fn changed(rules: &Rules, changes: &Changes) -> Result<Rules, ChangeError> {
    let malformed = |path: String, error: &dyn std::fmt::Display| ChangeError::Malformed {
        path,
        message: error.to_string(),
    };
    let mut document =
        serde_json::to_value(rules.book()).map_err(|error| malformed(String::new(), &error))?;
    json_patch::merge(&mut document, changes);
    let book: RuleBook = serde_path_to_error::deserialize(document)
        .map_err(|error| malformed(error.path().to_string(), error.inner()))?;
    Ok(Rules::new(rules.version().saturating_add(1), book)?)
}

/// Makes the next version of the rules: version `given` with `changes`. Open incidents keep the deadlines they have.
///
/// # Errors
/// [`ChangeError`].
pub async fn change(
    app: &App,
    actor: Arc<Actor>,
    given: Option<i64>,
    changes: Changes,
    note: Text,
) -> Result<i64, ChangeError> {
    administers(&actor)?;
    let now = app.clock.now();
    let version = app
        .store
        .write(move |db| -> Result<i64, ChangeError> {
            let rules = rules::newest(db)?.ok_or(ChangeError::NotReady)?;
            let current = rules.version();
            let given = given.ok_or(ChangeError::VersionMissing { current })?;
            if given != current {
                return Err(ChangeError::Stale { given, current });
            }
            let next = changed(&rules, &changes)?;
            Ok(rules::append(db, next.book(), note.as_str(), Some(actor.account), now)?)
        })
        .await?;
    app.snapshots.refresh(&app.store).await?;
    Ok(version)
}

/// Every version, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn versions(app: &App) -> StoreResult<Vec<Made>> {
    app.store.read(rules::versions).await
}

/// One version.
///
/// # Errors
/// When the database fails.
pub async fn version(app: &App, version: i64) -> StoreResult<Option<Rules>> {
    app.store.read(move |db| rules::get(db, version)).await
}

/// What a change would have done.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Effect {
    /// Incidents looked at.
    pub examined: u64,
    /// Incidents that would have gone to another desk first, by category and the levels of both desks.
    pub moves: BTreeMap<(CategoryCode, Option<Level>, Option<Level>), u64>,
    /// Incidents whose first desk, or whole matter, would have had another limit.
    pub limits_changed: u64,
}

/// Tries `changes` on the `number` incidents that were reported last. Nothing is written.
///
/// # Errors
/// [`ChangeError`].
pub async fn dry_run(
    app: &App,
    actor: Arc<Actor>,
    changes: Changes,
    number: u32,
) -> Result<Effect, ChangeError> {
    administers(&actor)?;
    let (snapshot, now) = (app.snapshots.current(), app.clock.now());
    let before = snapshot.rules.as_ref().ok_or(ChangeError::NotReady)?;
    let after = changed(before, &changes)?;
    app.store.read(move |db| tried(db, &snapshot, &after, number, now)).await
}

fn tried(
    db: &mut Db,
    snapshot: &Snapshot,
    after: &Rules,
    number: u32,
    now: Instant,
) -> Result<Effect, ChangeError> {
    let before = snapshot.rules.as_ref().ok_or(ChangeError::NotReady)?;
    let mut effect = Effect::default();
    for (code, severity, place) in incidents::latest_facts(db, number)? {
        effect.examined += 1;
        let by = |rules: &Rules| first_desk(rules, (code, severity), &place, snapshot);
        let (from, to) = (by(before), by(after));
        if from != to {
            *effect.moves.entry((code, from, to)).or_default() += 1;
        }
        let limits = |rules: &Rules| {
            let (accept, total) = (rules.accept_due(severity, now), rules.total_due(code, now));
            (accept.at, total.at, from.map(|level| rules.ceiling(code, level, now).at))
        };
        effect.limits_changed += u64::from(limits(before) != limits(after));
    }
    Ok(effect)
}

/// The level of the desk that gets an incident first; `None` for a category that does not exist.
fn first_desk(
    rules: &Rules,
    (code, severity): (CategoryCode, Severity),
    place: &Place,
    snapshot: &Snapshot,
) -> Option<Level> {
    let ground = &snapshot.ground;
    let category = rules.category(code)?;
    route(category, severity, place, rules, &ground.units, &ground.organisations).map(|routing| routing.level)
}

/// Sets the clocks of open incidents anew by the rules in force; each that changes says so in its history. It begins, or goes
/// on behind `after`, what it `began` with that version of the rules.
///
/// # Errors
/// [`ChangeError`].
pub async fn recompute(
    app: &App,
    actor: &Actor,
    after: i64,
    began: Option<i64>,
) -> Result<Recomputed, ChangeError> {
    administers(actor)?;
    app.snapshots.refresh(&app.store).await?;
    let snapshot = app.snapshots.current();
    let current = snapshot.rules.as_ref().ok_or(ChangeError::NotReady)?.version();
    if let Some(began) = began.filter(|began| *began != current) {
        return Err(ChangeError::Overtaken { began, current });
    }
    Ok(reconciler::recompute(app, actor.account, after, (&snapshot, current), app.clock.now()).await?)
}
