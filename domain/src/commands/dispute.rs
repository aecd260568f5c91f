//! Dispute (申请裁定): the lead organisation, which may not return the work again, asks the desk above to decide which
//! organisation is responsible. Its clocks keep running.

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

/// Asks the desk above to decide which organisation is responsible.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Dispute {
    /// Why the organisation is not responsible.
    pub reason: ReasonCode,
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
        if incident.requests.arbitrated || incident.requests.disputed.is_some() {
            return Err(Refusal::DecidedAlready);
        }
        Ok(())
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let reason = context.reason(CommandKind::Dispute, &self.reason)?;
        Ok(Effects::of(Disputed { reason }).with_internal_note(&self.explanation))
    }
}
