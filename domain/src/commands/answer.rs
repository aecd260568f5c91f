//! Answer (应哨): an assisting organisation says that it will come, that it has finished its part, or that it cannot
//! help.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    events::work::{Answered, Assistance},
    incident::State,
    refusal::Refusal,
    text::Text,
};

/// Answers a request for assistance.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Answer {
    pub assistance: Assistance,
    /// Details, or the reason for declining.
    pub text: Text,
}

impl Rule for Answer {
    const FROM: &'static [State] =
        &[State::PendingReceipt, State::InProgress, State::Suspended, State::PendingVerification];
    const BY: By = By::Assist;

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let organisation = context.actor.organisation;
        let confirmed = context.case.assist_of(organisation).is_some_and(|leg| leg.acknowledged_at.is_some());
        if confirmed && self.assistance == Assistance::Confirmed {
            return Err(Refusal::DecidedAlready);
        }
        Ok(Effects::of(Answered { organisation, assistance: self.assistance }).with_internal_note(&self.text))
    }
}
