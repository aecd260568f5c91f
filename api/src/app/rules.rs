//! Rules: reads them, changes them for a system administrator, and tries changes on recent reports.

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
        validation::ValidRules,
    },
    text::Text,
    time::Instant,
};
use grassroots_persistence::{
    database::{db::Db, error::StoreResult},
    incident::{events, incidents},
    reference::rules::{self, RulesVersion},
};

use serde::de::Error as _;

use crate::{
    app::{
        App,
        error::{AppError, RulesError},
        reconciler::{self, Recomputed},
        snapshot::Snapshot,
    },
    validation::{
        shape_error::{Fault, Segment, ShapeError},
        shape_reader,
    },
};

/// Most field names listed in an error about an unknown field. A calendar has hundreds.
const LISTED: usize = 20;

/// The smallest group of incidents that a dry run shows.
const SHOWN_FROM: u64 = 5;

/// Changes of the rule book, as a JSON merge patch (RFC 7396).
pub type Changes = serde_json::Value;

fn administers(actor: &Actor) -> Result<(), AppError> {
    if actor.role == Role::SystemAdmin { Ok(()) } else { Err(RulesError::Forbidden.into()) }
}

/// Applies `changes` to `rules`, and checks the result against the reference data.
fn changed(rules: &Rules, changes: &Changes, reference_data: &ReferenceData) -> Result<ValidRules, AppError> {
    let unreadable = |error: serde_json::Error| RulesError::Malformed(ShapeError::custom(error));
    let mut document = serde_json::to_value(rules.book()).map_err(unreadable)?;
    json_patch::merge(&mut document, changes);
    let book: RuleBook = shape_reader::read(&document).map_err(RulesError::Malformed)?;
    let understood = serde_json::to_value(&book).map_err(unreadable)?;
    if let Some(stray) = stray(&document, &understood) {
        return Err(RulesError::Malformed(stray.unknown()).into());
    }
    if let Some(stray) = stray(&understood, &document) {
        return Err(RulesError::Malformed(stray.missing()).into());
    }
    Ok(book.checked(&reference_data.units, &reference_data.organisations).map_err(RulesError::Wrong)?)
}

/// A key that one document has and another document lacks.
struct Stray {
    /// The path to the key, including the key.
    path: Vec<Segment>,
    key: String,
    /// The keys of the other document at the same place.
    known: Vec<String>,
}

impl Stray {
    fn unknown(self) -> ShapeError {
        ShapeError { path: self.path, fault: Fault::UnknownField { known: self.known } }
    }

    fn missing(self) -> ShapeError {
        ShapeError { path: self.path, fault: Fault::MissingField(self.key) }
    }

    fn below(mut self, key: String) -> Self {
        self.path.insert(0, Segment::Key(key));
        self
    }
}

/// Returns the first key of `document` that `other` lacks. Stored rules may have unknown keys, which are ignored, and
/// missing keys, which get defaults. A change may not, so that its author notices mistakes.
fn stray(document: &serde_json::Value, other: &serde_json::Value) -> Option<Stray> {
    use serde_json::Value::{Array, Object};
    match (document, other) {
        (Object(document), Object(other)) => document.iter().find_map(|(key, value)| match other.get(key) {
            Some(other) => stray(value, other).map(|stray| stray.below(key.clone())),
            None => Some(Stray {
                path: vec![Segment::Key(key.clone())],
                key: key.clone(),
                known: other.keys().take(LISTED).cloned().collect(),
            }),
        }),
        (Array(document), Array(other)) => (document.iter().zip(other).enumerate())
            .find_map(|(index, (value, other))| Some(stray(value, other)?.below(index.to_string()))),
        _ => None,
    }
}

/// Writes `next` as the version after `before`.
///
/// # Errors
/// [`RulesError::InUse`] if `next` drops a category of open incidents.
pub fn save(
    db: &mut Db,
    before: Option<&Rules>,
    next: &ValidRules,
    (note, by): (&str, Option<AccountId>),
    now: Instant,
) -> Result<i64, AppError> {
    if let Some(before) = before {
        drops_nothing_open(db, before.book(), next.book())?;
    }
    Ok(rules::append(db, next, note, by, now)?)
}

