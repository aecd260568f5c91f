//! Decline: it is no matter for grid governance.

use serde::{Deserialize, Serialize};

use super::{By, CommandKind, Effect, Happening, Rule, Scene};
use crate::{
    case::{Case, Stamp},
    incident::State,
    leg::CustodyOutcome,
    reason::ReasonCode,
    refusal::Refusal,
    text::Text,
};

/// Says that it is no matter for grid governance.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Decline {
    /// Why.
    pub reason: ReasonCode,
    /// Words for the reporter: how to go on.
    pub reply: Text,
}

/// The desk said no.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Declined {
    /// Why.
    pub reason: ReasonCode,
}

impl Rule for Decline {
    const FROM: &'static [State] = &[State::PendingAcceptance];
    const BY: By = By::Desk;
    const GIVES_REASON: bool = true;

    fn decide(&self, scene: &Scene<'_>) -> Result<Happening, Refusal> {
        let reason = scene.reason(CommandKind::Decline, &self.reason)?;
        Ok(Happening::of(Declined { reason }).telling(&self.reply))
    }
}

impl Effect for Declined {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.rest(State::NotAccepted, CustodyOutcome::Declined, stamp);
    }
}
