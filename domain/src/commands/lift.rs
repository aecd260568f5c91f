//! Lift (解除督办): the supervising desk ends its supervision of the incident.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    events::oversight::Lifted,
    incident::State,
    refusal::Refusal,
    text::Text,
};

/// Ends the supervision.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Lift {
    pub reason: Text,
}

impl Rule for Lift {
    const FROM: &'static [State] = State::OPEN;
    const BY: By = By::Watcher;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        let incident = &context.case.incident;
        match (incident.oversight.supervision, incident.oversight.alarm) {
            (Some(_), _) => Ok(()),
            // An alarm cannot be lifted: the system would raise it again at once.
            (None, Some(_)) => Err(Refusal::EndsByItself),
            (None, None) => Err(Refusal::NotSupervised),
        }
    }

    fn decide(&self, _: &CommandContext<'_>) -> Result<Effects, Refusal> {
        Ok(Effects::of(Lifted {}).with_internal_note(&self.reason))
    }
}
