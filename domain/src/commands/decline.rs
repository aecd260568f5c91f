//! Decline (不予受理): the holding desk finds that the matter is outside grid governance and ends the incident.

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

/// Declines the incident.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Decline {
    pub reason: ReasonCode,
    /// Reply to the reporter: who can help instead.
    pub reply: Text,
}

impl Rule for Decline {
    const FROM: &'static [State] = &[State::PendingAcceptance];
    const TO: &'static [State] = &[State::NotAccepted];
    const BY: By = By::Desk;
    const GIVES_REASON: bool = true;

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let reason = context.reason(CommandKind::Decline, &self.reason)?;
        Ok(Effects::of(Declined { reason }).with_reply(&self.reply))
    }
}
