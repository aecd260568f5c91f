//! Unmerge (撤销并案): the desk that merged the incident undoes the merge within the period the rules allow. The clocks
//! continue as if the incident had not been merged.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    events::merging::Unmerged,
    incident::State,
    refusal::Refusal,
    text::Text,
};

/// Undoes a merge.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Unmerge {
    pub reason: Text,
}

impl Rule for Unmerge {
    const FROM: &'static [State] = &[State::Merged];
    const TO: &'static [State] = &[State::PendingAcceptance, State::PendingDispatch];
    const BY: By = By::Desk;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        let hours = context.rules.book().unmerge_hours;
        let limit = TimeDelta::hours(i64::from(hours));
        let period_end = context.case.incident.ended_at.and_then(|merged| merged.checked_add_signed(limit));
        if period_end.is_some_and(|end| context.at > end) {
            Err(Refusal::UnmergeTooLate { hours })
        } else {
            Ok(())
        }
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let leg = context.case.custody.last().ok_or(Refusal::NothingAsked)?;
        Ok(Effects::of(Unmerged { back_to: context.give_back_to(leg) }).with_internal_note(&self.reason))
    }
}
