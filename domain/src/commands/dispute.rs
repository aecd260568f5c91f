//! Dispute: after the last return the organisation asks the desk above whose duty it is. Its clock runs on.

use serde::{Deserialize, Serialize};

use super::{By, CommandKind, Effect, Happening, Rule, Scene};
use crate::{
    case::{Case, Stamp},
    incident::State,
    reason::ReasonCode,
    refusal::Refusal,
    text::Text,
};

/// The organisation asks the desk above whose duty it is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Dispute {
    /// Why it is not its own.
    pub reason: ReasonCode,
    /// In words.
    pub explanation: Text,
}

/// The organisation disputes its duty.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Disputed {
    /// Why.
    pub reason: ReasonCode,
}

impl Rule for Dispute {
    const FROM: &'static [State] = &[State::PendingReceipt];
    const BY: By = By::Lead;
    const GIVES_REASON: bool = true;

    fn guard(scene: &Scene<'_>) -> Result<(), Refusal> {
        let incident = &scene.case.incident;
        if incident.returned < scene.rules.book().maxima.returns {
            return Err(Refusal::ReturnFirst);
        }
        if incident.proceedings.arbitrated || incident.proceedings.disputed.is_some() {
            return Err(Refusal::DecidedAlready);
        }
        Ok(())
    }

    fn decide(&self, scene: &Scene<'_>) -> Result<Happening, Refusal> {
        let reason = scene.reason(CommandKind::Dispute, &self.reason)?;
        Ok(Happening::of(Disputed { reason }).noting(&self.explanation))
    }
}

impl Effect for Disputed {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.proceedings.disputed = Some(stamp.at);
    }
}
