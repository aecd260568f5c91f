//! Reject: a second person of the desk, or of a desk above it, does not agree to what was asked.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    events::oversight::Rejected,
    incident::State,
    refusal::Refusal,
    text::Text,
};

/// A second person disagrees.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reject {
    /// Why.
    pub reason: Text,
}

impl Rule for Reject {
    const FROM: &'static [State] = State::OPEN;
    const BY: By = By::DeskOrAbove;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        context.asked_by_another().map(|_| ())
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let request = context.asked_by_another()?.asked.kind();
        Ok(Effects::of(Rejected { request }).noting(&self.reason))
    }
}
