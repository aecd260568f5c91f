//! Transfer (移送): the holding desk sends the incident to another desk of the same level.

use serde::{Deserialize, Serialize};

use crate::{
    command_kind::CommandKind,
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    events::custody::Transferred,
    incident::State,
    organisation::OrganisationCode,
    refusal::Refusal,
    rules::reason::ReasonCode,
    text::Text,
};

/// Sends the incident to another desk of the same level.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Transfer {
    pub to: OrganisationCode,
    pub reason: ReasonCode,
    pub explanation: Text,
}

impl Rule for Transfer {
    const FROM: &'static [State] = &[State::PendingAcceptance, State::PendingDispatch];
    const TO: &'static [State] = &[State::PendingAcceptance];
    const BY: By = By::Desk;
    const GIVES_REASON: bool = true;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        let most = context.rules.book().maxima.transfers;
        if context.case.incident.tally.transferred >= most {
            return Err(Refusal::TooOften { command: CommandKind::Transfer, most });
        }
        Ok(())
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let reason = context.reason(CommandKind::Transfer, &self.reason)?;
        let own = context.actor.organisation;
        let is_desk_of_same_level = self.to != own
            && self.to.kind == own.kind
            && self.to.unit.level() == own.unit.level()
            && context.reference_data.organisations.contains(self.to);
        if !is_desk_of_same_level {
            return Err(Refusal::NotBeside { to: self.to });
        }
        let to = context.arrival(self.to);
        Ok(Effects::of(Transferred { reason, to }).with_internal_note(&self.explanation))
    }
}
