//! Approve: a second person of the desk, or of a desk above it, agrees to what was asked.

use serde::{Deserialize, Serialize};

use super::{
    By, Effect, Happening, Rule, Scene, close::Closed, correct, extend::Extended, level, suspend::Suspended,
};
use crate::{
    case::{Case, Stamp},
    incident::State,
    leg::Outcome,
    proceedings::{Asked, Request, RequestKind},
    refusal::Refusal,
    text::Text,
};

/// A second person agrees.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Approve {
    /// What has to be seen to.
    pub note: Option<Text>,
}

/// A second person agreed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Approved {
    /// To what.
    pub request: RequestKind,
}

impl Rule for Approve {
    const FROM: &'static [State] = State::OPEN;
    const BY: By = By::DeskOrAbove;

    fn guard(scene: &Scene<'_>) -> Result<(), Refusal> {
        scene.asked_by_another().map(|_| ())
    }

    fn decide(&self, scene: &Scene<'_>) -> Result<Happening, Refusal> {
        let request = scene.asked_by_another()?;
        let happening = Happening::of(Approved { request: request.asked.kind() });
        let happening = match &self.note {
            Some(note) => happening.noting(note),
            None => happening,
        };
        Ok(happening.then(carried_out(&request, scene)?))
    }
}

/// What was asked, done.
fn carried_out(request: &Request, scene: &Scene<'_>) -> Result<Happening, Refusal> {
    let pauses = &scene.case.incident.proceedings.pauses;
    Ok(match request.asked {
        Asked::Extend { units } => {
            let leg = scene.case.open_lead().ok_or(Refusal::NothingAsked)?;
            let handle = scene.rules.extended(leg.clocks.handle, units, pauses);
            Happening::of(Extended { units, handle })
        }
        Asked::Suspend { days } => {
            Happening::of(Suspended { until: scene.rules.suspension_end(days, scene.at) })
        }
        Asked::Correct(correction) => Happening::of(correct::corrected(correction, scene)?),
        Asked::ForceClose => Happening::of(Closed {
            outcome: Outcome::Unresolved,
            resolved_level: level(scene.case),
            self_verified: false,
            forced: true,
        }),
    })
}

impl Scene<'_> {
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

impl Effect for Approved {
    fn apply(&self, case: &mut Case, _: Stamp) {
        case.incident.proceedings.request = None;
    }
}
