//! Follow up (回访): somebody who did not do the work asks how it was settled. What is not settled is reopened.

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

/// Asks how it was settled.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FollowUp {
    /// How.
    pub channel: Channel,
    /// Whether it is settled, says who was asked.
    pub settled: bool,
    /// 1 (very dissatisfied) to 5 (very satisfied); none when nobody would say.
    pub satisfaction: Option<u8>,
    /// What was said.
    pub remarks: Text,
}

impl Rule for FollowUp {
    const FROM: &'static [State] = &[State::Closed];
    const BY: By = By::Closer;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        let worked = context.case.last_lead().and_then(|leg| leg.submitted_by);
        if worked == Some(context.actor.account) { Err(Refusal::OwnWork) } else { Ok(()) }
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        if let Some(given) = self.satisfaction.filter(|given| !SATISFACTION.contains(given)) {
            return Err(Refusal::NoGrade { given });
        }
        let Self { channel, settled, satisfaction, remarks } = self;
        let asked = FollowedUp { channel: *channel, settled: *settled, satisfaction: *satisfaction };
        let effects = Effects::of(asked).noting(remarks);
        if self.settled {
            return Ok(effects);
        }
        match Reopen::guard(context) {
            Ok(()) => Ok(effects.then(Reopen { reason: remarks.clone() }.decide(context)?)),
            Err(_) => Ok(effects.warning(Some(Warning::TooLateToReopen))),
        }
    }
}
