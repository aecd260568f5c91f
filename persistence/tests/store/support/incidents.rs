//! Random incidents, made with the rules of the domain and stored as the product stores them.

use std::sync::Arc;

use chrono::TimeDelta;
use grassroots_domain::{
    account::{Actor, Role},
    command_kind::CommandKind,
    commands::Command,
    decide::{actions, decide},
    decision::Decision,
    events::Event,
    hand_over::hand_over,
    hash::Hash,
    ids::IncidentId,
    incident::{State, case::Case},
    open::{Report, open},
    reconcile::reconcile,
    testing::{
        context::{ExampleContext, alter, photo, words},
        example::example,
        rng::Rng,
    },
    time::Instant,
};
use grassroots_persistence::{
    database::{
        db::Db,
        error::{StoreError, StoreResult},
        store::Store,
    },
    incident::{
        events, incidents,
        intake::{NewIncident, insert_all},
        reports::ReportContent,
    },
};
use uuid::Uuid;

use super::city::{PLACES, SmallCity, categories, city, monday, people, place};

/// An incident with all decisions about it.
#[derive(Clone)]
pub struct History {
    pub decisions: Vec<Decision>,
}

impl History {
    /// The present state.
    pub fn case(&self) -> &Case {
        &self.decisions.last().unwrap().case
    }

    /// All events.
    pub fn events(&self) -> Vec<Event> {
        self.decisions
            .iter()
            .flat_map(|decision| &decision.events)
            .map(|decided| decided.event.clone())
            .collect()
    }
}

/// A dispute between neighbours that was just reported.
pub fn reported(number: u128) -> History {
    let (city, categories) = (city(), categories());
    let report = Report::new(IncidentId(Uuid::from_u128(number)), &categories[0], place("411224107202001"));
    let reporter = people().into_iter().find(|actor| actor.role == Role::GridWorker).unwrap();
    History {
        decisions: vec![open(&report, &reporter, monday(), &city.rules, &city.reference_data).unwrap()],
    }
}

/// `count` incidents in different states.
pub fn random_histories(count: u128, rng: &mut Rng) -> Vec<History> {
    let (city, people) = (city(), people());
    (1..=count).map(|number| random_history(&city, &people, number, rng)).collect()
}

fn open_random(city: &SmallCity, number: u128, rng: &mut Rng, now: Instant) -> Decision {
    let mut reporters: Vec<Actor> = people().into_iter().filter(Actor::may_report).collect();
    if rng.once_in(2) {
        reporters.retain(|actor| actor.role == Role::GridWorker);
    }
    loop {
        let categories = categories();
        let category = &categories[rng.index(categories.len())];
        let report = Report {
            on_spot: rng.once_in(2).then(|| words(rng)),
            photos: if rng.once_in(2) { vec![photo(rng)] } else { Vec::new() },
            ..Report::new(IncidentId(Uuid::from_u128(number)), category, place(rng.pick(&PLACES)))
        };
        if let Ok(decision) = open(&report, &rng.pick(&reporters), now, &city.rules, &city.reference_data) {
            return decision;
        }
    }
}

/// Commands that lead to the end of an incident or of its linkages.
const FORWARD: [CommandKind; 6] = [
    CommandKind::Accept,
    CommandKind::Dispatch,
    CommandKind::Acknowledge,
    CommandKind::SubmitResult,
    CommandKind::Close,
    CommandKind::Conclude,
];

