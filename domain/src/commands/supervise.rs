//! Supervise (督办): the holding desk, or a desk above it, puts the incident under supervision and asks for a reply.
//!
//! A missed deadline raises an alarm instead ([`Alarmed`](crate::events::automatic::Alarmed)). Alarm and supervision
//! are stored separately. Neither replaces the other.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    events::oversight::Supervised,
    incident::{State, oversight::SupervisionLevel},
    refusal::Refusal,
    text::Text,
    time::Instant,
};

/// Puts the incident under supervision.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Supervise {
    pub level: SupervisionLevel,
    /// When a reply is due; in the future.
    pub reply_due: Instant,
    pub reason: Text,
}

impl Rule for Supervise {
    const FROM: &'static [State] = State::OPEN;
    const BY: By = By::DeskOrAbove;

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        if self.reply_due <= context.at {
            return Err(Refusal::NotInTheFuture { given: self.reply_due });
        }
        // A desk may not replace the supervision of a desk above it.
        let desk = context.actor.organisation;
        if let Some(current) = context.case.incident.oversight.supervision
            && current.by.unit.level() > desk.unit.level()
        {
            return Err(Refusal::WatchedFromAbove { by: current.by });
        }
        let body = Supervised { level: self.level, by: desk, reply_due: self.reply_due };
        Ok(Effects::of(body).with_internal_note(&self.reason))
    }
}
