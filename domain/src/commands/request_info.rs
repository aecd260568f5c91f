//! Request information (要求补充): the holding desk asks the reporter for missing information. The clocks are paused until
//! the answer.

use serde::{Deserialize, Serialize};

use crate::{
    command_kind::CommandKind,
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    events::reporting::InfoRequested,
    incident::State,
    refusal::Refusal,
    text::Text,
};

/// Asks the reporter for missing information.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RequestInfo {
    /// The question to the reporter.
    pub question: Text,
}

impl Rule for RequestInfo {
    const FROM: &'static [State] = &[State::PendingAcceptance];
    const TO: &'static [State] = &[State::AwaitingInfo];
    const BY: By = By::Desk;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        let most = context.rules.book().maxima.questions;
        if context.case.incident.tally.asked >= most {
            return Err(Refusal::TooOften { command: CommandKind::RequestInfo, most });
        }
        Ok(())
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let due = context.rules.information_due(context.at);
        Ok(Effects::of(InfoRequested { due }).with_reply(&self.question))
    }
}
