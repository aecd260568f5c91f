//! Escalate: one level up, with what was tried. A rule may pass levels over.

use serde::{Deserialize, Serialize};

use super::{By, CommandKind, Effect, Happening, Rule, Scene};
use crate::{
    case::{Arrival, Case, Stamp},
    incident::State,
    leg::CustodyOutcome,
    organisation::OrganisationCode,
    reason::ReasonCode,
    refusal::Refusal,
    routing::superior_desk,
    text::Text,
};

/// One level up.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Escalate {
    /// Why.
    pub reason: ReasonCode,
    /// What was tried so far.
    pub tried: Text,
}

/// It went up.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Escalated {
    /// Why.
    pub reason: ReasonCode,
    /// The desk that got it, with its clocks.
    pub to: Arrival,
    /// Desks between that a rule passed over; they are told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<OrganisationCode>,
}

impl Rule for Escalate {
    const FROM: &'static [State] =
        &[State::PendingAcceptance, State::PendingDispatch, State::PendingReceipt, State::InProgress];
    const BY: By = By::Desk;
    const GIVES_REASON: bool = true;

    fn guard(scene: &Scene<'_>) -> Result<(), Refusal> {
        scene.superiors().next().map(|_| ()).ok_or(Refusal::NoSuperior)
    }

    fn decide(&self, scene: &Scene<'_>) -> Result<Happening, Refusal> {
        let reason = scene.reason(CommandKind::Escalate, &self.reason)?;
        let incident = &scene.case.incident;
        let least = scene.rules.skips_to(incident.category, incident.severity);
        let mut skipped = Vec::new();
        let mut to = None;
        for desk in scene.superiors() {
            skipped.extend(to.replace(desk));
            if least.is_none_or(|least| desk.unit.level() >= least) {
                break;
            }
        }
        let to = scene.arrival(to.ok_or(Refusal::NoSuperior)?);
        Ok(Happening::of(Escalated { reason, to, skipped }).noting(&self.tried))
    }
}

impl Scene<'_> {
    /// The desks above the one that answers for it, lowest first.
    fn superiors(&self) -> impl Iterator<Item = OrganisationCode> {
        let above = |desk: &OrganisationCode| superior_desk(*desk, &self.ground.organisations);
        std::iter::successors(self.case.desk().as_ref().and_then(above), above)
    }
}

impl Effect for Escalated {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.escalated = case.incident.escalated.saturating_add(1);
        case.arrive(CustodyOutcome::Escalated, &self.to, stamp);
    }
}
