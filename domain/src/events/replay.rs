//! Replay: rebuilds a case from its events. New decisions and stored events both use [`Case::apply`].

use crate::{
    events::{Event, EventBody},
    incident::case::{Case, Stamp},
    time::{
        Instant,
        clock::{Clock, Deadline},
    },
};

impl From<&Event> for Stamp {
    fn from(event: &Event) -> Self {
        Self { at: event.at, seq: event.seq, actor: event.actor }
    }
}

impl Case {
    /// The case that a `reported` event opens. `None` for any other event.
    #[must_use]
    pub fn opened(event: &Event) -> Option<Self> {
        if let EventBody::Reported(reported) = &event.body {
            Some(reported.open(event.incident, event.into()))
        } else {
            None
        }
    }

    /// The case after all `events`. `None` if the first event is not `reported`.
    #[must_use]
    pub fn replay<'a>(events: impl IntoIterator<Item = &'a Event>) -> Option<Self> {
        let mut events = events.into_iter();
        let mut case = Self::opened(events.next()?)?;
        events.for_each(|event| case.apply(event));
        Some(case)
    }

    /// Changes the case as `event` says.
    pub fn apply(&mut self, event: &Event) {
        self.incident.version = event.seq;
        self.incident.changed_at = Some(event.at);
        if let Some(effect) = event.body.effect() {
            effect.apply(self, Stamp::from(event));
        }
        self.end_supervision_and_alarm(event.at);
    }

    /// Ends the supervision when the incident has ended or has moved to a desk above the supervising desk. Ends the
    /// alarm when its clock has stopped or is no longer overdue at `now`.
    fn end_supervision_and_alarm(&mut self, now: Instant) {
        let (clocks, desk) = (self.clocks(), self.open_custody().map(|leg| leg.desk));
        let incident = &mut self.incident;
        incident.oversight.supervision = incident
            .oversight
            .supervision
            .filter(|supervision| desk.is_some_and(|desk| supervision.by.unit.covers(desk.unit)));
        incident.oversight.alarm = incident.oversight.alarm.filter(|alarm| {
            let is_overdue = |(clock, due): &(Clock, Deadline)| *clock == alarm.over && now > due.at;
            clocks.iter().any(is_overdue)
        });
    }
}
