//! Request a check: a grid worker of the place is sent to look at the result, as an eye that did not do the work. Who is
//! sent next takes the place of one who does not answer.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    events::closing::CheckRequested,
    ids::AccountId,
    incident::{
        State,
        remark::{Audience, Label},
    },
    refusal::Refusal,
    text::Text,
};

/// Sends a grid worker to look at the result.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RequestCheck {
    /// Whom: a grid worker of the grid it happened in.
    pub worker: AccountId,
    /// Whether that account is one.
    #[serde(skip)]
    pub is_of_the_grid: bool,
    /// What to look at, in words for the grid worker.
    pub note: Option<Text>,
}

impl Rule for RequestCheck {
    const FROM: &'static [State] = &[State::PendingVerification];
    const BY: By = By::Desk;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        if !context.case.incident.is_shown_in_the_field() {
            return Err(Refusal::RestrictedCheck);
        }
        Ok(())
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        if !self.is_of_the_grid {
            return Err(Refusal::NoWorkerOfTheGrid);
        }
        let due = context.rules.check_due(context.at);
        let effects = Effects::of(CheckRequested { worker: self.worker, due });
        Ok(match &self.note {
            Some(note) => effects.saying(Label::Text, Audience::Checker, note),
            None => effects,
        })
    }
}
