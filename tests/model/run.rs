//! A run: people send commands, time passes, and every answer is compared with the model.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use grassroots::{
    app::reconciler::{Done, run_once},
    http::problem::Problem,
    problem_code::ProblemCode,
};
use grassroots_domain::{
    account::Actor,
    command_kind::CommandKind,
    ids::IncidentId,
    incident::case::Case,
    reading::visibility::{Visibility, visible},
    refusal::Refusal,
    rules::category::{CategoryCode, Severity},
    testing::{
        context::{ExampleContext, words},
        example::example,
        rng::Rng,
    },
};
use reqwest::{
    Method,
    header::{ACCEPT_LANGUAGE, IF_MATCH},
};
use serde_json::json;

use super::{
    people::{Person, gather},
    weights::weight,
    world::{ExpectedAnswer, Model, SentCommand, SentReport},
};
use crate::support::{
    ApiAnswer, TestApp,
    bodies::{body, path},
    report,
};

/// The categories of reports.
const CATEGORIES: [&str; 11] =
    ["1001", "1001", "1002", "1010", "2003", "2008", "4007", "5002", "5002", "6007", "8003"];

/// The incident, the person and the command of an attempt.
type Attempt = (usize, usize, CommandKind);

/// The server, the model, and the people who send commands to both.
pub struct ModelRun {
    pub(super) app: TestApp,
    pub(super) people: Vec<Person>,
    pub(super) model: Model,
    pub(super) rng: Rng,
    /// The seed, the step and the attempt, for messages of failed assertions.
    pub(super) at: String,
    /// The first incident of this script. Earlier incidents belong to earlier scripts.
    pub(super) first: usize,
    /// The commands sent in this script, with their senders.
    sent: Vec<(usize, SentCommand)>,
    /// The reports sent in this script, with their senders.
    reported: Vec<(usize, SentReport)>,
    /// How often a changed incident was read by somebody with a full view, and how often there was nobody.
    pub read: u32,
    pub unread: u32,
    /// How often each command was carried out.
    pub carried_out: BTreeMap<CommandKind, u32>,
    /// How often each problem was answered.
    pub problems: BTreeMap<&'static str, u32>,
}

impl ModelRun {
    pub async fn new(app: &TestApp) -> Self {
        let people = gather(app).await;
        let actors = people.iter().map(|person| person.actor.clone()).collect();
        let model = Model::new(app.inside().await.snapshots.current(), actors);
        Self {
            app: app.clone(),
            people,
            model,
            rng: Rng::new(0),
            at: String::new(),
            first: 0,
            sent: Vec::new(),
            reported: Vec::new(),
            read: 0,
            unread: 0,
            carried_out: BTreeMap::new(),
            problems: BTreeMap::new(),
        }
    }

    /// Sends reports until the server stores one, and then runs `steps` steps.
    pub async fn script(&mut self, seed: u64, steps: u32) {
        self.rng = Rng::new(seed);
        self.first = self.model.files.len();
        self.sent.clear();
        self.reported.clear();
        while self.model.files.len() == self.first {
            self.at = format!("seed {seed}, beginning");
            self.report().await;
        }
        for step in 1..=steps {
            self.at = format!("seed {seed}, step {step}");
            self.advance_clock();
            let touched = self.step().await;
            for file in touched {
                self.assert_stored(file).await;
                self.assert_full_view(file).await;
            }
            if self.rng.percent(40) {
                self.assert_view_of_random_person().await;
            }
        }
        self.at = format!("seed {seed}, end");
        for file in self.first..self.model.files.len() {
            self.assert_stored(file).await;
            self.assert_timeline_of_auditor(file).await;
        }
    }

    /// The commands that have never succeeded.
    pub fn never_carried_out(&self) -> Vec<CommandKind> {
        CommandKind::ALL.iter().copied().filter(|kind| !self.carried_out.contains_key(kind)).collect()
    }

    /// Advances the clock by a random time, usually a short one.
    fn advance_clock(&mut self) {
        let most = match self.rng.below(100) {
            0..40 => 0,
            40..75 => 20,
            75..90 => 120,
            90..96 => 600,
            96..99 => 3_000,
            _ => 15_000,
        };
        let time = TimeDelta::minutes(i64::from(self.rng.below(most + 1)));
        let odd = TimeDelta::milliseconds(i64::from(self.rng.below(1_000)));
        self.app.pass(time + odd);
    }

    /// Runs one random step. Returns the incidents that it changed.
    async fn step(&mut self) -> Vec<usize> {
        let files = self.first..self.model.files.len();
        let none_open = !files.clone().any(|file| self.model.files[file].case.incident().state.is_open());
        match self.rng.below(100) {
            0..10 => {
                self.reconcile().await;
                files.collect()
            }
            10..22 if none_open || files.len() < 3 => self.report().await,
            25..29 => self.report_again().await,
            29..34 if !self.sent.is_empty() => self.send_again().await,
            _ => {
                let (who, sent) = self.attempt();
                self.send(who, sent).await
            }
        }
    }

