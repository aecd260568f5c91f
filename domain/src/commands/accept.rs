//! Accept: the desk takes the incident on. A desk that let it lapse still may, until the next one does.

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

/// Takes the incident on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Accept {}

impl Rule for Accept {
    const FROM: &'static [State] = &[State::PendingAcceptance];
    const BY: By = By::DeskOrLate;

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let own = context.actor.organisation;
        let late = context.case.may_still_accept(own).then(|| context.arrival(own));
        let dispatch = context.rules.dispatch_due(context.case.incident.severity, context.at);
        Ok(Effects::of(Accepted { dispatch, late }))
    }
}
