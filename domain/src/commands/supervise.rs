//! Supervise (督办): the desk, or one above it, watches an incident and wants an answer. It begins by itself when a clock
//! runs out.

use serde::{Deserialize, Serialize};

use super::{By, Effect, Happening, Rule, Scene};
use crate::{
    case::{Case, Stamp},
    clock::Clock,
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
    /// When an answer is due, if one was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_due: Option<Instant>,
    /// The clock that ran out, when it began by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over: Option<Clock>,
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
            && present.over.is_none()
            && present.by.unit.level() > own.unit.level()
        {
            return Err(Refusal::WatchedFromAbove { by: present.by });
        }
        let body = Supervised { level: self.level, by: own, reply_due: Some(self.reply_due), over: None };
        Ok(Happening::of(body).noting(&self.reason))
    }
}

impl Effect for Supervised {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        let Self { level, by, reply_due, over } = *self;
        case.incident.proceedings.supervision =
            Some(Supervision { level, by, at: stamp.at, over, reply_due, replied_at: None });
    }
}
