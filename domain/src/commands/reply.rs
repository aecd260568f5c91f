//! Reply (督办回复): who has the incident answers the desk that watches it.

use serde::{Deserialize, Serialize};

use super::{By, Effect, Happening, Rule, Scene};
use crate::{
    case::{Case, Stamp},
    incident::State,
    refusal::Refusal,
    text::Text,
};

/// Answers who watches.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reply {
    /// What was done, and when it will be settled.
    pub text: Text,
}

/// Who watches got an answer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Replied {}

impl Rule for Reply {
    const FROM: &'static [State] = State::OPEN;
    const BY: By = By::DeskOrLead;

    fn guard(scene: &Scene<'_>) -> Result<(), Refusal> {
        match scene.case.incident.proceedings.supervision {
            None => Err(Refusal::NotSupervised),
            Some(supervision) if supervision.replied_at.is_some() => Err(Refusal::DecidedAlready),
            Some(_) => Ok(()),
        }
    }

    fn decide(&self, _: &Scene<'_>) -> Result<Happening, Refusal> {
        Ok(Happening::of(Replied {}).noting(&self.text))
    }
}

impl Effect for Replied {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        if let Some(supervision) = &mut case.incident.proceedings.supervision {
            supervision.replied_at = Some(stamp.at);
        }
    }
}
