//! Answer (应哨): an organisation that assists says that it comes, that it has done its part, or why it does not.

use serde::{Deserialize, Serialize};

use super::{By, Effect, Happening, Rule, Scene};
use crate::{
    case::{Case, Stamp},
    code::codes,
    incident::State,
    leg::HandlingOutcome,
    organisation::OrganisationCode,
    refusal::Refusal,
    text::Text,
};

codes! {
    /// What an organisation that assists says.
    Assistance "assistance" {
        /// It comes.
        Confirmed "confirmed" "应哨",
        /// It has done its part.
        Done "done" "已办",
        /// It does not come, and says why.
        Declined "declined" "不能协办",
    }
}

/// An organisation that helps answers.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Answer {
    /// What.
    pub assistance: Assistance,
    /// In words.
    pub text: Text,
}

/// An organisation that helps answered.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Answered {
    /// Which.
    pub organisation: OrganisationCode,
    /// What.
    pub assistance: Assistance,
}

impl Rule for Answer {
    const FROM: &'static [State] =
        &[State::PendingReceipt, State::InProgress, State::Suspended, State::PendingVerification];
    const BY: By = By::Assist;

    fn decide(&self, scene: &Scene<'_>) -> Result<Happening, Refusal> {
        let organisation = scene.actor.organisation;
        let confirmed = scene.case.assist_of(organisation).is_some_and(|leg| leg.acknowledged_at.is_some());
        if confirmed && self.assistance == Assistance::Confirmed {
            return Err(Refusal::DecidedAlready);
        }
        Ok(Happening::of(Answered { organisation, assistance: self.assistance }).noting(&self.text))
    }
}

impl Effect for Answered {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        let Some(number) = case.assist_of(self.organisation).map(|leg| leg.number) else { return };
        match self.assistance {
            Assistance::Confirmed => {
                for leg in case.handling.iter_mut().filter(|leg| leg.number == number) {
                    leg.acknowledged_at = Some(stamp.at);
                }
            }
            Assistance::Done => case.end_leg(number, HandlingOutcome::Done, stamp),
            Assistance::Declined => case.end_leg(number, HandlingOutcome::Declined, stamp),
        }
    }
}
