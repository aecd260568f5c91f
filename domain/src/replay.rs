//! Replay: what a history leads to. Decisions and history go through the same door, [`Case::apply`].

use crate::{
    case::{Case, Stamp},
    event::{Event, EventBody},
};

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
        event.body.apply(self, Stamp::from(event));
        self.watch_no_longer(event);
    }

    /// Nobody watches what is at rest; what began by itself ends when its clock is not late any more.
    fn watch_no_longer(&mut self, event: &Event) {
        let clocks = self.clocks();
        let is_open = self.incident.state.is_open();
        let supervision = &mut self.incident.proceedings.supervision;
        *supervision = supervision.filter(|supervision| {
            is_open
                && supervision.over.is_none_or(|clock| {
                    clocks.iter().any(|(running, due)| *running == clock && event.at > due.at)
                })
        });
    }
}
