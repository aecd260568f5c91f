//! Comparisons with the model: answers, views of each reader, and stored data.

use grassroots::http::problem::Problem;
use grassroots_domain::{
    account::Actor,
    decision::Decision,
    events::Event,
    geography::unit::Level,
    ids::IncidentId,
    incident::{
        State,
        case::Case,
        leg::{CustodyOutcome, HandlingOutcome, Outcome},
    },
    reading::visibility::{Visibility, visible},
    time::{Instant, china},
};
use grassroots_persistence::{
    database::error::StoreResult,
    incident::{events, incidents},
};
use serde_json::{Value, json};

use super::run::ModelRun;
use crate::support::ApiAnswer;

/// The values at these JSON pointers; `null` if there is none.
fn values_at(body: &Value, pointers: &[&str]) -> Value {
    pointers.iter().map(|pointer| body.pointer(pointer).cloned().unwrap_or(Value::Null)).collect()
}

/// A time as the API shows it.
fn time(at: Option<Instant>) -> Value {
    json!(at.map(|at| at.with_timezone(&china())))
}

impl ModelRun {
    /// Asserts that the answer is this problem, with its detail in the requested language.
    pub(super) fn assert_problem(&mut self, answer: &ApiAnswer, problem: &Problem, english: bool) {
        let code = problem.code;
        let pointers = ["/status", "/code", "/retry"];
        let expected = json!([code.status(), code.as_str(), code.retry().as_str()]);
        assert_eq!(values_at(&answer.body, &pointers), expected, "{}: {}", self.at, answer.raw);
        assert_eq!(answer.status, code.status(), "{}", self.at);
        let words = &problem.detail;
        assert!(!words.zh.is_empty() && !words.en.is_empty() && words.zh != words.en, "{}", self.at);
        let detail = if english { &words.en } else { &words.zh };
        assert_eq!(answer.body["detail"], json!(detail), "{}", self.at);
        for (name, value) in &problem.extra {
            assert_eq!(answer.body[name], *value, "{}: {name}", self.at);
        }
        *self.problems.entry(code.as_str()).or_default() += 1;
    }

    /// Asserts that the answer shows the incident after the decision, as far as the sender still sees it.
    pub(super) fn assert_receipt(&self, answer: &ApiAnswer, decision: &Decision, actor: &Actor) {
        assert_eq!(answer.status, 200, "{}: {}", self.at, answer.raw);
        let case = &decision.case;
        let present = matches!(visible(actor, case), Visibility::Full | Visibility::Own);
        let pointers =
            ["/id", "/version", "/state", "/level", "/holder/organisation", "/due/at", "/warnings"];
        let expected = json!([
            case.incident().id,
            case.incident().version,
            case.incident().state,
            case.level().filter(|_| present).map(Level::as_str),
            case.holder().filter(|_| present),
            time(case.due().filter(|_| present).map(|due| due.at)),
            decision.warnings,
        ]);
        assert_eq!(values_at(&answer.body, &pointers), expected, "{}", self.at);
    }

    /// Asserts that the answer shows the incident with this visibility.
    pub(super) fn assert_view(&self, answer: &ApiAnswer, case: &Case, seen: Visibility) {
        let incident = case.incident();
        let (name, present, inside) = match seen {
            Visibility::None => ("none", false, false),
            Visibility::Summary => ("summary", true, false),
            Visibility::Own => ("own", true, true),
            Visibility::Former { .. } => ("former", false, false),
            Visibility::Full => ("full", true, true),
        };
        let pointers = [
            "/id",
            "/visibility",
            "/version",
            "/state",
            "/category/code",
            "/severity",
            "/level",
            "/holder/organisation",
            "/held_since",
            "/deadlines/next/at",
            "/deadlines/next/rule",
            "/deadlines/total/at",
            "/ended_at",
            "/outcome",
            "/resolved_level",
        ];
        let due = case.due().filter(|_| present);
        let has_total = incident.state.is_open() || incident.state == State::Closed;
        let expected = json!([
            incident.id,
            name,
            incident.version,
            incident.state,
            incident.category.to_string(),
            incident.severity,
            case.level().filter(|_| present).map(Level::as_str),
            case.holder().filter(|_| inside),
            time(case.held_since().filter(|_| inside)),
            time(due.map(|due| due.at)),
            due.map(|due| due.rule),
            time(Some(incident.total.at).filter(|_| present && has_total)),
            time(incident.ended_at),
            incident.outcome,
            incident.resolved_level.map(Level::as_str),
        ]);
        assert_eq!(values_at(&answer.body, &pointers), expected, "{}: {}", self.at, answer.raw);
    }

    /// Asserts that a random person with a full view reads the incident of the model.
    pub(super) async fn assert_full_view(&mut self, file: usize) {
        let case = self.model.files[file].case.clone();
        let full = |person: usize| visible(&self.people[person].actor, &case) == Visibility::Full;
        let readers: Vec<usize> = (0..self.people.len()).filter(|person| full(*person)).collect();
        if readers.is_empty() {
            // Nobody in the test works at the desk that has the incident.
            self.unread += 1;
            return;
        }
        self.read += 1;
        let reader = self.rng.pick(&readers);
        let id = case.incident().id;
        let client = self.people[reader].client(&self.app).await;
        self.assert_view(&client.get(&format!("/v1/incidents/{id}")).await, &case, Visibility::Full);
        if self.rng.percent(50) {
            let legs = client.get(&format!("/v1/incidents/{id}/legs")).await;
            assert_eq!(legs_shown(&legs), legs_of(&case), "{}: {}", self.at, legs.raw);
        }
    }

