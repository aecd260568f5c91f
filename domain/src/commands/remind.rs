//! Remind (催办): the holding desk, or a desk above it, asks the organisation that has to act to hurry. No clock
//! changes.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    events::oversight::Reminded,
    incident::State,
    refusal::Refusal,
    text::Text,
};

/// Asks the organisation that has to act to hurry.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Remind {
    /// The request to that organisation.
    pub text: Text,
}

impl Rule for Remind {
    const FROM: &'static [State] = State::OPEN;
    const BY: By = By::DeskOrAbove;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        if context.case.holder() == Some(context.actor.organisation) {
            Err(Refusal::YoursAlready)
        } else {
            Ok(())
        }
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let to = context.case.holder().ok_or(Refusal::NothingAsked)?;
        Ok(Effects::of(Reminded { to }).with_internal_note(&self.text))
    }
}
