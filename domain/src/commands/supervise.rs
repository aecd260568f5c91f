//! Supervise (督办): the desk, or one above it, watches an incident and wants an answer. What nobody asked for, because a
//! clock ran out, is an alarm beside it ([`Alarmed`](crate::events::automatic::Alarmed)): neither overwrites the other.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    events::oversight::Supervised,
    incident::{State, proceedings::SupervisionLevel},
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

impl Rule for Supervise {
    const FROM: &'static [State] = State::OPEN;
    const BY: By = By::DeskOrAbove;

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        if self.reply_due <= context.at {
            return Err(Refusal::NotInTheFuture { given: self.reply_due });
        }
        // A desk below does not soften what one above said.
        let own = context.actor.organisation;
        if let Some(present) = context.case.incident.proceedings.supervision
            && present.by.unit.level() > own.unit.level()
        {
            return Err(Refusal::WatchedFromAbove { by: present.by });
        }
        let body = Supervised { level: self.level, by: own, reply_due: self.reply_due };
        Ok(Effects::of(body).noting(&self.reason))
    }
}
