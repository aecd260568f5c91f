//! Report a check (反馈核查): the grid worker reports the findings of the check on site.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    events::closing::CheckReported,
    incident::State,
    refusal::Refusal,
    text::Text,
};

/// Reports the findings of a check on site.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ReportCheck {
    /// Whether the matter is settled.
    pub settled: bool,
    /// The findings.
    pub found: Text,
}

impl Rule for ReportCheck {
    const FROM: &'static [State] = &[State::PendingVerification];
    const BY: By = By::Checker;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        match context.case.incident.oversight.check.and_then(|check| check.settled) {
            Some(_) => Err(Refusal::DecidedAlready),
            None => Ok(()),
        }
    }

    fn decide(&self, _: &CommandContext<'_>) -> Result<Effects, Refusal> {
        Ok(Effects::of(CheckReported { settled: self.settled }).with_internal_note(&self.found))
    }
}
