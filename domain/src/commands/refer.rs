//! Refer: an authority outside grid governance takes it on. The reporter is told which.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    events::custody::{Authority, Referred},
    incident::State,
    refusal::Refusal,
    text::Text,
};

/// To an authority outside grid governance.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Refer {
    /// Which.
    pub to: Authority,
    /// Words for the reporter: who deals with it now, and how to reach them.
    pub reply: Text,
}

impl Rule for Refer {
    const FROM: &'static [State] = &[State::PendingAcceptance, State::PendingDispatch];
    const BY: By = By::Desk;

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        Ok(Effects::of(Referred { to: self.to }).telling(&self.reply).warning(context.linkages_left()))
    }
}
