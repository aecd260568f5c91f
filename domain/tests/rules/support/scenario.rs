//! An incident that is changed by real commands.

use chrono::TimeDelta;
use grassroots_domain::{
    account::Actor,
    commands::Command,
    decide::decide,
    decision::Decision,
    events::Event,
    geography::place::Place,
    ids::IncidentId,
    incident::{State, case::Case, leg::Outcome, photo::Photo},
    open::{Report, open},
    reconcile::reconcile,
    refusal::Refusal,
    rules::category::{Category, Flag},
    testing::context::{ExampleContext, alter},
    time::Instant,
};
use uuid::Uuid;

use super::{
    city::{RealCity, at, category, city, place},
    commands::{accept, acknowledge, dispatch, escalate, photo, submit_with},
    people::Staff,
};

/// The context for example commands.
pub fn example_context<'a>(
    case: &'a Case,
    others: &'a [&'a Case],
    people: &'a [&'a Actor],
    now: Instant,
    unfit_percent: u32,
) -> ExampleContext<'a> {
    let RealCity { rules, reference_data } = city();
    ExampleContext { case, others, people, rules, reference_data, now, unfit_percent }
}

/// An incident, its history and the clock.
#[derive(Clone)]
pub struct Scenario {
    pub case: Case,
    pub events: Vec<Event>,
    pub now: Instant,
}

impl Scenario {
    /// A report of `code` from grid 411224107202001, on a Monday morning at nine.
    pub fn report(code: &str) -> Self {
        Self::of(category(code), place("411224107202001"))
    }

    /// The same with the severity `significant`. It escalates if nobody accepts it within twice the limit.
    pub fn severe(code: &str) -> Self {
        let severity = Some(grassroots_domain::rules::category::Severity::Significant);
        let (category, place) = (category(code), place("411224107202001"));
        Self::open(&Report { severity, ..Report::new(IncidentId(Uuid::from_u128(4112)), category, place) })
    }

    /// An open incident like `case` with another id. `case` can be merged into it.
    pub fn another(case: &Case) -> Case {
        let mut other = case.clone();
        alter(&mut other, |incident| {
            incident.id = IncidentId(Uuid::from_u128(4_113));
            incident.state = State::PendingAcceptance;
        });
        other
    }

    pub fn of(category: &Category, place: Place) -> Self {
        let report = Report::new(IncidentId(Uuid::from_u128(4112)), category, place);
        Self::open(&report)
    }

    pub fn open(report: &Report<'_>) -> Self {
        Self::open_at(report, at("2026-11-23 09:00"))
    }

    /// A report by the grid worker of Jiangqu at `now`.
    pub fn open_at(report: &Report<'_>, now: Instant) -> Self {
        let Decision { case, events, .. } =
            open(report, &Staff::new().reporter, now, &city().rules, &city().reference_data).unwrap();
        Self { case, events: events.into_iter().map(|decided| decided.event).collect(), now }
    }

    pub fn try_to(&mut self, actor: &Actor, command: &Command) -> Result<(), Refusal> {
        let decision = decide(&self.case, command, actor, self.now, &city().rules, &city().reference_data)?;
        self.case = decision.case;
        self.events.extend(decision.events.into_iter().map(|decided| decided.event));
        Ok(())
    }

    /// `actor` gives `command`, which must be allowed.
    pub fn run_ok(mut self, actor: &Actor, command: &Command) -> Self {
        self.try_to(actor, command)
            .unwrap_or_else(|refusal| panic!("{} {}: {refusal:?}", actor.role, command.kind()));
        self
    }

    pub fn wait(mut self, time: TimeDelta) -> Self {
        self.now += time;
        self
    }

    /// Runs the reconciler until it has nothing to do.
    pub fn reconciled(mut self) -> Self {
        while let Some(decision) = reconcile(&self.case, self.now, &city().rules, &city().reference_data) {
            self.case = decision.case;
            self.events.extend(decision.events.into_iter().map(|decided| decided.event));
        }
        self
    }

    /// Sets the clock to this wall-clock time in China.
    pub fn until(self, time: &str) -> Self {
        Self { now: at(time), ..self }
    }

    /// The desk that holds the incident accepts it.
    pub fn accepted(self) -> Self {
        let staff = Staff::new();
        let unit = self.case.open_custody().unwrap().desk.unit;
        self.run_ok(staff.at_desk_of(unit), &accept())
    }

    /// The desk that holds the incident accepts it and dispatches it to `to`.
    pub fn dispatched(self, to: &str) -> Self {
        let staff = Staff::new();
        let unit = self.case.open_custody().unwrap().desk.unit;
        self.accepted().run_ok(staff.at_desk_of(unit), &dispatch(to))
    }

    /// The desk that holds the incident escalates it.
    pub fn escalated(self) -> Self {
        let staff = Staff::new();
        let desk = self.case.open_custody().unwrap().desk;
        self.run_ok(staff.at_desk_of(desk.unit), &escalate())
    }

    /// `worker` acknowledges if necessary, and submits `outcome`.
    pub fn handled(mut self, worker: &Actor, outcome: Outcome) -> Self {
        if self.case.open_lead().is_some_and(|leg| leg.acknowledged_at.is_none()) {
            self = self.run_ok(worker, &acknowledge());
        }
        let category = city().rules.category(self.case.incident().category);
        let wants_photo = category.is_some_and(|category| category.has(Flag::PhotoRequired));
        let photos: &[Photo] = if wants_photo { &[photo(1)] } else { &[] };
        self.run_ok(worker, &submit_with(outcome, photos))
    }
}
