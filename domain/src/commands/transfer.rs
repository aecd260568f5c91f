//! Transfer: to another desk of the same level, which knows better or is nearer.

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

/// To another desk of the same level.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Transfer {
    /// The desk.
    pub to: OrganisationCode,
    /// Why.
    pub reason: ReasonCode,
    /// In words.
    pub explanation: Text,
}

impl Rule for Transfer {
    const FROM: &'static [State] = &[State::PendingAcceptance, State::PendingDispatch];
    const BY: By = By::Desk;
    const GIVES_REASON: bool = true;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        let most = context.rules.book().maxima.transfers;
        if context.case.incident.proceedings.tally.transferred >= most {
            return Err(Refusal::TooOften { command: CommandKind::Transfer, most });
        }
        Ok(())
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let reason = context.reason(CommandKind::Transfer, &self.reason)?;
        let own = context.actor.organisation;
        let fits = self.to != own
            && self.to.kind == own.kind
            && self.to.unit.level() == own.unit.level()
            && context.ground.organisations.contains(self.to);
        if !fits {
            return Err(Refusal::NotBeside { to: self.to });
        }
        let to = context.arrival(self.to);
        Ok(Effects::of(Transferred { reason, to }).noting(&self.explanation))
    }
}
