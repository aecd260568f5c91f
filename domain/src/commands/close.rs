//! Close: the desk looked at the result, or a grid worker did for it. Not by who did the work, but in a village.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    events::closing::Closed,
    geography::unit::Level,
    incident::{State, leg::Outcome, proceedings::Check},
    refusal::Refusal,
    text::Text,
};

/// The desk is satisfied, or knows that nothing more can be done.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Close {
    /// Words for the reporter, who may show them to residents.
    pub reply: Option<Text>,
}

impl Rule for Close {
    const FROM: &'static [State] = &[State::PendingVerification];
    const BY: By = By::Desk;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        match context.case.incident.proceedings.check {
            // Nobody waits for longer than was agreed.
            Some(Check { settled: None, due, .. }) if context.at <= due.at => Err(Refusal::CheckOpen),
            Some(Check { settled: Some(true), .. }) => Ok(()),
            Some(Check { settled: Some(false) | None, .. }) | None if is_own_work(context) => {
                Err(Refusal::OwnWork)
            }
            Some(_) | None => Ok(()),
        }
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let case = context.case;
        let work = case.last_lead();
        let checked = case.incident.proceedings.check.and_then(|check| check.settled) == Some(true);
        let effects = Effects::of(Closed {
            outcome: work.and_then(|leg| leg.result).unwrap_or(Outcome::Unresolved),
            resolved_level: case.custody_level(),
            self_verified: !checked && work.is_some_and(|leg| Some(leg.organisation) == case.desk()),
            forced: false,
        });
        let effects = effects.warning(context.linkages_left());
        Ok(match &self.reply {
            Some(reply) => effects.telling(reply),
            None => effects,
        })
    }
}

/// Whether the actor did the work that is to be verified. A village is too small for two pairs of eyes: its own work
/// it may verify itself, and the incident says so.
fn is_own_work(context: &CommandContext<'_>) -> bool {
    context.case.last_lead().is_some_and(|leg| {
        leg.submitted_by == Some(context.actor.account)
            && !(leg.organisation == context.actor.organisation
                && context.case.level() == Some(Level::Village))
    })
}
