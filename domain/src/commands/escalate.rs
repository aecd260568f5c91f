//! Escalate: one level up, with what was tried. A rule may pass levels over.

use serde::{Deserialize, Serialize};

use crate::{
    command_kind::CommandKind,
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    events::custody::Escalated,
    incident::State,
    organisation::OrganisationCode,
    refusal::Refusal,
    rules::{reason::ReasonCode, routing::superior_desk},
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

impl Rule for Escalate {
    const FROM: &'static [State] =
        &[State::PendingAcceptance, State::PendingDispatch, State::PendingReceipt, State::InProgress];
    const BY: By = By::Desk;
    const GIVES_REASON: bool = true;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        context.superiors().next().map(|_| ()).ok_or(Refusal::NoSuperior)
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let reason = context.reason(CommandKind::Escalate, &self.reason)?;
        let incident = &context.case.incident;
        let least = context.rules.skips_to(incident.category, incident.severity);
        let mut skipped = Vec::new();
        let mut to = None;
        for desk in context.superiors() {
            skipped.extend(to.replace(desk));
            if least.is_none_or(|least| desk.unit.level() >= least) {
                break;
            }
        }
        let to = context.arrival(to.ok_or(Refusal::NoSuperior)?);
        Ok(Effects::of(Escalated { reason, to, skipped }).noting(&self.tried))
    }
}

impl CommandContext<'_> {
    /// The desks above the one that answers for it, lowest first.
    fn superiors(&self) -> impl Iterator<Item = OrganisationCode> {
        let above = |desk: &OrganisationCode| superior_desk(*desk, &self.ground.organisations);
        std::iter::successors(self.case.desk().as_ref().and_then(above), above)
    }
}
