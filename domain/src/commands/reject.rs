//! Reject (驳回): a second person of the holding desk, or of a desk above it, rejects the open request.

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

/// Rejects the open request.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reject {
    pub reason: Text,
}

impl Rule for Reject {
    const FROM: &'static [State] = State::OPEN;
    const BY: By = By::DeskOrAbove;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        context.request_to_decide().map(|_| ())
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let request = context.request_to_decide()?.asked.kind();
        Ok(Effects::of(Rejected { request }).with_internal_note(&self.reason))
    }
}