    /// Asserts what a random person sees of a random incident, and which commands are offered.
    pub(super) async fn assert_view_of_random_person(&mut self) {
        let (file, who) = (self.any_file(), self.anybody());
        let case = self.model.files[file].case.clone();
        let (id, seen) = (case.incident().id, visible(&self.people[who].actor, &case));
        let client = self.people[who].client(&self.app).await;
        let answer = client.get(&format!("/v1/incidents/{id}")).await;
        let reader = self.people[who].username;
        match seen {
            Visibility::None => assert_eq!(answer.status, 404, "{}: {reader} reads {}", self.at, answer.raw),
            Visibility::Summary | Visibility::Own | Visibility::Former { .. } | Visibility::Full => {
                self.assert_view(&answer, &case, seen);
            }
        }
        self.assert_actions(who, id).await;
    }

    /// Asserts that `GET …/actions` lists the commands that the model allows.
    pub(super) async fn assert_actions(&mut self, who: usize, id: IncidentId) {
        let client = self.people[who].client(&self.app).await;
        let answer = client.get(&format!("/v1/incidents/{id}/actions")).await;
        let actor = &self.people[who].actor;
        let seen = |file: &usize| visible(actor, &self.model.files[*file].case) != Visibility::None;
        let Some(file) = self.model.find(id).filter(seen) else {
            assert_eq!(answer.status, 404, "{}: {}", self.at, answer.raw);
            return;
        };
        let incident = &self.model.files[file].case.incident();
        let allowed = self.model.actions(file, actor, self.app.now());
        let expected = json!([incident.version, incident.state]);
        assert_eq!(values_at(&answer.body, &["/version", "/state"]), expected, "{}: {}", self.at, answer.raw);
        assert_eq!(json!(answer.texts("/actions", "/command")), json!(allowed), "{}", self.at);
    }

    /// Asserts that the stored incident and its replayed history equal the incident of the model.
    pub(super) async fn assert_stored(&self, file: usize) {
        let id = self.model.files[file].case.incident().id;
        let inside = self.app.inside().await;
        let read = inside.store.read(move |db| -> StoreResult<_> {
            let stored = incidents::find(db, id)?.expect("it is stored");
            let (history, remarks) = (events::history(db, stored.key)?, events::remarks(db, stored.key)?);
            Ok((stored.case, history, remarks))
        });
        let (case, history, remarks) = read.await.expect("the database answers");
        let expected = &self.model.files[file];
        assert_eq!(case, expected.case, "{}: the incident that is stored", self.at);
        assert!(history.iter().all(events::StoredEvent::is_genuine), "{}: {id}", self.at);
        let stored_events: Vec<Event> = history.into_iter().map(|stored| stored.event).collect();
        let decided: Vec<Event> = expected.history.iter().map(|decided| decided.event.clone()).collect();
        assert_eq!(stored_events, decided, "{}: the history that is stored", self.at);
        assert_eq!(Case::replay(&stored_events), Some(case), "{}: what the history leads to", self.at);
        let stored_remarks =
            remarks.iter().map(|remark| (remark.label.as_str(), remark.audience, remark.text.as_str()));
        let expected_remarks = expected.history.iter().flat_map(|decided| {
            let mut remarks: Vec<_> = decided.remarks.iter().collect();
            remarks.sort_by_key(|remark| remark.label.as_str());
            remarks.into_iter().map(|remark| (remark.label.as_str(), remark.audience, remark.text.as_str()))
        });
        let (stored_remarks, expected_remarks): (Vec<_>, Vec<_>) =
            (stored_remarks.collect(), expected_remarks.collect());
        assert_eq!(stored_remarks, expected_remarks, "{}: the words that are stored", self.at);
    }

    pub async fn assert_all_stored(&self) {
        for file in 0..self.model.files.len() {
            self.assert_stored(file).await;
        }
    }

    /// Asserts that the auditor reads the whole timeline.
    pub(super) async fn assert_timeline_of_auditor(&mut self, file: usize) {
        let id = self.model.files[file].case.incident().id;
        let auditor = self.people.iter_mut().find(|person| person.username == "auditor");
        let client = auditor.expect("the demo has one").client(&self.app).await;
        let timeline = client.get(&format!("/v1/incidents/{id}/timeline")).await;
        let history = &self.model.files[file].history;
        let happened: Vec<&str> =
            history.iter().map(|decided| decided.event.body.event_type().as_str()).collect();
        assert_eq!(timeline.happened(), happened, "{}: {id}", self.at);
    }
}

/// The custody legs with their handling legs.
fn legs_of(case: &Case) -> Value {
    let worked = |custody: u32| -> Vec<Value> {
        let legs = case.handling().iter().filter(|leg| leg.custody == custody);
        legs.map(|leg| {
            let (how, result) = (leg.outcome.map(HandlingOutcome::as_str), leg.result.map(Outcome::as_str));
            json!([leg.organisation, leg.role, how, result, time(leg.ended_at)])
        })
        .collect()
    };
    case.custody()
        .iter()
        .map(|leg| {
            let how = leg.outcome.map(CustodyOutcome::as_str);
            json!([leg.desk, how, time(leg.accepted_at), time(leg.ended_at), worked(leg.number)])
        })
        .collect()
}

/// The same legs, read from an answer.
fn legs_shown(answer: &ApiAnswer) -> Value {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let leg = |leg: &Value| {
        let work = |leg: &Value| {
            values_at(leg, &["/organisation/organisation", "/role", "/outcome", "/result", "/ended_at"])
        };
        let worked: Vec<Value> = list(&leg["handling"]).iter().map(work).collect();
        let custody = ["/desk/organisation", "/outcome", "/accepted_at", "/ended_at"];
        let mut values = list(&values_at(leg, &custody));
        values.push(json!(worked));
        json!(values)
    };
    list(&answer.body["custody"]).iter().map(leg).collect()
}
