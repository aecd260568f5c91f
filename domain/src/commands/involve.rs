//! Involve (登记参与人员): records that one of the five village officers (五大员) takes part. Statistics count the capacity,
//! never the person.

use serde::{Deserialize, Serialize};

use crate::{
    command_kind::CommandKind,
    commands::{
        context::CommandContext,
        effects::Effects,
        linkage::LINKAGE_STATES,
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

/// The most participants that one incident may have.
pub const MAX_PARTICIPANTS: u32 = 50;

/// Records a participant.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Involve {
    pub capacity: Capacity,
    /// Name of the participant.
    pub name: Option<Text>,
}

impl Rule for Involve {
    const FROM: &'static [State] = LINKAGE_STATES;
    const BY: By = By::Involved;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        let count = u32::try_from(context.case.incident.participants.len()).unwrap_or(u32::MAX);
        if count >= MAX_PARTICIPANTS {
            return Err(Refusal::TooOften { command: CommandKind::Involve, most: MAX_PARTICIPANTS });
        }
        Ok(())
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let effects = Effects::of(Involved { capacity: self.capacity, by: context.actor.organisation });
        Ok(match &self.name {
            Some(name) => effects.with_remark(Label::Name, Audience::Internal, name),
            None => effects,
        })
    }
}
