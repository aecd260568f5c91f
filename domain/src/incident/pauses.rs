//! Pauses: the times in which the clocks of an incident stand still.

use serde::{Deserialize, Serialize};

use crate::{
    stored::is_default,
    time::{Instant, clock::Deadline, deadline::Pause},
};

/// The pauses of an incident.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Pauses {
    /// The times in which the clocks were paused. The last may still be open.
    #[serde(skip_serializing_if = "is_default")]
    pub periods: Vec<Pause>,
    /// The end of the current pause at the latest: when the reporter must answer, or when suspended work continues.
    #[serde(skip_serializing_if = "is_default")]
    pub until: Option<Deadline>,
}

impl Pauses {
    /// Whether the clocks are paused.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.periods.last().is_some_and(|pause| pause.to.is_none())
    }

    /// Pauses the clocks from `at`, until `until` at the latest.
    pub(crate) fn begin(&mut self, at: Instant, until: Deadline) {
        self.periods.push(Pause { from: at, to: None });
        self.until = Some(until);
    }

    /// Ends the pause. If it ends automatically (`by_itself`), it ends at the planned time, even if the server notices that
    /// only at `at`. Otherwise it ends at `at`.
    pub(crate) fn end_by(&mut self, at: Instant, by_itself: bool) {
        let planned = self.until.filter(|_| by_itself);
        self.end(planned.map_or(at, |until| until.at.min(at)));
    }

    /// Ends the pause at `at`, if there is one.
    pub(crate) fn end(&mut self, at: Instant) {
        self.until = None;
        if let Some(pause) = self.periods.last_mut().filter(|pause| pause.to.is_none()) {
            pause.to = Some(at);
        }
    }

    /// The pauses. An open pause is treated as ended at `at`.
    #[must_use]
    pub fn as_of(&self, at: Instant) -> Vec<Pause> {
        self.periods.iter().map(|pause| Pause { to: pause.to.or(Some(at)), ..*pause }).collect()
    }
}