fn random_history(city: &SmallCity, people: &[Actor], number: u128, rng: &mut Rng) -> History {
    let minutes = |rng: &mut Rng, end| TimeDelta::minutes(i64::from(rng.below(end)));
    let mut now = monday() + minutes(rng, 60 * 24 * 60);
    let mut history = History { decisions: vec![open_random(city, number, rng, now)] };
    for _ in 0..rng.below(28) {
        now += minutes(rng, 3 * 24 * 60);
        if rng.once_in(3)
            && let Some(decision) = reconcile(history.case(), now, &city.rules, &city.reference_data)
        {
            history.decisions.push(decision);
        }
        let (from, to) = (history.case().incident().looked_after_by(), rng.pick(people));
        if rng.once_in(8)
            && let Some(decision) = hand_over(history.case(), from, &to, from, now)
        {
            history.decisions.push(decision);
        }
        let case = history.case();
        let allowed: Vec<(&Actor, CommandKind)> = people
            .iter()
            .flat_map(|actor| {
                actions(case, actor, now, &city.rules, &city.reference_data)
                    .into_iter()
                    .map(move |kind| (actor, kind))
            })
            .collect();
        let mut kinds: Vec<CommandKind> = allowed.iter().map(|(_, kind)| *kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        // Most closed incidents stay closed.
        if kinds.is_empty() || (case.incident().state == State::Closed && !rng.once_in(4)) {
            break;
        }
        // These commands are chosen less often, so that more incidents advance.
        let mut kind = rng.pick(&kinds);
        for _ in 0..3 {
            if matches!(
                kind,
                CommandKind::Decline
                    | CommandKind::Refer
                    | CommandKind::Merge
                    | CommandKind::Correct
                    | CommandKind::ForceClose
                    | CommandKind::Remind
                    | CommandKind::Supervise
                    | CommandKind::Void
                    | CommandKind::Involve
                    | CommandKind::AddPhotos
                    | CommandKind::Comment
                    | CommandKind::Escalate
                    | CommandKind::Return
            ) {
                kind = rng.pick(&kinds);
            }
        }
        // Commands towards the end are chosen more often, so that every metric has incidents to count.
        let forward: Vec<CommandKind> = kinds.iter().copied().filter(|kind| FORWARD.contains(kind)).collect();
        if !forward.is_empty() && rng.once_in(2) {
            kind = rng.pick(&forward);
        }
        let actors: Vec<&Actor> =
            allowed.iter().filter(|(_, known)| *known == kind).map(|(actor, _)| *actor).collect();
        let command = command(kind, case, city, people, now, rng);
        // The facts of the command may not fit. Then nothing changes.
        if let Ok(decision) =
            decide(case, &command, rng.pick(&actors), now, &city.rules, &city.reference_data)
        {
            history.decisions.push(decision);
        }
    }
    history
}

/// A command of this kind, varied by `rng`.
fn command(
    kind: CommandKind,
    case: &Case,
    city: &SmallCity,
    people: &[Actor],
    now: Instant,
    rng: &mut Rng,
) -> Command {
    let mut primary = case.clone();
    alter(&mut primary, |incident| incident.id = IncidentId(Uuid::from_u128(4_112)));
    let people: Vec<&Actor> = people.iter().collect();
    let context = ExampleContext {
        case,
        others: &[&primary],
        people: &people,
        rules: &city.rules,
        reference_data: &city.reference_data,
        now,
        unfit_percent: 0,
    };
    example(kind, &context, rng)
}

/// The first desk transfers the incident to a random desk of the same level, and the history ends there. Does nothing
/// if the desk may not transfer it.
pub fn transfer_at_first_desk(history: &mut History, rng: &mut Rng) {
    let (city, people) = (city(), people());
    let case = &history.decisions[0].case;
    let Some(actor) = people.iter().find(|actor| actor.desk().is_some() && actor.desk() == case.desk())
    else {
        return;
    };
    let now = case.incident().last_event_at();
    let command = command(CommandKind::Transfer, case, &city, &people, now, rng);
    if let Ok(decision) = decide(case, &command, actor, now, &city.rules, &city.reference_data) {
        history.decisions.truncate(1);
        history.decisions.push(decision);
    }
}

/// Stores the report and every later decision as the product does, and returns the key.
pub fn save(db: &mut Db, history: &History, description: &str) -> StoreResult<i64> {
    let (first, later) = history.decisions.split_first().unwrap();
    let key = insert_all(db, &[opening(first, description)])?[0].unwrap();
    let mut before = &first.case;
    for decision in later {
        incidents::update(db, key, before, &decision.case)?;
        events::append(db, key, &decision.events, &|| b"pepper".to_vec())?;
        before = &decision.case;
    }
    Ok(key)
}

/// A new incident as the product passes it to the intake.
pub fn opening(decision: &Decision, description: &str) -> Arc<NewIncident> {
    let content = content(description, Hash::of(&[description.as_bytes()]));
    let opening = NewIncident::new(decision.clone(), "secret".to_owned(), content, &|| b"salt".to_vec());
    Arc::new(opening.unwrap())
}

fn content(description: &str, hash: Hash) -> ReportContent {
    ReportContent {
        salt: b"salt".to_vec(),
        content_hash: hash,
        title: None,
        description: description.to_owned(),
        place_text: None,
        position: None,
        occurred_at: None,
        reported_at: None,
        sent_at: None,
        warnings: Vec::new(),
    }
}

/// Stores all incidents and returns their keys.
pub async fn save_all(store: &Store, all: &[History], description: &'static str) -> Vec<i64> {
    let all = all.to_vec();
    let keys: Result<Vec<i64>, StoreError> =
        store.write(move |db| all.iter().map(|history| save(db, history, description)).collect()).await;
    keys.unwrap()
}
