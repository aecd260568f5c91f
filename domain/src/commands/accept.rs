//! Accept (受理): the holding desk takes responsibility for the incident. A desk that missed its acceptance deadline may
//! still accept until the next desk does.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    events::custody::Accepted,
    incident::State,
    refusal::Refusal,
};

/// Accepts the incident.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Accept {}

impl Rule for Accept {
    const FROM: &'static [State] = &[State::PendingAcceptance];
    const TO: &'static [State] = &[State::PendingDispatch];
    const BY: By = By::DeskOrLate;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        let desk = context.actor.organisation;
        // The severity may have been raised since the incident left the desk.
        if context.case.may_still_accept(desk) {
            context.require_not_too_severe_for(desk.unit.level())?;
        }
        Ok(())
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let desk = context.actor.organisation;
        let late = context.case.may_still_accept(desk).then(|| context.arrival(desk));
        let dispatch = context.rules.dispatch_due(context.case.incident.severity, context.at);
        Ok(Effects::of(Accepted { dispatch, late }))
    }
}
