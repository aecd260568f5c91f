//! Commands: somebody does something about an incident, once.

use std::sync::Arc;

use chrono::TimeDelta;
use grassroots_domain::{
    account::{Actor, Role},
    command_kind::CommandKind,
    commands::{Command, merge::Merge, request_check::RequestCheck},
    decide::{actions, decide, happen_beside},
    decision::Decision,
    events::{
        EventBody,
        merging::{Absorbed, Released},
    },
    hash::Hash,
    ids::{AccountId, IncidentId},
    incident::State,
    reading::visibility::{Visibility, visible},
    refusal::Refusal,
    rules::Rules,
    time::Instant,
    warning::Warning,
};
use grassroots_persistence::{
    account::accounts,
    database::{
        db::Db,
        error::{StoreError, StoreResult, WriteError},
    },
    incident::{
        events,
        incidents::{self, IncidentRecord},
        receipts::{self, Receipt},
    },
    photo::photos,
};
use uuid::Uuid;

use crate::{
    app::{App, snapshot::Snapshot},
    json,
    random::random_bytes,
    views::receipt,
};

/// How long an answer is kept for repeats.
const MEMORY: TimeDelta = TimeDelta::days(90);
/// Answers forgotten in one transaction.
const PRUNED_AT_ONCE: u32 = 200;

/// A command as it was sent.
#[derive(Clone, Debug)]
pub struct CommandInput {
    /// The incident.
    pub incident: IncidentId,
    /// What is to be done.
    pub command: Command,
    /// What is remarkable about its words.
    pub warnings: Vec<Warning>,
    /// The version the caller saw.
    pub version: Option<u32>,
    /// The key that makes a repeat be answered alike.
    pub key: Option<Uuid>,
}

/// Why a command is not carried out, in the order in which it is checked.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There are no rules yet.
    #[error("no rules are imported yet")]
    NotReady,
    /// There is no such incident, or the caller must not know of it.
    #[error("no such incident")]
    NotFound,
    /// Without a key nothing happens just once.
    #[error("the idempotency key is missing")]
    KeyMissing,
    /// The key was used for another request.
    #[error("the idempotency key was used before")]
    KeyReused,
    /// Without a version the caller may act on what it never saw.
    #[error("the version is missing")]
    VersionMissing {
        /// The version now.
        current: u32,
    },
    /// The incident has changed since.
    #[error("version {given} is stale")]
    Stale {
        /// The version the caller saw.
        given: u32,
        /// The version now.
        current: u32,
        /// Where it stands now.
        state: State,
    },
    /// The rules say no.
    #[error("{refusal}")]
    Refused {
        /// Why.
        refusal: Refusal,
        /// What the caller may do instead.
        allowed: Vec<CommandKind>,
    },
}

impl WriteError for CommandError {
    fn store_error(&self) -> Option<&StoreError> {
        if let Self::Store(error) = self { Some(error) } else { None }
    }
}

/// Carries out `sent` for `actor`, and returns the answer as JSON: the same text for every repeat under one key.
///
/// # Errors
/// In the order of [`CommandError`].
pub async fn give(app: &App, actor: Arc<Actor>, sent: CommandInput) -> Result<String, CommandError> {
    let now = app.clock.now();
    let snapshot = app.snapshots.current();
    let request = request_hash(&sent);
    app.store.write(move |db| carry_out(db, &sent, request, &actor, now, &snapshot)).await
}

/// Forgets what was answered so long ago that no phone repeats it any more.
///
/// # Errors
/// The errors of the store.
pub async fn prune(app: &App) -> StoreResult<()> {
    let answered_before = app.clock.now() - MEMORY;
    while app.store.write(move |db| receipts::prune(db, answered_before, PRUNED_AT_ONCE)).await? > 0 {}
    Ok(())
}

/// What must be the same in a repeat.
fn request_hash(sent: &CommandInput) -> Hash {
    Hash::of(&[sent.incident.0.as_bytes(), json::text(&sent.command).as_bytes()])
}

