//! Reply (督办回复): the holding desk or the lead organisation answers the supervising desk.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    events::oversight::Replied,
    incident::State,
    refusal::Refusal,
    text::Text,
};

/// Answers the supervising desk.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reply {
    /// The measures taken, and when the matter will be settled.
    pub text: Text,
}

impl Rule for Reply {
    const FROM: &'static [State] = State::OPEN;
    const BY: By = By::DeskOrLead;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        match context.case.incident.oversight.supervision {
            None => Err(Refusal::NotSupervised),
            Some(supervision) if supervision.replied_at.is_some() => Err(Refusal::DecidedAlready),
            Some(_) => Ok(()),
        }
    }

    fn decide(&self, _: &CommandContext<'_>) -> Result<Effects, Refusal> {
        Ok(Effects::of(Replied {}).with_internal_note(&self.text))
    }
}
