//! A decision: the events that follow from a report, a command or the clock, and the case after them.

use crate::{
    events::Event,
    events::EventBody,
    ids::AccountId,
    incident::{case::Case, remark::Remark},
    time::Instant,
    warning::Warning,
};

/// An event that was decided, with the words that go with it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decided {
    /// The event.
    pub event: Event,
    /// Its words, one of each label.
    pub remarks: Vec<Remark>,
}

/// What a report or a command comes to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decision {
    /// The incident as it is afterwards.
    pub case: Case,
    /// What happened, in order.
    pub events: Vec<Decided>,
    /// What deserves a second look.
    pub warnings: Vec<Warning>,
}

/// What `events` make of `case`.
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
