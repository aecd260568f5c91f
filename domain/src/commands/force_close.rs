//! Force a close: a county ends what cannot be ended otherwise, without a result, when a second person agrees.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    incident::{State, proceedings::RequestedChange},
    refusal::Refusal,
    text::Text,
};

/// Closes without a result.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ForceClose {
    /// Why.
    pub reason: Text,
}

impl Rule for ForceClose {
    const FROM: &'static [State] = State::OPEN;
    const BY: By = By::County;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        context.nothing_asked()
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        Ok(context.ask(RequestedChange::ForceClose, None, &self.reason))
    }
}
