//! Void (作废): the holding desk ends an incident that was reported by mistake.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    events::custody::Voided,
    incident::State,
    refusal::Refusal,
    text::Text,
};

/// Ends an incident that was reported by mistake.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Void {
    pub reason: Text,
}

impl Rule for Void {
    const FROM: &'static [State] = State::OPEN;
    const TO: &'static [State] = &[State::Voided];
    const BY: By = By::Desk;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        let others = context.case.incident.merging.absorbed;
        if others > 0 { Err(Refusal::StandsForOthers { others }) } else { Ok(()) }
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        Ok(Effects::of(Voided { unanswered: false })
            .with_internal_note(&self.reason)
            .with_warning(context.open_linkage_warning()))
    }
}
