//! Reopen: a closed incident is not settled after all. The desk that closed it gets it back, and the credit is gone.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::{By, Effect, Happening, Rule, Scene};
use crate::{
    case::{Arrival, Case, Stamp},
    clock::Deadline,
    incident::State,
    leg::CustodyOutcome,
    refusal::Refusal,
    text::Text,
};

/// A closed incident is not settled after all.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reopen {
    /// Why.
    pub reason: Text,
}

/// It was taken up again.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reopened {
    /// The desk that gets it back, with its clocks.
    pub to: Arrival,
    /// When it must be dispatched.
    pub dispatch: Deadline,
}

impl Rule for Reopen {
    const FROM: &'static [State] = &[State::Closed];
    const BY: By = By::Closer;

    fn guard(scene: &Scene<'_>) -> Result<(), Refusal> {
        let days = scene.rules.book().reopen_days;
        let limit = TimeDelta::days(i64::from(days));
        // Beyond the end of time nothing is too late.
        let last = scene.case.incident.ended_at.and_then(|ended| ended.checked_add_signed(limit));
        if last.is_some_and(|last| scene.at > last) { Err(Refusal::ReopenTooLate { days }) } else { Ok(()) }
    }

    fn decide(&self, scene: &Scene<'_>) -> Result<Happening, Refusal> {
        let desk = scene.case.desk().unwrap_or(scene.actor.organisation);
        let dispatch = scene.rules.dispatch_due(scene.case.incident.severity, scene.at);
        Ok(Happening::of(Reopened { to: scene.arrival(desk), dispatch }).noting(&self.reason))
    }
}

impl Effect for Reopened {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        let incident = &mut case.incident;
        incident.reopened = incident.reopened.saturating_add(1);
        incident.outcome = None;
        incident.resolved_level = None;
        incident.ended_at = None;
        incident.on_spot = false;
        incident.self_verified = false;
        incident.in_place = false;
        incident.proceedings.satisfaction = None;
        // The leg before has ended: how, it knows itself.
        case.take(CustodyOutcome::Closed, &self.to, self.dispatch, stamp);
    }
}
