//! Arbitrate: the desk above says whose duty it is. That organisation starts at once and cannot send it back.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    events::work::Arbitrated,
    incident::State,
    organisation::OrganisationCode,
    refusal::Refusal,
    text::Text,
};

/// The desk above says whose duty it is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Arbitrate {
    /// Whose.
    pub to: OrganisationCode,
    /// Why.
    pub decision: Text,
}

impl Rule for Arbitrate {
    const FROM: &'static [State] = &[State::PendingReceipt, State::PendingDispatch];
    const BY: By = By::Arbiter;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        if context.case.incident.returned < context.rules.book().maxima.returns {
            return Err(Refusal::NothingDisputed);
        }
        Ok(())
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let unit = context.case.desk().map(|desk| desk.unit);
        if Some(self.to.unit) != unit || !context.ground.organisations.contains(self.to) {
            let unit = unit.unwrap_or(context.actor.organisation.unit);
            return Err(Refusal::ForeignOrganisation { to: self.to, unit });
        }
        Ok(Effects::of(Arbitrated { lead: context.work(self.to, true) }).noting(&self.decision))
    }
}
