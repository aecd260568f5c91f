//! Rules: read, changed by a system administrator, and tried on what was reported last.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::Arc,
};

use grassroots_domain::{
    account::{Actor, Role},
    events::reporting::Reported,
    geography::unit::Level,
    ids::AccountId,
    reference_data::ReferenceData,
    rules::{
        Rules,
        category::{CategoryCode, Severity},
        routing::route,
        rule_book::RuleBook,
        validation::{RuleError, ValidRules},
    },
    text::Text,
    time::Instant,
};
use grassroots_persistence::{
    database::{
        db::Db,
        error::{StoreError, StoreResult, WriteError},
    },
    incident::{events, incidents},
    reference::rules::{self, RulesVersion},
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
    /// Categories would be dropped that so many open incidents have.
    #[error("open incidents have categories that would be dropped")]
    InUse(Vec<(CategoryCode, u64)>),
    /// The recomputation began with other rules.
    #[error("version {began} is not in force any more")]
    Overtaken {
        /// The version it began with.
        began: i64,
        /// The version now.
        current: i64,
    },
}

impl WriteError for ChangeError {
    fn store_error(&self) -> Option<&StoreError> {
        if let Self::Store(error) = self { Some(error) } else { None }
    }
}

/// Fields named to somebody who wrote another one, at most: a calendar has hundreds.
const LISTED: usize = 20;

/// Incidents that a dry run shows in one row at least.
const SHOWN_FROM: u64 = 5;

/// What is to be changed: a JSON merge patch (RFC 7396) of the rule book.
pub type Changes = serde_json::Value;

fn administers(actor: &Actor) -> Result<(), ChangeError> {
    if actor.role == Role::SystemAdmin { Ok(()) } else { Err(ChangeError::Forbidden) }
}

/// `rules` with `changes`, checked against `ground`.
fn changed(rules: &Rules, changes: &Changes, ground: &ReferenceData) -> Result<ValidRules, ChangeError> {
    let malformed = |path: String, error: &dyn std::fmt::Display| ChangeError::Malformed {
        path,
        message: error.to_string(),
    };
    let unreadable = |error: serde_json::Error| malformed(String::new(), &error);
    let mut document = serde_json::to_value(rules.book()).map_err(unreadable)?;
    json_patch::merge(&mut document, changes);
    let book: RuleBook = serde_path_to_error::deserialize(&document)
        .map_err(|error| malformed(error.path().to_string(), error.inner()))?;
    let understood = serde_json::to_value(&book).map_err(unreadable)?;
    if let Some((path, field, known)) = stray(&document, &understood) {
        return Err(malformed(path, &format!("unknown field `{field}`, expected {known}")));
    }
    if let Some((path, field, _)) = stray(&understood, &document) {
        return Err(malformed(path, &format!("missing field `{field}`")));
    }
    Ok(book.checked(&ground.units, &ground.organisations)?)
}

/// The first key of `document` that `other` lacks, with its path and the keys that are there instead. Stored rules are read
/// with defaults and whatever else they hold; who changes them should know what is understood.
fn stray(document: &serde_json::Value, other: &serde_json::Value) -> Option<(String, String, String)> {
    use serde_json::Value::{Array, Object};
    let below = |key: String, found: Option<(String, String, String)>| {
        found.map(|(path, field, known)| {
            let path = if path.is_empty() { key } else { format!("{key}.{path}") };
            (path, field, known)
        })
    };
    match (document, other) {
        (Object(document), Object(other)) => document.iter().find_map(|(key, value)| match other.get(key) {
            Some(other) => below(key.clone(), stray(value, other)),
            None => Some((key.clone(), key.clone(), listed(other.keys()))),
        }),
        (Array(document), Array(other)) => (document.iter().zip(other).enumerate())
            .find_map(|(index, (value, other))| below(index.to_string(), stray(value, other))),
        _ => None,
    }
}

/// Some names, as serde lists them.
fn listed<'a>(names: impl Iterator<Item = &'a String>) -> String {
    let names: Vec<String> = names.take(LISTED).map(|name| format!("`{name}`")).collect();
    format!("one of {}", names.join(", "))
}

/// Writes `next` as the version after `before`.
///
/// # Errors
/// [`ChangeError::InUse`] when it drops a category that open incidents have, and when the database fails.
pub fn save(
    db: &mut Db,
    before: Option<&Rules>,
    next: &ValidRules,
    (note, by): (&str, Option<AccountId>),
    now: Instant,
) -> Result<i64, ChangeError> {
    if let Some(before) = before {
        drops_nothing_open(db, before.book(), next.book())?;
    }
    Ok(rules::append(db, next, note, by, now)?)
}

/// Who holds an open incident needs its category: its limits, its departments, who may see it.
fn drops_nothing_open(db: &mut Db, before: &RuleBook, next: &RuleBook) -> Result<(), ChangeError> {
    let codes = before.categories.keys().copied();
    let dropped: Vec<CategoryCode> = codes.filter(|code| !next.categories.contains_key(code)).collect();
    let open = if dropped.is_empty() { Vec::new() } else { incidents::open_of(db, &dropped)? };
    if open.is_empty() { Ok(()) } else { Err(ChangeError::InUse(open)) }
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
    let (snapshot, now) = (app.snapshots.current(), app.clock.now());
    let version = app
        .store
        .write(move |db| -> Result<i64, ChangeError> {
            let rules = rules::newest(db)?.ok_or(ChangeError::NotReady)?;
            let current = rules.version();
            let given = given.ok_or(ChangeError::VersionMissing { current })?;
            if given != current {
                return Err(ChangeError::Stale { given, current });
            }
            let next = changed(&rules, &changes, &snapshot.ground)?;
            save(db, Some(&rules), &next, (note.as_str(), Some(actor.account)), now)
        })
        .await?;
    app.snapshots.refresh(&app.store).await?;
    Ok(version)
}