    /// Runs the reconciler on the server and in the model, and compares the number of changed incidents.
    async fn reconcile(&mut self) {
        let now = self.app.now();
        let done = run_once(&*self.app.inside().await, now).await.expect("the database answers");
        let changed = self.model.reconcile(now);
        assert_eq!(done, Done { changed, failed: 0 }, "{}: what happens by itself", self.at);
    }

    /// A random person sends a report. Usually the person may report.
    async fn report(&mut self) -> Vec<usize> {
        let who = if self.rng.percent(70) { self.grid_worker() } else { self.anybody() };
        // Two incidents of the same category can be merged.
        let before = self.model.files[self.first..].last().map(|file| file.case.incident().category);
        let sent = SentReport {
            id: IncidentId(self.rng.uuid()),
            category: before.filter(|_| self.rng.percent(80)).unwrap_or_else(|| category(&mut self.rng)),
            severity: self.rng.percent(30).then(|| self.rng.pick(Severity::ALL)),
            on_spot: self.rng.percent(12).then(|| words(&mut self.rng)),
        };
        let answer = self.send_report(who, &sent).await;
        let actor = self.people[who].actor.clone();
        match self.model.report(&actor, &sent, self.app.now()) {
            Err(refusal) => {
                let refused = self.model.refused(refusal, None);
                self.assert_problem(&answer, &refused.into(), false);
                Vec::new()
            }
            Ok(decision) => {
                assert_eq!(answer.status, 201, "{}: {}", self.at, answer.raw);
                self.assert_view(&answer, &decision.case, visible(&actor, &decision.case));
                self.model.add(decision);
                self.reported.push((who, sent));
                vec![self.model.files.len() - 1]
            }
        }
    }

    /// Sends a report again. The answer must show the incident as it is now.
    async fn report_again(&mut self) -> Vec<usize> {
        let (who, sent) = self.rng.pick(&self.reported);
        let answer = self.send_report(who, &sent).await;
        assert_eq!(answer.status, 200, "{}: {}", self.at, answer.raw);
        let file = self.model.find(sent.id).expect("it was taken");
        let case = self.model.files[file].case.clone();
        let seen = match visible(&self.people[who].actor, &case) {
            Visibility::None => Visibility::Summary,
            seen @ (Visibility::Summary | Visibility::Own | Visibility::Former { .. } | Visibility::Full) => {
                seen
            }
        };
        self.assert_view(&answer, &case, seen);
        Vec::new()
    }

    async fn send_report(&mut self, who: usize, sent: &SentReport) -> ApiAnswer {
        self.at += &format!(": {} reports {} as {}", self.people[who].username, sent.category, sent.id);
        let more = json!({
            "id": sent.id,
            "severity": sent.severity,
            "on_spot": sent.on_spot.as_ref().map(|result| json!({ "result": result })),
        });
        let client = self.people[who].client(&self.app).await;
        client.post("/v1/incidents", &report(&sent.category.to_string(), more)).await
    }

    /// Chooses a person and a command, usually an allowed one.
    fn attempt(&mut self) -> (usize, SentCommand) {
        let (file, who, kind) = match self.rng.below(100) {
            0..70 => self.allowed(),
            70..88 => self.refused(),
            _ => None,
        }
        .unwrap_or_else(|| (self.any_file(), self.anybody(), self.rng.pick(CommandKind::ALL)));
        let files = &self.model.files[self.first..];
        let all: Vec<&Case> = files.iter().map(|file| &file.case).collect();
        let people: Vec<&Actor> = self.people.iter().map(|person| &person.actor).collect();
        let case = &self.model.files[file].case;
        let now = self.app.now();
        let (rules, reference_data) = (self.model.rules(), self.model.reference_data());
        let others = &all;
        let context =
            ExampleContext { case, others, people: &people, rules, reference_data, now, unfit_percent: 10 };
        let command = example(kind, &context, &mut self.rng);
        let (incident, version) = (case.incident().id, case.incident().version);
        let mut sent = SentCommand { incident, command, version: Some(version), key: Some(self.rng.uuid()) };
        self.add_mistake(who, &mut sent);
        (who, sent)
    }

    /// A random person.
    pub(super) fn anybody(&mut self) -> usize {
        self.rng.index(self.people.len())
    }

    /// One of the two grid workers of the demo village.
    fn grid_worker(&mut self) -> usize {
        let name = self.rng.pick(&["worker", "walker"]);
        self.people.iter().position(|person| person.username == name).expect("both work in the village")
    }

    /// A random incident of this script.
    pub(super) fn any_file(&mut self) -> usize {
        self.first + self.rng.index(self.model.files.len() - self.first)
    }

    /// A random allowed attempt. Prefers commands that were rarely carried out.
    fn allowed(&mut self) -> Option<Attempt> {
        let able = self.attempts().into_iter().filter(|(_, refusal)| refusal.is_none());
        let mut able: Vec<Attempt> = able.map(|(attempt, _)| attempt).collect();
        let mut weighted = Vec::new();
        for kind in CommandKind::ALL.iter().filter(|kind| able.iter().any(|(_, _, known)| known == *kind)) {
            let before = self.carried_out.get(kind).copied().unwrap_or(0);
            weighted.extend((0..weight(*kind, before)).map(|_| *kind));
        }
        let kind = (!weighted.is_empty()).then(|| self.rng.pick(&weighted))?;
        able.retain(|(_, _, able)| *able == kind);
        Some(self.rng.pick(&able))
    }

