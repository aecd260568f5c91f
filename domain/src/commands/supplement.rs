//! Supplement: the reporter, or the desk for the reporter, says more. The clocks go on.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    events::reporting::Supplemented,
    incident::State,
    refusal::Refusal,
    text::Text,
};

/// Gives more information.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Supplement {
    /// What was missing.
    pub text: Text,
}

impl Rule for Supplement {
    const FROM: &'static [State] = &[State::AwaitingInfo];
    const BY: By = By::ReporterOrDesk;

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        Ok(Effects::of(Supplemented { moved: context.clocks_after_pauses(), by_itself: false })
            .telling(&self.text))
    }
}