/// Every version, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn versions(app: &App) -> StoreResult<Vec<RulesVersion>> {
    app.store.read(rules::versions).await
}

/// One version.
///
/// # Errors
/// When the database fails.
pub async fn version(app: &App, version: i64) -> StoreResult<Option<Rules>> {
    app.store.read(move |db| rules::get(db, version)).await
}

/// A category, and the levels of the desks that got it first and would have.
pub type Move = (CategoryCode, Option<Level>, Option<Level>);

/// What a change would have done.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct RuleEffect {
    /// Incidents looked at.
    pub examined: u64,
    /// Incidents that would have gone to another desk first, by category and the levels of both desks.
    pub moves: BTreeMap<Move, u64>,
    /// Incidents that would have, in groups too small to be told apart; `None` if they are few altogether.
    pub other: Option<u64>,
    /// Incidents whose first desk, or whole matter, would have had another limit; `None` if they are few.
    pub limits_changed: Option<u64>,
}

impl RuleEffect {
    /// Without the groups in which single incidents, which the administrator may not see, could be made out.
    fn new(examined: u64, moves: BTreeMap<Move, u64>, limits_changed: u64) -> Self {
        let (moves, few): (BTreeMap<_, _>, BTreeMap<_, _>) =
            moves.into_iter().partition(|(_, count)| *count >= SHOWN_FROM);
        let shown = |count| Some(count).filter(|count| *count == 0 || *count >= SHOWN_FROM);
        let (other, limits_changed) = (shown(few.into_values().sum()), shown(limits_changed));
        Self { examined, moves, other, limits_changed }
    }
}

/// Tries `changes` on the `number` incidents that were reported last and not settled on the spot. Nothing is written.
///
/// # Errors
/// [`ChangeError`].
pub async fn dry_run(
    app: &App,
    actor: Arc<Actor>,
    changes: Changes,
    number: u32,
) -> Result<RuleEffect, ChangeError> {
    administers(&actor)?;
    let (snapshot, now) = (app.snapshots.current(), app.clock.now());
    let before = snapshot.rules.as_ref().ok_or(ChangeError::NotReady)?;
    let after = changed(before, &changes, &snapshot.ground)?;
    let after = Rules::new(before.version().saturating_add(1), after.into_book());
    app.store.read(move |db| tried(db, &snapshot, &after, number, now)).await
}

fn tried(
    db: &mut Db,
    snapshot: &Snapshot,
    after: &Rules,
    number: u32,
    now: Instant,
) -> Result<RuleEffect, ChangeError> {
    let before = snapshot.rules.as_ref().ok_or(ChangeError::NotReady)?;
    drops_nothing_open(db, before.book(), after.book())?;
    let (mut examined, mut moves, mut limits_changed) = (0, BTreeMap::new(), 0);
    let mut versions = BTreeMap::new();
    for report in events::latest_reports(db, number)? {
        examined += 1;
        let said = said(db, &report, &mut versions)?;
        let (from, to) =
            (first_desk(before, &report, said, snapshot), first_desk(after, &report, said, snapshot));
        if from != to {
            *moves.entry((report.category, from, to)).or_default() += 1;
        }
        let limits = |rules: &Rules| {
            let accept = rules.accept_due(severity(rules, report.category, said), now);
            let total = rules.total_due(report.category, now);
            (accept.at, total.at, from.map(|level| rules.ceiling(report.category, level, now).at))
        };
        limits_changed += u64::from(limits(before) != limits(after));
    }
    Ok(RuleEffect::new(examined, moves, limits_changed))
}

/// How bad the reporter said it is; `None` when that is no worse than its category was by the rules of that day, which are
/// kept in `versions`.
fn said(
    db: &mut Db,
    report: &Reported,
    versions: &mut BTreeMap<i64, Option<Rules>>,
) -> StoreResult<Option<Severity>> {
    let version = report.routing.rules_version;
    let rules = match versions.entry(version) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(unknown) => unknown.insert(rules::get(db, version)?),
    };
    let usual = rules.as_ref().and_then(|rules| rules.category(report.category)).map(|it| it.severity);
    Ok(Some(report.severity).filter(|severity| usual.is_none_or(|usual| *severity > usual)))
}

/// How bad it is by these rules when the reporter says `said`.
fn severity(rules: &Rules, category: CategoryCode, said: Option<Severity>) -> Severity {
    let usual = rules.category(category).map(|category| category.severity);
    usual.max(said).unwrap_or(Severity::General)
}

/// The level of the desk that gets an incident first; `None` for a category that does not exist.
fn first_desk(
    rules: &Rules,
    report: &Reported,
    said: Option<Severity>,
    snapshot: &Snapshot,
) -> Option<Level> {
    let ground = &snapshot.ground;
    let category = rules.category(report.category)?;
    let severity = severity(rules, report.category, said);
    route(category, severity, &report.place, rules, &ground.units, &ground.organisations)
        .map(|routing| routing.level)
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
