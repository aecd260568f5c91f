//! Dispute (申请裁定): the lead organisation that may not return the work again, or the holding desk that may not redispatch it
//! again, asks the desk above to decide which organisation is responsible. The clocks keep running.

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
    const FROM: &'static [State] = &[State::PendingReceipt, State::InProgress];
    const BY: By = By::DeskOrLead;
    const GIVES_REASON: bool = true;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        let incident = &context.case.incident;
        if incident.requests.disputed.is_some() {
            return Err(Refusal::DecidedAlready);
        }
        if Some(context.actor.organisation) == context.case.desk() {
            return if context.superior_assigns() { Ok(()) } else { Err(Refusal::NothingDisputed) };
        }
        if incident.state != State::PendingReceipt {
            return Err(Refusal::WrongState { command: CommandKind::Dispute, state: incident.state });
        }
        if incident.returned < context.rules.book().maxima.returns {
            return Err(Refusal::ReturnFirst);
        }
        if context.case.is_arbitrated() { Err(Refusal::DecidedAlready) } else { Ok(()) }
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let reason = context.reason(CommandKind::Dispute, &self.reason)?;
        Ok(Effects::of(Disputed { reason }).with_internal_note(&self.explanation))
    }
}
