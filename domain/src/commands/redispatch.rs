//! Redispatch (改派): the holding desk gives the work to another organisation of its unit, because the first one does not
//! do it or cannot. The rules limit how often; after that the desk above decides.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    events::work::Redispatched,
    incident::State,
    organisation::OrganisationCode,
    refusal::Refusal,
    text::Text,
    warning::Warning,
};

/// Gives the work to another organisation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Redispatch {
    /// The new lead organisation.
    pub to: OrganisationCode,
    /// Confirms that the organisation shall do the work although the category is not on its duty list (履职清单).
    #[serde(default)]
    pub outside_duty: bool,
    pub reason: Text,
}

impl Rule for Redispatch {
    const FROM: &'static [State] = &[State::PendingReceipt, State::InProgress];
    const TO: &'static [State] = &[State::PendingReceipt, State::InProgress];
    const BY: By = By::Desk;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        if context.may_redispatch() { Ok(()) } else { Err(Refusal::SuperiorAssigns) }
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        if context.case.open_lead().is_some_and(|leg| leg.organisation == self.to) {
            return Err(Refusal::LeadsAlready { organisation: self.to });
        }
        let (lead, outside) = context.assignment(self.to, self.outside_duty)?;
        Ok(Effects::of(Redispatched { lead, outside })
            .with_internal_note(&self.reason)
            .with_warning(outside.map(|_| Warning::OutsideDuty)))
    }
}
