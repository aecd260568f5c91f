//! Involve: somebody takes part who is no organisation: one of the five (五大员), by capacity. What they did can be counted
//! by incident, never by person.

use serde::{Deserialize, Serialize};

use crate::{
    command_kind::CommandKind,
    commands::{
        context::CommandContext,
        effects::Effects,
        link::KEPT_IN,
        rule::{By, Rule},
    },
    events::linkages::Involved,
    incident::{
        State,
        linkage::Capacity,
        remark::{Audience, Label},
    },
    refusal::Refusal,
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

impl Rule for Involve {
    const FROM: &'static [State] = KEPT_IN;
    const BY: By = By::Involved;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        let present = u32::try_from(context.case.incident.proceedings.participants.len()).unwrap_or(u32::MAX);
        if present >= MAX_PARTICIPANTS {
            return Err(Refusal::TooOften { command: CommandKind::Involve, most: MAX_PARTICIPANTS });
        }
        Ok(())
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let effects = Effects::of(Involved { capacity: self.capacity, by: context.actor.organisation });
        Ok(match &self.name {
            Some(name) => effects.saying(Label::Name, Audience::Internal, name),
            None => effects,
        })
    }
}
