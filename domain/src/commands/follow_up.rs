//! Follow up (回访): a person who did not do the work asks the residents about the outcome. The incident is reopened if
//! the matter is not settled.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        effects::Effects,
        reopen::Reopen,
        rule::{By, Rule},
    },
    events::closing::{Channel, FollowedUp, SATISFACTION},
    incident::State,
    refusal::Refusal,
    text::Text,
    warning::Warning,
};

/// Records the answers of the residents about the outcome.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FollowUp {
    pub channel: Channel,
    /// Whether the matter is settled in the view of the person asked.
    pub settled: bool,
    /// From 1 (very dissatisfied) to 5 (very satisfied); `None` if the person gave no grade.
    pub satisfaction: Option<u8>,
    /// The person's answers.
    pub remarks: Text,
}

impl Rule for FollowUp {
    const FROM: &'static [State] = &[State::Closed];
    const TO: &'static [State] = &[State::PendingDispatch];
    const BY: By = By::Closer;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        let submitted_by = context.case.last_lead().and_then(|leg| leg.submitted_by);
        if submitted_by == Some(context.actor.account) { Err(Refusal::OwnWork) } else { Ok(()) }
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        if let Some(given) = self.satisfaction.filter(|given| !SATISFACTION.contains(given)) {
            return Err(Refusal::NoGrade { given });
        }
        let Self { channel, settled, satisfaction, remarks } = self;
        let body = FollowedUp { channel: *channel, settled: *settled, satisfaction: *satisfaction };
        let effects = Effects::of(body).with_internal_note(remarks);
        if self.settled {
            return Ok(effects);
        }
        match Reopen::guard(context) {
            Ok(()) => Ok(effects.followed_by(Reopen { reason: remarks.clone() }.decide(context)?)),
            Err(_) => Ok(effects.with_warning(Some(Warning::TooLateToReopen))),
        }
    }
}
