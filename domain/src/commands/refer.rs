//! Refer (转出): the holding desk passes the incident to an authority outside grid governance and tells the reporter
//! which.

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

/// Passes the incident to an authority outside grid governance.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Refer {
    pub to: Authority,
    /// Reply to the reporter: who handles the matter now, and how to reach them.
    pub reply: Text,
}

impl Rule for Refer {
    const FROM: &'static [State] =
        &[State::PendingAcceptance, State::PendingDispatch, State::InProgress, State::PendingVerification];
    const TO: &'static [State] = &[State::ReferredOut];
    const BY: By = By::Desk;

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        Ok(Effects::of(Referred { to: self.to })
            .with_reply(&self.reply)
            .with_warning(context.open_linkage_warning()))
    }
}
