//! Void: it was reported by mistake, or its reporter never said what was missing.

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

/// It was reported by mistake.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Void {
    /// Why.
    pub reason: Text,
}

impl Rule for Void {
    const FROM: &'static [State] = State::OPEN;
    const BY: By = By::Desk;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        let others = context.case.incident.proceedings.tally.absorbed;
        if others > 0 { Err(Refusal::StandsForOthers { others }) } else { Ok(()) }
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        Ok(Effects::of(Voided { unanswered: false }).noting(&self.reason).warning(context.linkages_left()))
    }
}