/// Refuses to drop categories of open incidents. An open incident needs its category for its time limits, its
/// departments and its visibility.
fn drops_nothing_open(db: &mut Db, before: &RuleBook, next: &RuleBook) -> Result<(), AppError> {
    let codes = before.categories.keys().copied();
    let dropped: Vec<CategoryCode> = codes.filter(|code| !next.categories.contains_key(code)).collect();
    let open = if dropped.is_empty() { Vec::new() } else { incidents::open_of(db, &dropped)? };
    if open.is_empty() { Ok(()) } else { Err(RulesError::InUse(open).into()) }
}

/// Applies `changes` to version `given` of the rules, and writes the next version. Open incidents keep their deadlines.
///
/// # Errors
/// [`RulesError`], or [`AppError::NotReady`] if no rules are imported.
pub async fn change(
    app: &App,
    actor: Arc<Actor>,
    given: Option<i64>,
    changes: Changes,
    note: Text,
) -> Result<i64, AppError> {
    administers(&actor)?;
    let (snapshot, now) = (app.snapshots.current(), app.clock.now());
    let version = app
        .store
        .write(move |db| -> Result<i64, AppError> {
            let rules = rules::newest(db)?.ok_or(AppError::NotReady)?;
            let current = rules.version();
            let given = given.ok_or(RulesError::VersionMissing { current })?;
            if given != current {
                return Err(RulesError::Stale { given, current }.into());
            }
            let next = changed(&rules, &changes, &snapshot.reference_data)?;
            save(db, Some(&rules), &next, (note.as_str(), Some(actor.account)), now)
        })
        .await?;
    app.snapshots.refresh(&app.store).await?;
    Ok(version)
}

/// Reads all versions, the newest first.
pub async fn versions(app: &App) -> StoreResult<Vec<RulesVersion>> {
    app.store.read(rules::versions).await
}

/// Reads one version.
pub async fn version(app: &App, version: i64) -> StoreResult<Option<Rules>> {
    app.store.read(move |db| rules::get(db, version)).await
}

/// A category, the level of the first desk by the current rules, and its level by the changed rules.
pub type Move = (CategoryCode, Option<Level>, Option<Level>);

/// The effect of a change on recent reports.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct RuleEffect {
    /// Number of incidents examined.
    pub examined: u64,
    /// Number of incidents whose first desk would have another level, by category and both levels.
    pub moves: BTreeMap<Move, u64>,
    /// Number of such incidents in groups too small to show. `None` if this number is also too small to show.
    pub other: Option<u64>,
    /// Number of incidents whose time limits would differ. `None` if the number is too small to show.
    pub limits_changed: Option<u64>,
}

impl RuleEffect {
    /// Hides small groups, because the administrator may not see incidents and could recognise single ones.
    fn new(examined: u64, moves: BTreeMap<Move, u64>, limits_changed: u64) -> Self {
        let (moves, few): (BTreeMap<_, _>, BTreeMap<_, _>) =
            moves.into_iter().partition(|(_, count)| *count >= SHOWN_FROM);
        let shown = |count| Some(count).filter(|count| *count == 0 || *count >= SHOWN_FROM);
        let (other, limits_changed) = (shown(few.into_values().sum()), shown(limits_changed));
        Self { examined, moves, other, limits_changed }
    }
}

/// Tries `changes` on the last `number` incidents that were not handled on the spot. Writes nothing.
///
/// # Errors
/// [`RulesError`], or [`AppError::NotReady`] if no rules are imported.
pub async fn dry_run(
    app: &App,
    actor: Arc<Actor>,
    changes: Changes,
    number: u32,
) -> Result<RuleEffect, AppError> {
    administers(&actor)?;
    let (snapshot, now) = (app.snapshots.current(), app.clock.now());
    let before = snapshot.rules.as_ref().ok_or(AppError::NotReady)?;
    let after = changed(before, &changes, &snapshot.reference_data)?;
    let after = Rules::new(before.version().saturating_add(1), after.into_book());
    app.store.read(move |db| tried(db, &snapshot, &after, number, now)).await
}

