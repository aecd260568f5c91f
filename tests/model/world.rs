//! The model: the expected result of every request, from the rules of the domain alone. No database, no HTTP.

use std::{collections::HashMap, sync::Arc};

use grassroots::app::{
    error::{AppError, IncidentError},
    snapshot::Snapshot,
};
use grassroots_domain::{
    account::{Actor, Role},
    command_kind::CommandKind,
    commands::{Command, merge::Merge, request_check::RequestCheck},
    decide::{self, apply_consequence, decide},
    decision::{Decided, Decision},
    events::{
        EventBody, EventType,
        merging::{Absorbed, Released},
    },
    geography::place::locate,
    ids::{AccountId, IncidentId},
    incident::{case::Case, source::Source},
    open::{Report, open},
    reading::visibility::{Visibility, visible},
    reconcile::reconcile,
    reference_data::ReferenceData,
    refusal::Refusal,
    rules::{
        Rules,
        category::{CategoryCode, Severity},
    },
    text::Text,
    time::Instant,
};
use serde_json::Value;
use uuid::Uuid;

/// A command as it is sent.
#[derive(Clone)]
pub struct SentCommand {
    pub incident: IncidentId,
    pub command: Command,
    pub version: Option<u32>,
    pub key: Option<Uuid>,
}

/// A report as it is sent: always without a position.
#[derive(Clone)]
pub struct SentReport {
    pub id: IncidentId,
    pub category: CategoryCode,
    pub severity: Option<Severity>,
    pub on_spot: Option<Text>,
}

/// An incident and its history.
pub struct File {
    pub case: Case,
    pub history: Vec<Decided>,
}

/// The expected answer to a command that is not refused.
pub enum ExpectedAnswer {
    /// The command was carried out before. The answer is the same as then.
    Again(String),
    /// The command is carried out. `beside` is the change of another incident, if there is one.
    Done { file: usize, decision: Box<Decision>, beside: Option<(usize, Box<Decision>)> },
}

/// All incidents, and the answers to commands by idempotency key.
pub struct Model {
    pub files: Vec<File>,
    snapshot: Arc<Snapshot>,
    people: Vec<Actor>,
    answered: HashMap<(AccountId, Uuid), (Value, String)>,
}

impl Model {
    /// A model with the rules and reference data of `snapshot`, and these people.
    pub fn new(snapshot: Arc<Snapshot>, people: Vec<Actor>) -> Self {
        Self { files: Vec::new(), snapshot, people, answered: HashMap::new() }
    }

    pub fn rules(&self) -> &Rules {
        self.snapshot.rules.as_ref().expect("the demo has rules")
    }

    pub fn reference_data(&self) -> &ReferenceData {
        &self.snapshot.reference_data
    }

    pub fn find(&self, id: IncidentId) -> Option<usize> {
        self.files.iter().position(|file| file.case.incident().id == id)
    }

    pub fn actions(&self, file: usize, actor: &Actor, now: Instant) -> Vec<CommandKind> {
        decide::actions(&self.files[file].case, actor, now, self.rules(), &self.snapshot.reference_data)
    }

    /// Whether `actor` may give a command of this kind now.
    pub fn permitted(
        &self,
        file: usize,
        kind: CommandKind,
        actor: &Actor,
        now: Instant,
    ) -> Result<(), Refusal> {
        let case = &self.files[file].case;
        decide::permitted(case, kind, actor, now, self.rules(), &self.snapshot.reference_data)
    }

    /// The error of a report or command that the rules refuse.
    pub fn refused(&self, refusal: Refusal, allowed: Option<Vec<CommandKind>>) -> AppError {
        AppError::Refused { refusal, allowed, snapshot: Arc::clone(&self.snapshot) }
    }

    /// The expected result of a report.
    pub fn report(&self, actor: &Actor, sent: &SentReport, now: Instant) -> Result<Decision, Refusal> {
        if !actor.may_report() {
            return Err(Refusal::MayNotReport);
        }
        let reference_data = &self.snapshot.reference_data;
        let (place, located) =
            locate(None, actor.area(), &reference_data.grids).ok_or(Refusal::PlaceUnknown)?;
        let category = self.rules().category(sent.category).expect("a category");
        let report = Report {
            severity: sent.severity,
            on_spot: sent.on_spot.clone(),
            source: if actor.desk().is_some() { Source::ResidentReport } else { Source::GridPatrol },
            located,
            ..Report::new(sent.id, category, place)
        };
        open(&report, actor, now, self.rules(), reference_data)
    }