fn carry_out(
    db: &mut Db,
    sent: &CommandInput,
    request: Hash,
    actor: &Actor,
    now: Instant,
    snapshot: &Snapshot,
) -> Result<String, CommandError> {
    let rules: &Rules = snapshot.rules.as_ref().ok_or(CommandError::NotReady)?;
    let stored = incidents::find(db, sent.incident)?.ok_or(CommandError::NotFound)?;
    let before = &stored.case;
    if visible(actor, before) == Visibility::None {
        return Err(CommandError::NotFound);
    }
    let key = sent.key.ok_or(CommandError::KeyMissing)?;
    if let Some(answered) = receipts::find(db, actor.account, key)? {
        return if answered.request == request { Ok(answered.body) } else { Err(CommandError::KeyReused) };
    }
    let current = before.incident.version;
    let given = sent.version.ok_or(CommandError::VersionMissing { current })?;
    if given != current {
        return Err(CommandError::Stale { given, current, state: before.incident.state });
    }
    let (command, beside) = resolve(db, sent.command.clone(), &stored, actor)?;
    let mut decision = decide(before, &command, actor, now, rules, &snapshot.ground).map_err(|refusal| {
        let allowed = actions(before, actor, now, rules, &snapshot.ground);
        CommandError::Refused { refusal, allowed }
    })?;
    decision.warnings.extend(&sent.warnings);
    save(db, &stored, &decision)?;
    if let Some((other, happening)) = beside {
        save(db, &other, &happen_beside(&other.case, happening, actor.account, now))?;
    }
    let body = receipt::json(stored.key, &decision, actor, &snapshot.ground);
    receipts::insert(db, actor.account, key, &Receipt { request, body: body.clone() }, now)?;
    Ok(body)
}

/// Writes what was decided about `stored`.
pub(crate) fn save(db: &mut Db, stored: &IncidentRecord, decision: &Decision) -> StoreResult<()> {
    incidents::update(db, stored.key, &stored.case, &decision.case)?;
    let by = decision.events.last().map_or(AccountId::SYSTEM, |decided| decided.event.actor);
    photos::insert_more(db, stored.key, &stored.case.incident, &decision.case.incident, by)?;
    events::append(db, stored.key, &decision.events, &|| random_bytes::<16>().to_vec())
}

/// Another incident, and what happens to it besides.
type Beside = Option<(IncidentRecord, EventBody)>;

/// Looks up what only the database knows: the grid worker who is sent, the incident that is merged into.
fn resolve(
    db: &mut Db,
    command: Command,
    stored: &IncidentRecord,
    actor: &Actor,
) -> Result<(Command, Beside), CommandError> {
    let case = &stored.case;
    if let Command::RequestCheck(RequestCheck { worker, note, .. }) = command {
        let account = accounts::get(db, worker)?;
        let is_of_the_grid = account.is_some_and(|account| {
            let walks = case.incident.place.grid.is_some_and(|grid| account.grids.contains(&grid));
            account.role == Role::GridWorker && !account.disabled && walks
        });
        return Ok((RequestCheck { worker, is_of_the_grid, note }.into(), None));
    }
    if let Command::Merge(Merge { into, reason, .. }) = command {
        let other =
            incidents::find(db, into)?.filter(|other| visible(actor, &other.case) == Visibility::Full);
        let primary = other.as_ref().map(|other| Box::new(other.case.clone()));
        let absorbed = EventBody::from(Absorbed { incident: case.incident.id });
        return Ok((Merge { into, primary, reason }.into(), other.map(|other| (other, absorbed))));
    }
    if let Command::Unmerge(unmerge) = command {
        let into = case.incident.proceedings.merged.map(|merged| merged.into);
        let other = into.map(|into| incidents::find(db, into)).transpose()?.flatten();
        let released = EventBody::from(Released { incident: case.incident.id });
        return Ok((unmerge.into(), other.map(|other| (other, released))));
    }
    Ok((command, None))
}