fn tried(
    db: &mut Db,
    snapshot: &Snapshot,
    after: &Rules,
    number: u32,
    now: Instant,
) -> Result<RuleEffect, AppError> {
    let before = snapshot.rules.as_ref().ok_or(AppError::NotReady)?;
    drops_nothing_open(db, before.book(), after.book())?;
    let (mut examined, mut moves, mut limits_changed) = (0, BTreeMap::new(), 0);
    let mut versions = BTreeMap::new();
    for report in events::latest_reports(db, number)? {
        examined += 1;
        let said = said(db, &report, &mut versions)?;
        let (from, to) =
            (first_desk(before, &report, said, snapshot), first_desk(after, &report, said, snapshot));
        if from != to {
            *moves.entry((report.routing.category, from, to)).or_default() += 1;
        }
        let limits = |rules: &Rules| {
            let accept = rules.accept_due(severity(rules, report.routing.category, said), now);
            let total = rules.total_due(report.routing.category, now);
            (accept.at, total.at, from.map(|level| rules.ceiling(report.routing.category, level, now).at))
        };
        limits_changed += u64::from(limits(before) != limits(after));
    }
    Ok(RuleEffect::new(examined, moves, limits_changed))
}

/// The severity chosen by the reporter. `None` if it is not higher than the severity of the category by the rules at the
/// time of the report. `versions` caches these rules.
fn said(
    db: &mut Db,
    report: &Reported,
    versions: &mut BTreeMap<i64, Option<Rules>>,
) -> StoreResult<Option<Severity>> {
    let version = report.rules_version();
    let rules = match versions.entry(version) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(unknown) => unknown.insert(rules::get(db, version)?),
    };
    let usual =
        rules.as_ref().and_then(|rules| rules.category(report.routing.category)).map(|it| it.severity);
    Ok(Some(report.routing.severity).filter(|severity| usual.is_none_or(|usual| *severity > usual)))
}

/// The severity by `rules` if the reporter chose `said`.
fn severity(rules: &Rules, category: CategoryCode, said: Option<Severity>) -> Severity {
    let usual = rules.category(category).map(|category| category.severity);
    usual.max(said).unwrap_or(Severity::General)
}

/// The level of the first desk by `rules`. `None` if the category does not exist or no desk is found.
fn first_desk(
    rules: &Rules,
    report: &Reported,
    said: Option<Severity>,
    snapshot: &Snapshot,
) -> Option<Level> {
    let reference_data = &snapshot.reference_data;
    let category = rules.category(report.routing.category)?;
    let severity = severity(rules, report.routing.category, said);
    route(category, severity, &report.place, rules, &reference_data.units, &reference_data.organisations)
        .map(|(desk, _)| desk.unit.level())
}

/// Computes the clocks of open incidents again by the current rules. Every change is an event of the incident. Starts
/// after the incident `after`. `began` is the version of the rules with which an earlier call started the recomputation.
///
/// # Errors
/// [`RulesError`], or [`AppError::NotReady`] if no rules are imported.
pub async fn recompute(
    app: &App,
    actor: &Actor,
    after: i64,
    began: Option<i64>,
) -> Result<Recomputed, AppError> {
    administers(actor)?;
    app.snapshots.refresh(&app.store).await?;
    let snapshot = app.snapshots.current();
    let current = snapshot.rules.as_ref().ok_or(AppError::NotReady)?.version();
    if let Some(began) = began.filter(|began| *began != current) {
        return Err(RulesError::Overtaken { began, current }.into());
    }
    Ok(reconciler::recompute(app, actor.account, after, (&snapshot, current), app.clock.now()).await?)
}
