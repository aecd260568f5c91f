//! Follow up (回访): somebody who did not do the work asks how it was settled. What is not settled is reopened.

use serde::{Deserialize, Serialize};

use super::{By, Effect, Happening, Rule, Scene, reopen::Reopen};
use crate::{
    case::{Case, Stamp},
    code::codes,
    incident::State,
    refusal::Refusal,
    text::Text,
    warning::Warning,
};

codes! {
    /// How somebody was asked.
    Channel "channel" {
        /// By telephone.
        Phone "phone" "电话",
        /// At home or on site.
        Visit "visit" "上门",
        /// In writing.
        Message "message" "短信",
    }
}

/// Grades of satisfaction: 1 (very dissatisfied) to 5 (very satisfied).
pub const SATISFACTION: std::ops::RangeInclusive<u8> = 1..=5;

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

/// Somebody was asked how it was settled.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FollowedUp {
    /// How.
    pub channel: Channel,
    /// Whether it is settled.
    pub settled: bool,
    /// How satisfied they are.
    pub satisfaction: Option<u8>,
}

impl Rule for FollowUp {
    const FROM: &'static [State] = &[State::Closed];
    const BY: By = By::Closer;

    fn guard(scene: &Scene<'_>) -> Result<(), Refusal> {
        let worked = scene.case.last_lead().and_then(|leg| leg.submitted_by);
        if worked == Some(scene.actor.account) { Err(Refusal::OwnWork) } else { Ok(()) }
    }

    fn decide(&self, scene: &Scene<'_>) -> Result<Happening, Refusal> {
        if let Some(given) = self.satisfaction.filter(|given| !SATISFACTION.contains(given)) {
            return Err(Refusal::NoGrade { given });
        }
        let Self { channel, settled, satisfaction, remarks } = self;
        let asked = FollowedUp { channel: *channel, settled: *settled, satisfaction: *satisfaction };
        let happening = Happening::of(asked).noting(remarks);
        if self.settled {
            return Ok(happening);
        }
        match Reopen::guard(scene) {
            Ok(()) => Ok(happening.then(Reopen { reason: remarks.clone() }.decide(scene)?)),
            Err(_) => Ok(happening.warning(Some(Warning::TooLateToReopen))),
        }
    }
}

impl Effect for FollowedUp {
    fn apply(&self, case: &mut Case, _: Stamp) {
        let known = &mut case.incident.proceedings.satisfaction;
        *known = self.satisfaction.or(*known);
    }
}
