//! Suspend (申请挂账): the lead organisation asks to suspend its work for some days. A second person has to approve, and
//! the work resumes automatically.

use serde::{Deserialize, Serialize};

use crate::{
    command_kind::CommandKind,
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    incident::{State, requests::RequestedChange},
    refusal::Refusal,
    rules::reason::ReasonCode,
    text::Text,
    time::deadline::LimitUnit,
};

/// Asks to suspend the work.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Suspend {
    pub reason: ReasonCode,
    /// Length in calendar days; at least 1, at most what the rules allow.
    pub days: u32,
    pub explanation: Text,
}

impl Rule for Suspend {
    const FROM: &'static [State] = &[State::InProgress];
    const BY: By = By::Lead;
    const GIVES_REASON: bool = true;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        let most = context.rules.book().maxima.suspensions;
        if context.case.incident.tally.suspended >= most {
            return Err(Refusal::TooOften { command: CommandKind::Suspend, most });
        }
        context.require_not_overdue()?;
        context.require_no_open_request()
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let reason = context.reason(CommandKind::Suspend, &self.reason)?;
        let most = context.rules.book().suspension_days;
        if self.days == 0 || self.days > most {
            return Err(Refusal::TooLong { given: self.days, most, unit: LimitUnit::CalendarDays });
        }
        Ok(context.request_approval(
            RequestedChange::Suspend { days: self.days },
            Some(reason),
            &self.explanation,
        ))
    }
}
