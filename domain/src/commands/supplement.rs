//! Supplement (补充材料): the reporter, or the holding desk on behalf of the reporter, gives the missing information. The
//! clocks continue.

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

/// Gives the missing information.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Supplement {
    /// The information.
    pub text: Text,
}

impl Rule for Supplement {
    const FROM: &'static [State] = &[State::AwaitingInfo];
    const TO: &'static [State] = &[State::PendingAcceptance];
    const BY: By = By::ReporterOrDesk;

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        Ok(Effects::of(Supplemented { moved: context.clocks_after_pauses(), by_itself: false })
            .with_reply(&self.text))
    }
}
