//! Force a close (强制结案): the county asks to close the incident without a result. A second person has to approve.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    incident::{State, requests::RequestedChange},
    refusal::Refusal,
    text::Text,
};

/// Asks to close the incident without a result.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ForceClose {
    pub reason: Text,
}

impl Rule for ForceClose {
    const FROM: &'static [State] = State::OPEN;
    const BY: By = By::County;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        context.require_no_open_request()
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        Ok(context.request_approval(RequestedChange::ForceClose, None, &self.reason))
    }
}
