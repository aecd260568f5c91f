//! Unmerge: within a day the desk that merged an incident finds that it is a matter of its own. Its clocks go on as if it
//! had never been merged.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
        withdraw::back,
    },
    events::merging::Unmerged,
    incident::State,
    refusal::Refusal,
    text::Text,
};

/// It is a matter of its own after all.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Unmerge {
    /// Why.
    pub reason: Text,
}

impl Rule for Unmerge {
    const FROM: &'static [State] = &[State::Merged];
    const BY: By = By::Desk;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        let hours = context.rules.book().unmerge_hours;
        let limit = TimeDelta::hours(i64::from(hours));
        let last = context.case.incident.ended_at.and_then(|merged| merged.checked_add_signed(limit));
        if last.is_some_and(|last| context.at > last) {
            Err(Refusal::UnmergeTooLate { hours })
        } else {
            Ok(())
        }
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let leg = context.case.custody.last().ok_or(Refusal::NothingAsked)?;
        Ok(Effects::of(Unmerged { back_to: back(leg, context) }).noting(&self.reason))
    }
}
