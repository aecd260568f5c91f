//! Arbitrate: the desk above says whose duty it is. That organisation starts at once and cannot send it back.

use serde::{Deserialize, Serialize};

use super::{By, Effect, Happening, Rule, Scene};
use crate::{
    case::{Case, Stamp, Work},
    incident::State,
    leg::{HandlingOutcome, HandlingRole},
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

/// Whose duty it is was decided.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Arbitrated {
    /// Whose, and by when.
    pub lead: Work,
}

impl Rule for Arbitrate {
    const FROM: &'static [State] = &[State::PendingReceipt, State::PendingDispatch];
    const BY: By = By::Arbiter;

    fn guard(scene: &Scene<'_>) -> Result<(), Refusal> {
        if scene.case.incident.returned < scene.rules.book().maxima.returns {
            return Err(Refusal::NothingDisputed);
        }
        Ok(())
    }

    fn decide(&self, scene: &Scene<'_>) -> Result<Happening, Refusal> {
        let unit = scene.case.desk().map(|desk| desk.unit);
        if Some(self.to.unit) != unit || !scene.ground.organisations.contains(self.to) {
            let unit = unit.unwrap_or(scene.actor.organisation.unit);
            return Err(Refusal::ForeignOrganisation { to: self.to, unit });
        }
        Ok(Happening::of(Arbitrated { lead: scene.work(self.to, true) }).noting(&self.decision))
    }
}

impl Effect for Arbitrated {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.end_work(HandlingOutcome::Withdrawn, stamp);
        case.incident.state = State::InProgress;
        case.incident.proceedings.disputed = None;
        case.incident.proceedings.arbitrated = true;
        case.start(HandlingRole::Lead, &self.lead, true, stamp);
    }
}
