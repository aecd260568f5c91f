//! Supervise (督办): the desk, or one above it, watches an incident and wants an answer. What nobody asked for, because a
//! clock ran out, is an alarm beside it ([`Alarmed`](crate::reconcile::Alarmed)): neither overwrites the other.

use serde::{Deserialize, Serialize};

use super::{By, Effect, Happening, Rule, Scene};
use crate::{
    case::{Case, Stamp},
    incident::State,
    organisation::OrganisationCode,
    proceedings::{Supervision, SupervisionLevel},
    refusal::Refusal,
    text::Text,
    time::Instant,
};

/// Watches it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Supervise {
    /// How closely.
    pub level: SupervisionLevel,
    /// When an answer is due.
    pub reply_due: Instant,
    /// Why.
    pub reason: Text,
}

/// Somebody watches it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Supervised {
    /// How closely.
    pub level: SupervisionLevel,
    /// The desk that watches.
    pub by: OrganisationCode,
    /// When an answer is due.
    pub reply_due: Instant,
}

impl Rule for Supervise {
    const FROM: &'static [State] = State::OPEN;
    const BY: By = By::DeskOrAbove;

    fn decide(&self, scene: &Scene<'_>) -> Result<Happening, Refusal> {
        if self.reply_due <= scene.at {
            return Err(Refusal::NotInTheFuture { given: self.reply_due });
        }
        // A desk below does not soften what one above said.
        let own = scene.actor.organisation;
        if let Some(present) = scene.case.incident.proceedings.supervision
            && present.by.unit.level() > own.unit.level()
        {
            return Err(Refusal::WatchedFromAbove { by: present.by });
        }
        let body = Supervised { level: self.level, by: own, reply_due: self.reply_due };
        Ok(Happening::of(body).noting(&self.reason))
    }
}

impl Effect for Supervised {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        let Self { level, by, reply_due } = *self;
        case.incident.proceedings.supervision =
            Some(Supervision { level, by, at: stamp.at, reply_due, replied_at: None });
    }
}
