//! Suspend (挂账): work stands still for a reason of the list, once, for so many days; then it goes on by itself.

use serde::{Deserialize, Serialize};

use crate::{
    command_kind::CommandKind,
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    incident::{State, proceedings::RequestedChange},
    refusal::Refusal,
    rules::reason::ReasonCode,
    text::Text,
    time::deadline::LimitUnit,
};

/// Asks that work stands still.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Suspend {
    /// Why.
    pub reason: ReasonCode,
    /// For how many days.
    pub days: u32,
    /// In words.
    pub explanation: Text,
}

impl Rule for Suspend {
    const FROM: &'static [State] = &[State::InProgress];
    const BY: By = By::Lead;
    const GIVES_REASON: bool = true;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        let most = context.rules.book().maxima.suspensions;
        if context.case.incident.proceedings.tally.suspended >= most {
            return Err(Refusal::TooOften { command: CommandKind::Suspend, most });
        }
        context.not_overdue()?;
        context.nothing_asked()
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let reason = context.reason(CommandKind::Suspend, &self.reason)?;
        let most = context.rules.book().suspension_days;
        if self.days == 0 || self.days > most {
            return Err(Refusal::TooLong { given: self.days, most, unit: LimitUnit::CalendarDays });
        }
        Ok(context.ask(RequestedChange::Suspend { days: self.days }, Some(reason), &self.explanation))
    }
}
