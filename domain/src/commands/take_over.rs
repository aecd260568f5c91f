//! Take over (接管): the desk above takes the incident from a desk that did not accept it within twice the acceptance
//! limit.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    events::custody::TakenOver,
    incident::State,
    refusal::Refusal,
};

/// Takes the incident from the desk below.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TakeOver {}

impl Rule for TakeOver {
    const FROM: &'static [State] = &[State::PendingAcceptance];
    const TO: &'static [State] = &[State::PendingDispatch];
    const BY: By = By::Superior;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        let custody = context.case.open_custody();
        if custody.is_none_or(|leg| leg.superior().is_none()) {
            return Err(Refusal::NoSuperior);
        }
        match custody.and_then(|leg| leg.clocks.accept) {
            Some(accept) if context.at <= accept.late => Err(Refusal::TooEarly { after: accept.late }),
            Some(_) | None => Ok(()),
        }
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let by = context.arrival(context.actor.organisation);
        let dispatch = context.rules.dispatch_due(context.case.incident.severity, context.at);
        Ok(Effects::of(TakenOver { by, dispatch }))
    }
}
