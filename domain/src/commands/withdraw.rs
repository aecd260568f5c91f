//! Withdraw (撤回): the desk takes back the incident from another desk, or the work from an organisation, before it is
//! taken on. The desk's clocks continue as if it had kept the incident.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    events::custody::Withdrawn,
    incident::State,
    refusal::Refusal,
    text::Text,
};

/// Takes back the incident, or the work.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Withdraw {
    pub reason: Text,
}

impl Rule for Withdraw {
    const FROM: &'static [State] = &[State::PendingReceipt, State::PendingAcceptance];
    const TO: &'static [State] = &[State::PendingAcceptance, State::PendingDispatch];
    const BY: By = By::Sender;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        // Taking the work back and sending it elsewhere would be another redispatch.
        if context.case.incident.state == State::PendingReceipt && context.superior_assigns() {
            return Err(Refusal::SuperiorAssigns);
        }
        let sender =
            context.case.sent_by().filter(|_| context.case.incident.state == State::PendingAcceptance);
        // The severity may have been raised since the incident left the desk.
        sender.map_or(Ok(()), |leg| context.require_not_too_severe_for(leg.level()))
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let takes_incident = context.case.incident.state == State::PendingAcceptance;
        let (back_to, dispatch) = if takes_incident {
            (context.case.sent_by().map(|leg| context.give_back_to(leg)), None)
        } else {
            (None, context.case.open_custody().map(|leg| context.resumed_dispatch(leg)))
        };
        Ok(Effects::of(Withdrawn { back_to, dispatch }).with_internal_note(&self.reason))
    }
}
