//! Return: the organisation sends work back that is not its own. Soon, with a reason, and at most twice per incident.

use serde::{Deserialize, Serialize};

use super::{By, CommandKind, Effect, Happening, Rule, Scene};
use crate::{
    case::{Case, Stamp},
    clock::Deadline,
    incident::State,
    leg::HandlingOutcome,
    reason::ReasonCode,
    refusal::Refusal,
    text::Text,
};

/// The organisation sends the work back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Return {
    /// Why.
    pub reason: ReasonCode,
    /// In words.
    pub explanation: Text,
}

/// The organisation sent it back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Returned {
    /// Why.
    pub reason: ReasonCode,
    /// When it must be dispatched again.
    pub dispatch: Deadline,
}

impl Rule for Return {
    const FROM: &'static [State] = &[State::PendingReceipt];
    const BY: By = By::Lead;
    const GIVES_REASON: bool = true;

    fn guard(scene: &Scene<'_>) -> Result<(), Refusal> {
        let incident = &scene.case.incident;
        if incident.proceedings.arbitrated || incident.returned >= scene.rules.book().maxima.returns {
            return Err(Refusal::ReturnedTooOften { returned: incident.returned });
        }
        match scene.case.open_lead().and_then(|leg| leg.clocks.receipt) {
            Some(receipt) if scene.at > receipt.at => Err(Refusal::ReturnTooLate { limit: receipt.limit }),
            Some(_) | None => Ok(()),
        }
    }

    fn decide(&self, scene: &Scene<'_>) -> Result<Happening, Refusal> {
        let reason = scene.reason(CommandKind::Return, &self.reason)?;
        let dispatch = scene.rules.dispatch_due(scene.case.incident.severity, scene.at);
        Ok(Happening::of(Returned { reason, dispatch }).noting(&self.explanation))
    }
}

impl Effect for Returned {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.state = State::PendingDispatch;
        case.incident.returned = case.incident.returned.saturating_add(1);
        case.end_lead(HandlingOutcome::Returned, stamp);
        case.end_work(HandlingOutcome::Withdrawn, stamp);
        if let Some(leg) = case.custody.last_mut() {
            leg.clocks.dispatch = Some(self.dispatch);
        }
    }
}
