//! Arrive (到场): the lead organisation reports that its people are on site, which stops the clock of the first
//! response.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    events::work::Arrived,
    incident::State,
    refusal::Refusal,
    text::Text,
};

/// Reports arrival on site.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Arrive {
    /// What was found there.
    pub note: Option<Text>,
}

impl Rule for Arrive {
    const FROM: &'static [State] = &[State::InProgress];
    const BY: By = By::Lead;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        match context.case.open_lead().and_then(|leg| leg.arrived_at) {
            Some(at) => Err(Refusal::ArrivedAlready { at }),
            None => Ok(()),
        }
    }

    fn decide(&self, _: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let effects = Effects::of(Arrived {});
        Ok(match &self.note {
            Some(note) => effects.with_internal_note(note),
            None => effects,
        })
    }
}
