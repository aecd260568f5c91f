//! Withdraw the report (撤回上报): the reporter takes the own report back, as long as no desk has accepted it.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
        void::Void,
    },
    events::reporting::ReportWithdrawn,
    incident::State,
    refusal::Refusal,
    text::Text,
};

/// Takes the own report back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct WithdrawReport {
    pub reason: Text,
}

impl Rule for WithdrawReport {
    const FROM: &'static [State] = &[State::PendingAcceptance, State::AwaitingInfo];
    const TO: &'static [State] = &[State::Voided];
    const BY: By = By::Reporter;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        if context.case.incident.first_accepted_by.is_some() {
            return Err(Refusal::AcceptedAlready);
        }
        Void::guard(context)
    }

    fn decide(&self, _: &CommandContext<'_>) -> Result<Effects, Refusal> {
        Ok(Effects::of(ReportWithdrawn {}).with_reply(&self.reason))
    }
}
