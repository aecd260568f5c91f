//! Close (结案): the holding desk verifies the result and closes the incident. Outside villages, the person who
//! submitted the result may do so only after a grid worker confirmed it.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    events::closing::Closed,
    geography::unit::Level,
    incident::{State, case::Case, leg::Outcome, oversight::Check},
    refusal::Refusal,
    text::Text,
};

/// Closes the incident, resolved or unresolved, as the submitted result says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Close {
    /// Reply to the reporter, who may show it to residents. Only a desk that entered the matter itself may leave it out.
    pub reply: Option<Text>,
}

impl Rule for Close {
    const FROM: &'static [State] = &[State::PendingVerification];
    const TO: &'static [State] = &[State::Closed];
    const BY: By = By::Desk;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        match context.case.incident.oversight.check {
            // After its deadline an open check no longer prevents closing.
            Some(Check { settled: None, due, .. }) if context.at <= due.at => Err(Refusal::CheckOpen),
            Some(Check { settled: Some(true), .. }) => Ok(()),
            Some(Check { settled: Some(false) | None, .. }) | None if must_not_verify(context) => {
                Err(Refusal::OwnWork)
            }
            Some(_) | None => Ok(()),
        }
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let case = context.case;
        let work = case.last_lead();
        let checked = case.incident.oversight.check.and_then(|check| check.settled) == Some(true);
        let same_person = work.is_some_and(|leg| leg.submitted_by == Some(context.actor.account));
        let own_work = work.is_some_and(|leg| Some(leg.organisation) == case.desk());
        let effects = Effects::of(Closed {
            outcome: work.and_then(|leg| leg.result).unwrap_or(Outcome::Unresolved),
            resolved_level: case.custody_level(),
            self_verified: same_person && !checked,
            verified_by_colleague: own_work && !same_person && !checked,
            forced: false,
        });
        let effects = effects.with_warning(context.open_linkage_warning());
        match &self.reply {
            Some(reply) => Ok(effects.with_reply(reply)),
            // Nobody else waits for an answer.
            None if is_known_to_reporter(case) => Ok(effects),
            None => Err(Refusal::ReplyMissing),
        }
    }
}

/// Whether the desk that closes entered the matter itself, and no other report is merged into it.
fn is_known_to_reporter(case: &Case) -> bool {
    let incident = &case.incident;
    incident.entered_by.is_some() && incident.entered_by == case.desk() && incident.merging.absorbed == 0
}

/// Whether the actor submitted the result and so must not verify it. A village has too few staff for a second person:
/// it may verify its own work, and the incident is then marked as self-verified.
fn must_not_verify(context: &CommandContext<'_>) -> bool {
    context.case.last_lead().is_some_and(|leg| {
        let is_village_work =
            leg.organisation == context.actor.organisation && context.case.level() == Some(Level::Village);
        leg.submitted_by == Some(context.actor.account) && !is_village_work
    })
}
