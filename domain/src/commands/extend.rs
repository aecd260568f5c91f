//! Extend (申请延期): the lead organisation asks for more time before its deadline. A second person has to approve.

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
    text::Text,
};

/// Asks for more time.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Extend {
    /// Additional time in the unit of the handling limit; at least 1. All extensions together may not exceed the
    /// original limit.
    pub units: u32,
    pub explanation: Text,
}

impl Rule for Extend {
    const FROM: &'static [State] = &[State::InProgress];
    const BY: By = By::Lead;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        let most = context.rules.book().maxima.extensions;
        let Some(leg) = context.case.open_lead() else { return Ok(()) };
        if leg.extended() >= most {
            return Err(Refusal::TooOften { command: CommandKind::Extend, most });
        }
        context.require_not_overdue()?;
        context.require_no_open_request()
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let leg = context.case.open_lead().ok_or(Refusal::NothingAsked)?;
        let limit = leg.clocks.handle.limit;
        let most = limit.amount.saturating_sub(leg.extended_by(limit.unit));
        if self.units == 0 || self.units > most {
            return Err(Refusal::TooLong { given: self.units, most, unit: limit.unit });
        }
        let change = RequestedChange::Extend { units: self.units };
        Ok(context.request_approval(change, None, &self.explanation))
    }
}
