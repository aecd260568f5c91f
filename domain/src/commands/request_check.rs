//! Request a check (派员核查): the holding desk asks a grid worker of the place to check the result on site. A new request
//! replaces an earlier one.

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

/// Asks a grid worker to check the result on site.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RequestCheck {
    /// A grid worker of the grid that contains the place of the incident.
    pub worker: AccountId,
    /// Whether `worker` is such a grid worker. The caller looks it up.
    #[serde(skip)]
    pub is_of_the_grid: bool,
    /// Instructions for the grid worker.
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
            Some(note) => effects.with_remark(Label::Text, Audience::Checker, note),
            None => effects,
        })
    }
}
