//! Carries out a command on an incident, once even if it is sent several times.

use std::sync::Arc;

use chrono::TimeDelta;
use grassroots_domain::{
    account::{Actor, Role},
    commands::{Command, merge::Merge, request_check::RequestCheck},
    decide::{actions, apply_consequence, decide},
    decision::Decision,
    events::{
        EventBody,
        merging::{Absorbed, Released},
    },
    hash::Hash,
    ids::{AccountId, IncidentId},
    reading::visibility::{Visibility, visible},
    rules::Rules,
    time::Instant,
    warning::Warning,
};
use grassroots_persistence::{
    account::accounts,
    database::{db::Db, error::StoreResult},
    incident::{
        events,
        incidents::{self, IncidentRecord},
        receipts::{self, Receipt},
    },
    photo::photos,
};
use uuid::Uuid;

use crate::{
    app::{
        App,
        error::{AppError, IncidentError},
        receipt,
        snapshot::Snapshot,
    },
    json,
    random::random_bytes,
};

/// How long the answer to a command is stored for repeats.
const MEMORY: TimeDelta = TimeDelta::days(90);
/// Answers deleted in one transaction.
const PRUNED_AT_ONCE: u32 = 200;

/// A command as it was sent.
#[derive(Clone, Debug)]
pub struct CommandInput {
    pub incident: IncidentId,
    pub command: Command,
    /// Warnings about its texts.
    pub warnings: Vec<Warning>,
    /// The version of the incident that the caller saw.
    pub version: Option<u32>,
    /// The idempotency key. A repeat with the same key gets the same answer.
    pub key: Option<Uuid>,
}

/// Carries out `sent` for `actor`, and returns the answer as JSON. Repeats with the same key get the same text.
///
/// # Errors
/// In the order of the checks: [`AppError::NotReady`], [`AppError::NotFound`], [`IncidentError::KeyMissing`],
/// [`IncidentError::KeyReused`], [`IncidentError::VersionMissing`], [`IncidentError::Stale`], [`AppError::Refused`].
pub async fn give(app: &App, actor: Arc<Actor>, sent: CommandInput) -> Result<String, AppError> {
    let now = app.clock.now();
    let snapshot = app.snapshots.current();
    let request = request_hash(&sent);
    app.store.write(move |db| carry_out(db, &sent, request, &actor, now, &snapshot)).await
}

/// Deletes old stored answers. Phones no longer repeat commands of that age.
pub async fn prune(app: &App) -> StoreResult<()> {
    let answered_before = app.clock.now() - MEMORY;
    while app.store.write(move |db| receipts::prune(db, answered_before, PRUNED_AT_ONCE)).await? > 0 {}
    Ok(())
}

/// The hash that a repeat must share: of the incident and the command.
fn request_hash(sent: &CommandInput) -> Hash {
    Hash::of(&[sent.incident.0.as_bytes(), json::text(&sent.command).as_bytes()])
}

fn carry_out(
    db: &mut Db,
    sent: &CommandInput,
    request: Hash,
    actor: &Actor,
    now: Instant,
    snapshot: &Arc<Snapshot>,
) -> Result<String, AppError> {
    let rules: &Rules = snapshot.rules.as_ref().ok_or(AppError::NotReady)?;
    let stored = incidents::find(db, sent.incident)?.ok_or(AppError::NotFound)?;
    let before = &stored.case;
    if visible(actor, before) == Visibility::None {
        return Err(AppError::NotFound);
    }
    let key = sent.key.ok_or(IncidentError::KeyMissing)?;
    if let Some(answered) = receipts::find(db, actor.account, key)? {
        return if answered.request == request {
            Ok(answered.body)
        } else {
            Err(IncidentError::KeyReused.into())
        };
    }
    let current = before.incident().version;
    let given = sent.version.ok_or(IncidentError::VersionMissing { current })?;
    // A caller who has not seen an alarm or a comment decides as they would have decided with it.
    if given > current || (given < current && !events::are_harmless_since(db, stored.key, given)?) {
        return Err(IncidentError::Stale { given, current, state: before.incident().state }.into());
    }
    let (command, beside) = resolve(db, sent.command.clone(), &stored, actor)?;
    let mut decision =
        decide(before, &command, actor, now, rules, &snapshot.reference_data).map_err(|refusal| {
            let allowed = actions(before, actor, now, rules, &snapshot.reference_data);
            AppError::Refused { refusal, allowed: Some(allowed), snapshot: Arc::clone(snapshot) }
        })?;
    decision.warnings.extend(&sent.warnings);
    save(db, &stored, &decision)?;
    if let Some((other, happening)) = beside {
        save(db, &other, &apply_consequence(&other.case, happening, actor.account, now))?;
    }
    let body = receipt::json(stored.key, &decision, actor, &snapshot.reference_data);
    receipts::insert(db, actor.account, key, &Receipt { request, body: body.clone() }, now)?;
    Ok(body)
}

/// Writes a decision about the incident `stored`.
pub(crate) fn save(db: &mut Db, stored: &IncidentRecord, decision: &Decision) -> StoreResult<()> {
    incidents::update(db, stored.key, &stored.case, &decision.case)?;
    let by = decision.events.last().map_or(AccountId::SYSTEM, |decided| decided.event.actor);
    photos::insert_more(db, stored.key, stored.case.incident(), decision.case.incident(), by)?;
    events::append(db, stored.key, &decision.events, &|| random_bytes::<16>().to_vec())
}

/// Another incident that the command also changes, and its event.
type Beside = Option<(IncidentRecord, EventBody)>;

/// Adds facts from the database to the command: whether the worker of a check belongs to the grid, or the primary incident
/// of a merge. Also returns the other incident that the command changes.
fn resolve(
    db: &mut Db,
    command: Command,
    stored: &IncidentRecord,
    actor: &Actor,
) -> Result<(Command, Beside), AppError> {
    let case = &stored.case;
    if let Command::RequestCheck(RequestCheck { worker, note, .. }) = command {
        let account = accounts::get(db, worker)?;
        let is_of_the_grid = account.is_some_and(|account| {
            let walks = case.incident().place.grid.is_some_and(|grid| account.grids.contains(&grid));
            account.role == Role::GridWorker && !account.disabled && walks
        });
        return Ok((RequestCheck { worker, is_of_the_grid, note }.into(), None));
    }
    if let Command::Merge(Merge { into, reason, .. }) = command {
        let other =
            incidents::find(db, into)?.filter(|other| visible(actor, &other.case) == Visibility::Full);
        let primary = other.as_ref().map(|other| Box::new(other.case.clone()));
        let absorbed = EventBody::from(Absorbed { incident: case.incident().id });
        return Ok((Merge { into, primary, reason }.into(), other.map(|other| (other, absorbed))));
    }
    if let Command::Unmerge(unmerge) = command {
        let into = case.incident().merging.merged.map(|merged| merged.into);
        let other = into.map(|into| incidents::find(db, into)).transpose()?.flatten();
        let released = EventBody::from(Released { incident: case.incident().id });
        return Ok((unmerge.into(), other.map(|other| (other, released))));
    }
    Ok((command, None))
}
