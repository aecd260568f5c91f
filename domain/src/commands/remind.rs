//! Remind (催办): the desk, or one above it, asks whoever has it to hurry. No clock changes.

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

/// Asks to hurry.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Remind {
    /// What for.
    pub text: Text,
}

impl Rule for Remind {
    const FROM: &'static [State] = State::OPEN;
    const BY: By = By::DeskOrAbove;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        // Nobody reminds himself.
        if context.case.holder() == Some(context.actor.organisation) {
            Err(Refusal::YoursAlready)
        } else {
            Ok(())
        }
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let to = context.case.holder().ok_or(Refusal::NothingAsked)?;
        Ok(Effects::of(Reminded { to }).noting(&self.text))
    }
}
