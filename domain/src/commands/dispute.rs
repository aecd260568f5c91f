//! Dispute: after the last return the organisation asks the desk above whose duty it is. Its clock runs on.

use serde::{Deserialize, Serialize};

use crate::{
    command_kind::CommandKind,
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    events::work::Disputed,
    incident::State,
    refusal::Refusal,
    rules::reason::ReasonCode,
    text::Text,
};

/// The organisation asks the desk above whose duty it is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Dispute {
    /// Why it is not its own.
    pub reason: ReasonCode,
    /// In words.
    pub explanation: Text,
}

impl Rule for Dispute {
    const FROM: &'static [State] = &[State::PendingReceipt];
    const BY: By = By::Lead;
    const GIVES_REASON: bool = true;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        let incident = &context.case.incident;
        if incident.returned < context.rules.book().maxima.returns {
            return Err(Refusal::ReturnFirst);
        }
        if incident.proceedings.arbitrated || incident.proceedings.disputed.is_some() {
            return Err(Refusal::DecidedAlready);
        }
        Ok(())
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let reason = context.reason(CommandKind::Dispute, &self.reason)?;
        Ok(Effects::of(Disputed { reason }).noting(&self.explanation))
    }
}
