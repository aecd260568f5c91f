//! Arbitrate (裁定): the desk above decides which organisation is responsible, after it was returned or redispatched as
//! often as is allowed. That organisation starts at once and cannot return the work.

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

/// Assigns work whose responsibility is disputed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Arbitrate {
    /// The responsible organisation, of the unit of the holding desk.
    pub to: OrganisationCode,
    /// The decision with its reasons.
    pub decision: Text,
}

impl Rule for Arbitrate {
    const FROM: &'static [State] = &[State::PendingReceipt, State::PendingDispatch, State::InProgress];
    const TO: &'static [State] = &[State::InProgress];
    const BY: By = By::Arbiter;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        let incident = &context.case.incident;
        // Work that an organisation took on is no longer disputed.
        let disputed =
            incident.state != State::InProgress && incident.returned >= context.rules.book().maxima.returns;
        if disputed || context.superior_assigns() { Ok(()) } else { Err(Refusal::NothingDisputed) }
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let unit = context.case.desk().map(|desk| desk.unit);
        if Some(self.to.unit) != unit || !context.reference_data.organisations.contains(self.to) {
            let unit = unit.unwrap_or(context.actor.organisation.unit);
            return Err(Refusal::ForeignOrganisation { to: self.to, unit });
        }
        Ok(Effects::of(Arbitrated { lead: context.acknowledged_work_for(self.to) })
            .with_internal_note(&self.decision))
    }
}
