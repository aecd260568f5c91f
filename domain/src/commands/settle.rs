//! Settle (直接办结): a village accepts a small matter, does the work itself, and closes it in one step. The events are those of the
//! single commands, and the incident is marked as self-verified like them.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        accept::Accept,
        close::Close,
        context::CommandContext,
        dispatch::Dispatch,
        effects::Effects,
        rule::{By, Rule},
        submit_result::SubmitResult,
    },
    events::work::Method,
    geography::unit::Level,
    incident::{State, leg::Outcome, photo::Photo},
    refusal::Refusal,
    text::Text,
};

/// Settles a matter that the village handles itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Settle {
    pub method: Method,
    /// The work that was done.
    pub result: Text,
    /// Photos of the work. The files are uploaded later.
    pub photos: Vec<Photo>,
    /// Reply to the reporter, who may show it to residents.
    pub reply: Option<Text>,
    /// Confirms that the village does it although the category is not on its duty list (履职清单).
    #[serde(default)]
    pub outside_duty: bool,
}

impl Rule for Settle {
    const FROM: &'static [State] = &[State::PendingAcceptance, State::PendingDispatch];
    const TO: &'static [State] = &[State::Closed];
    const BY: By = By::Desk;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        // Above the village, a second person verifies the work.
        if context.case.level() == Some(Level::Village) { Ok(()) } else { Err(Refusal::SettledByVillage) }
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let Self { method, result, photos, reply, outside_duty } = self.clone();
        let to = context.actor.organisation;
        let own_work = Dispatch { to, assist: Vec::new(), outside_duty, note: None };
        let result = SubmitResult { outcome: Outcome::Resolved, method, result, photos };
        let accepted = if context.case.incident.state == State::PendingAcceptance {
            Accept {}.decide(context)?
        } else {
            Effects::none()
        };
        let at_work = context.then(accepted, &own_work)?;
        let done = context.then(at_work, &result)?;
        context.then(done, &Close { reply })
    }
}
