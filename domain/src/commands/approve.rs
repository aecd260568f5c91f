//! Approve: a second person of the desk, or of a desk above it, agrees to what was asked.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        correct,
        effects::Effects,
        rule::{By, Rule},
    },
    events::{
        closing::Closed,
        oversight::{Approved, Extended},
        work::Suspended,
    },
    incident::{
        State,
        leg::Outcome,
        proceedings::{Request, RequestedChange},
    },
    refusal::Refusal,
    text::Text,
};

/// A second person agrees.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Approve {
    /// What has to be seen to.
    pub note: Option<Text>,
}

impl Rule for Approve {
    const FROM: &'static [State] = State::OPEN;
    const BY: By = By::DeskOrAbove;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        context.asked_by_another().map(|_| ())
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let request = context.asked_by_another()?;
        let effects = Effects::of(Approved { request: request.asked.kind() });
        let effects = match &self.note {
            Some(note) => effects.noting(note),
            None => effects,
        };
        Ok(effects.then(carried_out(&request, context)?))
    }
}

/// What was asked, done.
fn carried_out(request: &Request, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
    let pauses = &context.case.incident.proceedings.pauses;
    Ok(match request.asked {
        RequestedChange::Extend { units } => {
            let leg = context.case.open_lead().ok_or(Refusal::NothingAsked)?;
            let handle = context.rules.extended(leg.clocks.handle, units, pauses);
            Effects::of(Extended { units, handle })
        }
        RequestedChange::Suspend { days } => {
            Effects::of(Suspended { until: context.rules.suspension_end(days, context.at) })
        }
        RequestedChange::Correct(correction) => Effects::of(correct::corrected(correction, context)?),
        RequestedChange::ForceClose => Effects::of(Closed {
            outcome: Outcome::Unresolved,
            resolved_level: context.case.custody_level(),
            self_verified: false,
            forced: true,
        }),
    })
}

impl CommandContext<'_> {
    /// What waits for a second person, if the actor is one.
    pub(crate) fn asked_by_another(&self) -> Result<Request, Refusal> {
        let request = self.case.incident.proceedings.request.ok_or(Refusal::NothingAsked)?;
        if request.by == self.actor.account {
            return Err(Refusal::SecondPerson);
        }
        // What a county wants ended its villages do not decide.
        if self.actor.organisation.unit.level() < request.organisation.unit.level() {
            return Err(Refusal::SecondPerson);
        }
        Ok(request)
    }
}