    /// A random refused attempt. Chooses the problem that was answered least often, but never `not_yours`.
    fn refused(&mut self) -> Option<Attempt> {
        let mut refused: BTreeMap<&'static str, Vec<Attempt>> = BTreeMap::new();
        for (attempt, refusal) in self.attempts() {
            let code = refusal.map(|refusal| Problem::from(self.model.refused(refusal, None)).code);
            if let Some(code) = code.filter(|code| *code != ProblemCode::NotYours) {
                refused.entry(code.as_str()).or_default().push(attempt);
            }
        }
        let problems = |code: &&&str| self.problems.get(**code).copied().unwrap_or(0);
        let seldom = *refused.keys().min_by_key(problems)?;
        Some(self.rng.pick(&refused[seldom]))
    }

    /// All attempts on the incidents of this script, with the refusal for the kind of command, if there is one.
    fn attempts(&self) -> Vec<(Attempt, Option<Refusal>)> {
        let now = self.app.now();
        let mut attempts = Vec::new();
        for file in self.first..self.model.files.len() {
            for (who, person) in self.people.iter().enumerate() {
                for kind in CommandKind::ALL {
                    let refusal = self.model.permitted(file, *kind, &person.actor, now).err();
                    attempts.push(((file, who, *kind), refusal));
                }
            }
        }
        attempts
    }

    /// Sometimes adds a mistake: a wrong or missing version, a missing or reused key, or an unknown incident.
    fn add_mistake(&mut self, who: usize, sent: &mut SentCommand) {
        match self.rng.below(100) {
            0..4 => sent.version = sent.version.map(|version| version - 1),
            4 => sent.version = sent.version.map(|version| version + 1),
            5..8 => sent.version = None,
            8..10 => sent.key = None,
            10..13 => {
                let mine = self.sent.iter().filter(|(sender, _)| *sender == who);
                let keys: Vec<_> = mine.map(|(_, earlier)| earlier.key).collect();
                if !keys.is_empty() {
                    sent.key = self.rng.pick(&keys);
                }
            }
            13 => sent.incident = IncidentId(self.rng.uuid()),
            _ => {}
        }
    }

    /// Sends a command again with the same key and perhaps another version.
    async fn send_again(&mut self) -> Vec<usize> {
        let (who, mut sent) = self.rng.pick(&self.sent);
        match self.rng.below(4) {
            0 => sent.version = None,
            1 => sent.version = Some(self.rng.below(9)),
            _ => {}
        }
        self.send(who, sent).await
    }

    /// Sends a command and compares the answer. Returns the incidents that it changed.
    async fn send(&mut self, who: usize, sent: SentCommand) -> Vec<usize> {
        let Person { username, actor, .. } = &self.people[who];
        self.at +=
            &format!(": {username} gives {:?} to {} at {:?}", sent.command, sent.incident, sent.version);
        let actor = actor.clone();
        let expected = self.model.command(&actor, &sent, self.app.now());
        let english = self.rng.percent(50);
        let answer = self.send_command(who, &sent, english).await;
        self.sent.push((who, sent.clone()));
        match expected {
            Err(error) => {
                let problem = Problem::from(error);
                self.assert_problem(&answer, &problem, english);
                self.assert_actions(who, sent.incident).await;
                Vec::new()
            }
            Ok(ExpectedAnswer::Again(body)) => {
                assert_eq!((answer.status, &answer.raw), (200, &body), "{}: again", self.at);
                Vec::new()
            }
            Ok(ExpectedAnswer::Done { file, decision, beside }) => {
                self.assert_receipt(&answer, &decision, &actor);
                *self.carried_out.entry(sent.command.kind()).or_default() += 1;
                self.model.apply(file, *decision);
                self.model.remember_answer(&actor, &sent, answer.raw);
                let mut touched = vec![file];
                if let Some((other, decision)) = beside {
                    self.model.apply(other, *decision);
                    touched.push(other);
                }
                touched
            }
        }
    }

    async fn send_command(&mut self, who: usize, sent: &SentCommand, english: bool) -> ApiAnswer {
        let client = self.people[who].client(&self.app).await;
        let mut request = client
            .request(Method::POST, &path(sent.incident, sent.command.kind()))
            .json(&body(&sent.command));
        if let Some(version) = sent.version {
            request = request.header(IF_MATCH, format!("\"{version}\""));
        }
        if let Some(key) = sent.key {
            request = request.header("Idempotency-Key", key.to_string());
        }
        if english {
            request = request.header(ACCEPT_LANGUAGE, "en");
        }
        client.send(request).await
    }
}

fn category(rng: &mut Rng) -> CategoryCode {
    rng.pick(&CATEGORIES).parse().expect("a category")
}
