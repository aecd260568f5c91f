//! Ask for information: the reporter has to say more before the desk can decide. Its clocks stand still meanwhile.

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

/// Asks the reporter for more.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RequestInfo {
    /// What is missing, in words for the reporter.
    pub question: Text,
}

impl Rule for RequestInfo {
    const FROM: &'static [State] = &[State::PendingAcceptance];
    const BY: By = By::Desk;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        let most = context.rules.book().maxima.questions;
        if context.case.incident.proceedings.tally.asked >= most {
            return Err(Refusal::TooOften { command: CommandKind::RequestInfo, most });
        }
        Ok(())
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let due = context.rules.information_due(context.at);
        Ok(Effects::of(InfoRequested { due }).telling(&self.question))
    }
}
