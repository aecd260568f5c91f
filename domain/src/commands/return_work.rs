//! Return (退回): the lead organisation sends back work for which it is not responsible. The rules limit how late and
//! how often.

use serde::{Deserialize, Serialize};

use crate::{
    command_kind::CommandKind,
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    events::work::Returned,
    incident::State,
    refusal::Refusal,
    rules::reason::ReasonCode,
    text::Text,
};

/// Sends the work back to the holding desk.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Return {
    pub reason: ReasonCode,
    pub explanation: Text,
}

impl Rule for Return {
    const FROM: &'static [State] = &[State::PendingReceipt];
    const TO: &'static [State] = &[State::PendingDispatch];
    const BY: By = By::Lead;
    const GIVES_REASON: bool = true;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        let incident = &context.case.incident;
        if context.case.is_arbitrated() || incident.returned >= context.rules.book().maxima.returns {
            return Err(Refusal::ReturnedTooOften { returned: incident.returned });
        }
        match context.case.open_lead().and_then(|leg| leg.clocks.receipt) {
            Some(receipt) if context.at > receipt.at => Err(Refusal::ReturnTooLate { limit: receipt.limit }),
            Some(_) | None => Ok(()),
        }
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let reason = context.reason(CommandKind::Return, &self.reason)?;
        let dispatch = context.rules.dispatch_due(context.case.incident.severity, context.at);
        Ok(Effects::of(Returned { reason, dispatch }).with_internal_note(&self.explanation))
    }
}
