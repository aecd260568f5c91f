//! Approve (批准): a second person of the holding desk, or of a desk above it, approves the open request.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        correction::corrected_event,
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
        requests::{Request, RequestedChange},
        schedule,
    },
    refusal::Refusal,
    text::Text,
    time::deadline::Limit,
};

/// Approves the open request.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Approve {
    /// Advice for carrying out the request.
    pub note: Option<Text>,
}

impl Rule for Approve {
    const FROM: &'static [State] = State::OPEN;
    const TO: &'static [State] = &[State::PendingAcceptance, State::Suspended, State::Closed];
    const BY: By = By::DeskOrAbove;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        context.request_to_decide().map(|_| ())
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let request = context.request_to_decide()?;
        let effects = Effects::of(Approved { request: request.asked.kind() });
        let effects = match &self.note {
            Some(note) => effects.with_internal_note(note),
            None => effects,
        };
        Ok(effects.followed_by(carry_out(&request, context)?))
    }
}

/// Makes the requested change.
fn carry_out(request: &Request, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
    let pauses = &context.case.incident.pauses.periods;
    Ok(match request.asked {
        RequestedChange::Extend { units } => {
            let leg = context.case.open_lead().ok_or(Refusal::NothingAsked)?;
            let handle = context.rules.extended(leg.clocks.handle, units, pauses);
            let custody = context.case.open_custody().ok_or(Refusal::NothingAsked)?;
            let by = Limit { amount: units, unit: handle.limit.unit };
            let ceiling = schedule::extended_ceiling(custody, by, pauses, context.rules);
            Effects::of(Extended { units, handle, ceiling })
        }
        RequestedChange::Suspend { days } => {
            Effects::of(Suspended { until: context.rules.suspension_end(days, context.at) })
        }
        RequestedChange::Correct(correction) => Effects::of(corrected_event(correction, context)?),
        RequestedChange::ForceClose => Effects::of(Closed {
            outcome: Outcome::Unresolved,
            resolved_level: context.case.custody_level(),
            self_verified: false,
            verified_by_colleague: false,
            forced: true,
        }),
    })
}
