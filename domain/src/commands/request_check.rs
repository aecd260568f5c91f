//! Request a check: a grid worker of the place is sent to look at the result, as an eye that did not do the work. Who is
//! sent next takes the place of one who does not answer.

use serde::{Deserialize, Serialize};

use super::{By, Effect, Happening, Rule, Scene};
use crate::{
    account::AccountId,
    case::{Case, Stamp},
    clock::Deadline,
    incident::State,
    proceedings::Check,
    refusal::Refusal,
    remark::{Audience, Label},
    text::Text,
};

/// Sends a grid worker to look at the result.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RequestCheck {
    /// Whom: a grid worker of the grid it happened in.
    pub worker: AccountId,
    /// Whether that account is one.
    #[serde(skip)]
    pub is_of_the_grid: bool,
    /// What to look at, in words for the grid worker.
    pub note: Option<Text>,
}

/// A grid worker was sent.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CheckRequested {
    /// Who.
    pub worker: AccountId,
    /// Until when.
    pub due: Deadline,
}

impl Rule for RequestCheck {
    const FROM: &'static [State] = &[State::PendingVerification];
    const BY: By = By::Desk;

    fn guard(scene: &Scene<'_>) -> Result<(), Refusal> {
        if !scene.case.incident.is_shown_in_the_field() {
            return Err(Refusal::RestrictedCheck);
        }
        Ok(())
    }

    fn decide(&self, scene: &Scene<'_>) -> Result<Happening, Refusal> {
        if !self.is_of_the_grid {
            return Err(Refusal::NoWorkerOfTheGrid);
        }
        let due = scene.rules.check_due(scene.at);
        let happening = Happening::of(CheckRequested { worker: self.worker, due });
        Ok(match &self.note {
            Some(note) => happening.saying(Label::Text, Audience::Checker, note),
            None => happening,
        })
    }
}

impl Effect for CheckRequested {
    fn apply(&self, case: &mut Case, _: Stamp) {
        case.incident.proceedings.check = Some(Check { worker: self.worker, due: self.due, settled: None });
    }
}
