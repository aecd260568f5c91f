//! A decision: the events that a report, a command or a deadline causes, and the case after them.

use crate::{
    events::{Event, EventBody},
    ids::AccountId,
    incident::{case::Case, remark::Remark},
    time::Instant,
    warning::Warning,
};

/// A new event with its remarks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decided {
    pub event: Event,
    /// At most one remark for each label.
    pub remarks: Vec<Remark>,
}

/// The result of a report, a command or an automatic change.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decision {
    /// The case after all events.
    pub case: Case,
    /// The new events, in order.
    pub events: Vec<Decided>,
    /// Warnings for the person who gave the command.
    pub warnings: Vec<Warning>,
}

/// Applies `events` to `case` in order. Each becomes an event of `actor` at the time `at`.
pub(crate) fn decision(
    case: &Case,
    events: Vec<(EventBody, Vec<Remark>)>,
    warnings: Vec<Warning>,
    actor: AccountId,
    at: Instant,
) -> Decision {
    let mut after = case.clone();
    let mut decided = Vec::with_capacity(events.len());
    for (body, remarks) in events {
        let seq = after.incident.version.saturating_add(1);
        let event = Event { incident: case.incident.id, seq, at, actor, body };
        after.apply(&event);
        decided.push(Decided { event, remarks });
    }
    Decision { case: after, events: decided, warnings }
}
