//! Transfer: to another desk of the same level, which knows better or is nearer.

use serde::{Deserialize, Serialize};

use super::{By, CommandKind, Effect, Happening, Rule, Scene};
use crate::{
    case::{Arrival, Case, Stamp},
    incident::State,
    leg::CustodyOutcome,
    organisation::OrganisationCode,
    reason::ReasonCode,
    refusal::Refusal,
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

/// It went to another desk of the same level.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Transferred {
    /// Why.
    pub reason: ReasonCode,
    /// The desk that got it, with its clocks.
    pub to: Arrival,
}

impl Rule for Transfer {
    const FROM: &'static [State] = &[State::PendingAcceptance, State::PendingDispatch];
    const BY: By = By::Desk;
    const GIVES_REASON: bool = true;

    fn guard(scene: &Scene<'_>) -> Result<(), Refusal> {
        let most = scene.rules.book().maxima.transfers;
        if scene.case.incident.proceedings.tally.transferred >= most {
            return Err(Refusal::TooOften { command: CommandKind::Transfer, most });
        }
        Ok(())
    }

    fn decide(&self, scene: &Scene<'_>) -> Result<Happening, Refusal> {
        let reason = scene.reason(CommandKind::Transfer, &self.reason)?;
        let own = scene.actor.organisation;
        let fits = self.to != own
            && self.to.kind == own.kind
            && self.to.unit.level() == own.unit.level()
            && scene.ground.organisations.contains(self.to);
        if !fits {
            return Err(Refusal::NotBeside { to: self.to });
        }
        let to = scene.arrival(self.to);
        Ok(Happening::of(Transferred { reason, to }).noting(&self.explanation))
    }
}

impl Effect for Transferred {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.proceedings.tally.transferred += 1;
        case.arrive(CustodyOutcome::Transferred, &self.to, stamp);
    }
}
