//! What is compared: answers, what is read by whom, and what is stored.

use grassroots::http::problem::Problem;
use grassroots_domain::{
    account::Actor,
    decision::Decision,
    events::Event,
    geography::unit::Level,
    ids::IncidentId,
    incident::{
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

/// What is at these pointers; `null` where there is nothing.
fn shown(body: &Value, pointers: &[&str]) -> Value {
    pointers.iter().map(|pointer| body.pointer(pointer).cloned().unwrap_or(Value::Null)).collect()
}

/// A time as it is shown.
fn time(at: Option<Instant>) -> Value {
    json!(at.map(|at| at.with_timezone(&china())))
}

impl ModelRun {
    /// The answer is the problem, in the language that was asked for, and says so in both.
    pub(super) fn is_problem(&mut self, answer: &ApiAnswer, problem: &Problem, english: bool) {
        let code = problem.code;
        let pointers = ["/status", "/code", "/retry"];
        let expected = json!([code.status(), code.as_str(), code.retry().as_str()]);
        assert_eq!(shown(&answer.body, &pointers), expected, "{}: {}", self.at, answer.raw);
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

    /// The answer says where the incident stands after what was decided, as far as its sender still sees that.
    pub(super) fn is_receipt(&self, answer: &ApiAnswer, decision: &Decision, actor: &Actor) {
        assert_eq!(answer.status, 200, "{}: {}", self.at, answer.raw);
        let case = &decision.case;
        let present = matches!(visible(actor, case), Visibility::Full | Visibility::Own);
        let pointers =
            ["/id", "/version", "/state", "/level", "/holder/organisation", "/due/at", "/warnings"];
        let expected = json!([
            case.incident.id,
            case.incident.version,
            case.incident.state,
            case.level().filter(|_| present).map(Level::as_str),
            case.holder().filter(|_| present),
            time(case.due().filter(|_| present).map(|due| due.at)),
            decision.warnings,
        ]);
        assert_eq!(shown(&answer.body, &pointers), expected, "{}", self.at);
    }

    /// The answer shows the incident to somebody who sees so much of it.
    pub(super) fn is_view(&self, answer: &ApiAnswer, case: &Case, seen: Visibility) {
        let incident = &case.incident;
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
        let is_open = incident.state.is_open();
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
            time(Some(incident.total.at).filter(|_| present && is_open)),
            time(incident.ended_at),
            incident.outcome,
            incident.resolved_level.map(Level::as_str),
        ]);
        assert_eq!(shown(&answer.body, &pointers), expected, "{}: {}", self.at, answer.raw);
    }

    /// Somebody who sees all of it reads what the model has.
    pub(super) async fn is_read_in_full(&mut self, file: usize) {
        let case = self.model.files[file].case.clone();
        let full = |person: usize| visible(&self.people[person].actor, &case) == Visibility::Full;
        let readers: Vec<usize> = (0..self.people.len()).filter(|person| full(*person)).collect();
        if readers.is_empty() {
            // It went to a desk where nobody sits whom the test knows.
            return;
        }
        let reader = self.rng.pick(&readers);
        let id = case.incident.id;
        let client = self.people[reader].client(&self.app).await;
        self.is_view(&client.get(&format!("/v1/incidents/{id}")).await, &case, Visibility::Full);
        if self.rng.percent(50) {
            let legs = client.get(&format!("/v1/incidents/{id}/legs")).await;
            assert_eq!(legs_shown(&legs), legs_of(&case), "{}: {}", self.at, legs.raw);
        }
    }

    /// Anybody at all sees what the model says they see, and is offered what they may do.
    pub(super) async fn is_seen_by_anybody(&mut self) {
        let (file, who) = (self.any_file(), self.anybody());
        let case = self.model.files[file].case.clone();
        let (id, seen) = (case.incident.id, visible(&self.people[who].actor, &case));
        let client = self.people[who].client(&self.app).await;
        let answer = client.get(&format!("/v1/incidents/{id}")).await;
        let reader = self.people[who].username;
        match seen {
            Visibility::None => assert_eq!(answer.status, 404, "{}: {reader} reads {}", self.at, answer.raw),
            Visibility::Summary | Visibility::Own | Visibility::Former { .. } | Visibility::Full => {
                self.is_view(&answer, &case, seen);
            }
        }
        self.is_offered_what_is_allowed(who, id).await;
    }

    /// `GET …/actions` lists what the model allows.
    pub(super) async fn is_offered_what_is_allowed(&mut self, who: usize, id: IncidentId) {
        let client = self.people[who].client(&self.app).await;
        let answer = client.get(&format!("/v1/incidents/{id}/actions")).await;
        let actor = &self.people[who].actor;
        let seen = |file: &usize| visible(actor, &self.model.files[*file].case) != Visibility::None;
        let Some(file) = self.model.find(id).filter(seen) else {
            assert_eq!(answer.status, 404, "{}: {}", self.at, answer.raw);
            return;
        };
        let incident = &self.model.files[file].case.incident;
        let allowed = self.model.actions(file, actor, self.app.now());
        let expected = json!([incident.version, incident.state]);
        assert_eq!(shown(&answer.body, &["/version", "/state"]), expected, "{}: {}", self.at, answer.raw);
        assert_eq!(json!(answer.texts("/actions", "/command")), json!(allowed), "{}", self.at);
    }

    /// What is stored is what the model has, and so is what the stored history leads to.
    pub(super) async fn is_stored(&self, file: usize) {
        let id = self.model.files[file].case.incident.id;
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
        let happened: Vec<Event> = history.into_iter().map(|stored| stored.event).collect();
        let decided: Vec<Event> = expected.history.iter().map(|decided| decided.event.clone()).collect();
        assert_eq!(happened, decided, "{}: the history that is stored", self.at);
        assert_eq!(Case::replay(&happened), Some(case), "{}: what the history leads to", self.at);
        let said =
            remarks.iter().map(|remark| (remark.label.as_str(), remark.audience, remark.text.as_str()));
        let meant = expected.history.iter().flat_map(|decided| {
            let mut remarks: Vec<_> = decided.remarks.iter().collect();
            remarks.sort_by_key(|remark| remark.label.as_str());
            remarks.into_iter().map(|remark| (remark.label.as_str(), remark.audience, remark.text.as_str()))
        });
        let (said, meant): (Vec<_>, Vec<_>) = (said.collect(), meant.collect());
        assert_eq!(said, meant, "{}: the words that are stored", self.at);
    }

    pub async fn all_is_stored(&self) {
        for file in 0..self.model.files.len() {
            self.is_stored(file).await;
        }
    }

    /// The auditor reads all that was done, whoever sees what of it.
    pub(super) async fn is_told_to_the_auditor(&mut self, file: usize) {
        let id = self.model.files[file].case.incident.id;
        let auditor = self.people.iter_mut().find(|person| person.username == "auditor");
        let client = auditor.expect("the demo has one").client(&self.app).await;
        let timeline = client.get(&format!("/v1/incidents/{id}/timeline")).await;
        let history = &self.model.files[file].history;
        let happened: Vec<&str> =
            history.iter().map(|decided| decided.event.body.event_type().as_str()).collect();
        assert_eq!(timeline.happened(), happened, "{}: {id}", self.at);
    }
}

/// Who had it and who worked on it, and what came of that.
fn legs_of(case: &Case) -> Value {
    let worked = |custody: u32| -> Vec<Value> {
        let legs = case.handling.iter().filter(|leg| leg.custody == custody);
        legs.map(|leg| {
            let (how, result) = (leg.outcome.map(HandlingOutcome::as_str), leg.result.map(Outcome::as_str));
            json!([leg.organisation, leg.role, how, result, time(leg.ended_at)])
        })
        .collect()
    };
    case.custody
        .iter()
        .map(|leg| {
            let how = leg.outcome.map(CustodyOutcome::as_str);
            json!([leg.desk, how, time(leg.accepted_at), time(leg.ended_at), worked(leg.number)])
        })
        .collect()
}

/// The same from an answer.
fn legs_shown(answer: &ApiAnswer) -> Value {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let leg = |leg: &Value| {
        let work = |leg: &Value| {
            shown(leg, &["/organisation/organisation", "/role", "/outcome", "/result", "/ended_at"])
        };
        let worked: Vec<Value> = list(&leg["handling"]).iter().map(work).collect();
        let custody = ["/desk/organisation", "/outcome", "/accepted_at", "/ended_at"];
        let mut shown = list(&shown(leg, &custody));
        shown.push(json!(worked));
        json!(shown)
    };
    list(&answer.body["custody"]).iter().map(leg).collect()
}
