//! Decline: it is no matter for grid governance.

use serde::{Deserialize, Serialize};

use crate::{
    command_kind::CommandKind,
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    events::custody::Declined,
    incident::State,
    refusal::Refusal,
    rules::reason::ReasonCode,
    text::Text,
};

/// Says that it is no matter for grid governance.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Decline {
    /// Why.
    pub reason: ReasonCode,
    /// Words for the reporter: how to go on.
    pub reply: Text,
}

impl Rule for Decline {
    const FROM: &'static [State] = &[State::PendingAcceptance];
    const BY: By = By::Desk;
    const GIVES_REASON: bool = true;

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let reason = context.reason(CommandKind::Decline, &self.reason)?;
        Ok(Effects::of(Declined { reason }).telling(&self.reply))
    }
}
