//! Close: the desk looked at the result, or a grid worker did for it. Not by who did the work, but in a village.

use serde::{Deserialize, Serialize};

use super::{By, Effect, Happening, Rule, Scene, level};
use crate::{
    case::{Case, Stamp},
    incident::State,
    leg::{CustodyOutcome, Outcome},
    proceedings::Check,
    refusal::Refusal,
    text::Text,
    unit::Level,
    warning::Warning,
};

/// The desk is satisfied, or knows that nothing more can be done.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Close {
    /// Words for the reporter, who may show them to residents.
    pub reply: Option<Text>,
}

/// The desk closed it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Closed {
    /// What came of it.
    pub outcome: Outcome,
    /// Level of the desk under which it closed.
    pub resolved_level: Level,
    /// The desk did the work itself, and nobody else looked at it.
    pub self_verified: bool,
    /// Without a result, by a county.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub forced: bool,
}

impl Rule for Close {
    const FROM: &'static [State] = &[State::PendingVerification];
    const BY: By = By::Desk;

    fn guard(scene: &Scene<'_>) -> Result<(), Refusal> {
        match scene.case.incident.proceedings.check {
            // Nobody waits for longer than was agreed.
            Some(Check { settled: None, due, .. }) if scene.at <= due.at => Err(Refusal::CheckOpen),
            Some(Check { settled: Some(true), .. }) => Ok(()),
            Some(Check { settled: Some(false) | None, .. }) | None if is_own_work(scene) => {
                Err(Refusal::OwnWork)
            }
            Some(_) | None => Ok(()),
        }
    }

    fn decide(&self, scene: &Scene<'_>) -> Result<Happening, Refusal> {
        let case = scene.case;
        let work = case.last_lead();
        let checked = case.incident.proceedings.check.and_then(|check| check.settled) == Some(true);
        let happening = Happening::of(Closed {
            outcome: work.and_then(|leg| leg.result).unwrap_or(Outcome::Unresolved),
            resolved_level: level(case),
            self_verified: !checked && work.is_some_and(|leg| Some(leg.organisation) == case.desk()),
            forced: false,
        });
        let goes_on = case.linkages().iter().any(|linkage| linkage.end.is_none());
        let happening = happening.warning(goes_on.then_some(Warning::LinkageOpen));
        Ok(match &self.reply {
            Some(reply) => happening.telling(reply),
            None => happening,
        })
    }
}

/// Whether the actor did the work that is to be verified. A village is too small for two pairs of eyes: its own work
/// it may verify itself, and the incident says so.
fn is_own_work(scene: &Scene<'_>) -> bool {
    scene.case.last_lead().is_some_and(|leg| {
        leg.submitted_by == Some(scene.actor.account)
            && !(leg.organisation == scene.actor.organisation && scene.case.level() == Some(Level::Village))
    })
}

impl Effect for Closed {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.self_verified = self.self_verified;
        case.close(self.outcome, self.resolved_level, CustodyOutcome::Closed, stamp);
    }
}
