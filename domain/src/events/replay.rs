//! Replay: what a history leads to. Decisions and history go through the same door, [`Case::apply`].

use crate::{
    events::{Event, EventBody},
    incident::case::{Case, Stamp},
    time::clock::{Clock, Deadline},
};

impl From<&Event> for Stamp {
    fn from(event: &Event) -> Self {
        Self { at: event.at, seq: event.seq, actor: event.actor }
    }
}

impl Case {
    /// The incident that a `reported` event opens; `None` for any other event.
    #[must_use]
    pub fn opened(event: &Event) -> Option<Self> {
        if let EventBody::Reported(reported) = &event.body {
            Some(reported.open(event.incident, event.into()))
        } else {
            None
        }
    }

    /// The incident that a whole history leads to; `None` when it does not start with `reported`.
    #[must_use]
    pub fn replay<'a>(events: impl IntoIterator<Item = &'a Event>) -> Option<Self> {
        let mut events = events.into_iter();
        let mut case = Self::opened(events.next()?)?;
        events.for_each(|event| case.apply(event));
        Some(case)
    }

    /// What `event` changes.
    pub fn apply(&mut self, event: &Event) {
        self.incident.version = event.seq;
        self.incident.last_event_at = event.at;
        if let Some(effect) = event.body.effect() {
            effect.apply(self, Stamp::from(event));
        }
        self.watch_no_longer(event);
    }

    /// Nobody watches what is at rest, or what went above them; an alarm ends when its clock is not late any more.
    fn watch_no_longer(&mut self, event: &Event) {
        let (clocks, desk) = (self.clocks(), self.open_custody().map(|leg| leg.desk));
        let proceedings = &mut self.incident.proceedings;
        proceedings.supervision = proceedings
            .supervision
            .filter(|supervision| desk.is_some_and(|desk| supervision.by.unit.covers(desk.unit)));
        proceedings.alarm = proceedings.alarm.filter(|alarm| {
            let late = |(clock, due): &(Clock, Deadline)| *clock == alarm.over && event.at > due.at;
            clocks.iter().any(late)
        });
    }
}