    /// The expected result of a command.
    pub fn command(
        &self,
        actor: &Actor,
        sent: &SentCommand,
        now: Instant,
    ) -> Result<ExpectedAnswer, AppError> {
        let seen = |file: &usize| visible(actor, &self.files[*file].case) != Visibility::None;
        let file = self.find(sent.incident).filter(seen).ok_or(AppError::NotFound)?;
        let case = &self.files[file].case;
        let key = sent.key.ok_or(IncidentError::KeyMissing)?;
        if let Some((request, answer)) = self.answered.get(&(actor.account, key)) {
            let same = *request == request_of(sent);
            return if same {
                Ok(ExpectedAnswer::Again(answer.clone()))
            } else {
                Err(IncidentError::KeyReused.into())
            };
        }
        let current = case.incident().version;
        let given = sent.version.ok_or(IncidentError::VersionMissing { current })?;
        // Written out here, not read from the product.
        let harmless =
            [EventType::Alarmed, EventType::Commented, EventType::PhotosAdded, EventType::Reminded];
        let later = self.files[file].history.iter().filter(|decided| decided.event.seq > given);
        let missed = later.filter(|decided| !harmless.contains(&decided.event.body.event_type()));
        if given > current || missed.count() > 0 {
            return Err(IncidentError::Stale { given, current, state: case.incident().state }.into());
        }
        let (command, beside) = self.look_up(&sent.command, case, actor);
        let decision = decide(case, &command, actor, now, self.rules(), &self.snapshot.reference_data)
            .map_err(|refusal| {
                let allowed = decide::actions(case, actor, now, self.rules(), &self.snapshot.reference_data);
                self.refused(refusal, Some(allowed))
            })?;
        let beside = beside.map(|(other, body)| {
            (other, Box::new(apply_consequence(&self.files[other].case, body, actor.account, now)))
        });
        Ok(ExpectedAnswer::Done { file, decision: Box::new(decision), beside })
    }

    /// Adds the facts that the server reads from the database: the grids of a worker, and the other incident of a
    /// merge.
    fn look_up(
        &self,
        command: &Command,
        case: &Case,
        actor: &Actor,
    ) -> (Command, Option<(usize, EventBody)>) {
        if let Command::RequestCheck(RequestCheck { worker, is_of_the_grid: _, note }) = command {
            let is_of_the_grid = self.people.iter().any(|person| {
                person.account == *worker
                    && person.role == Role::GridWorker
                    && case.incident().place.grid.is_some_and(|grid| person.grids.contains(&grid))
            });
            return (RequestCheck { worker: *worker, is_of_the_grid, note: note.clone() }.into(), None);
        }
        if let Command::Merge(Merge { into, primary: _, reason }) = command {
            let seen = |file: &usize| visible(actor, &self.files[*file].case) == Visibility::Full;
            let other = self.find(*into).filter(seen);
            let primary = other.map(|other| Box::new(self.files[other].case.clone()));
            let absorbed = Absorbed { incident: case.incident().id };
            let merge = Merge { into: *into, primary, reason: reason.clone() };
            return (merge.into(), other.map(|other| (other, absorbed.into())));
        }
        if let Command::Unmerge(_) = command {
            let into = case.incident().merging.merged.and_then(|merged| self.find(merged.into));
            let released = Released { incident: case.incident().id };
            return (command.clone(), into.map(|other| (other, released.into())));
        }
        (command.clone(), None)
    }

    /// Adds a reported incident.
    pub fn add(&mut self, decision: Decision) {
        self.files.push(File { case: decision.case, history: decision.events });
    }

    /// Applies a decision to an incident.
    pub fn apply(&mut self, file: usize, decision: Decision) {
        self.files[file].case = decision.case;
        self.files[file].history.extend(decision.events);
    }

    /// Remembers the answer to a command that was carried out.
    pub fn remember_answer(&mut self, actor: &Actor, sent: &SentCommand, answer: String) {
        let key = sent.key.expect("without a key nothing is carried out");
        self.answered.insert((actor.account, key), (request_of(sent), answer));
    }

    /// Reconciles all incidents at `now`. Returns the number of changed incidents.
    pub fn reconcile(&mut self, now: Instant) -> u64 {
        let mut changed = 0;
        for file in 0..self.files.len() {
            let before = self.files[file].history.len();
            while let Some(decision) =
                reconcile(&self.files[file].case, now, self.rules(), &self.snapshot.reference_data)
            {
                self.apply(file, decision);
            }
            changed += u64::from(self.files[file].history.len() > before);
        }
        changed
    }
}

/// The part of a request that must be equal in a repeat.
fn request_of(sent: &SentCommand) -> Value {
    serde_json::json!([sent.incident, sent.command])
}
