//! Involve: somebody takes part who is no organisation: one of the five (五大员), by capacity. What they did can be counted
//! by incident, never by person.

use serde::{Deserialize, Serialize};

use super::{By, CommandKind, Effect, Happening, Rule, Scene, link::KEPT_IN};
use crate::{
    case::{Case, Stamp},
    incident::State,
    linkage::{Capacity, Participant},
    organisation::OrganisationCode,
    refusal::Refusal,
    remark::{Audience, Label},
    text::Text,
};

/// People who take part in one incident, at most.
pub const MAX_PARTICIPANTS: u32 = 50;

/// Says who takes part.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Involve {
    /// In which capacity.
    pub capacity: Capacity,
    /// By which name.
    pub name: Option<Text>,
}

/// Somebody takes part.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Involved {
    /// In which capacity.
    pub capacity: Capacity,
    /// For which organisation.
    pub by: OrganisationCode,
}

impl Rule for Involve {
    const FROM: &'static [State] = KEPT_IN;
    const BY: By = By::Involved;

    fn guard(scene: &Scene<'_>) -> Result<(), Refusal> {
        let present = u32::try_from(scene.case.incident.proceedings.participants.len()).unwrap_or(u32::MAX);
        if present >= MAX_PARTICIPANTS {
            return Err(Refusal::TooOften { command: CommandKind::Involve, most: MAX_PARTICIPANTS });
        }
        Ok(())
    }

    fn decide(&self, scene: &Scene<'_>) -> Result<Happening, Refusal> {
        let happening = Happening::of(Involved { capacity: self.capacity, by: scene.actor.organisation });
        Ok(match &self.name {
            Some(name) => happening.saying(Label::Name, Audience::Internal, name),
            None => happening,
        })
    }
}

impl Effect for Involved {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        let Self { capacity, by } = *self;
        let participant = Participant { capacity, by, at: stamp.at, seq: stamp.seq };
        case.incident.proceedings.participants.push(participant);
    }
}
