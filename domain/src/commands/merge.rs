//! Merge (并案): an earlier report of the same matter stands for this one, and its reporter is answered there. The clock
//! of the earlier one stands. Chains are followed when they are read, so that each link can be undone alone.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    events::merging::Merged,
    ids::IncidentId,
    incident::{State, case::Case},
    refusal::Refusal,
    text::Text,
};

/// Another report of the same matter stands for it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Merge {
    /// Which.
    pub into: IncidentId,
    /// That incident, as far as the desk sees it in full.
    #[serde(skip)]
    pub primary: Option<Box<Case>>,
    /// Why they are the same.
    pub reason: Text,
}

impl Rule for Merge {
    const FROM: &'static [State] = State::OPEN;
    const BY: By = By::Desk;

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let this = &context.case.incident;
        let primary = self.primary.as_ref().ok_or(Refusal::NoSuchIncident { id: self.into })?;
        let other = &primary.incident;
        if other.id == this.id || !other.state.is_open() {
            return Err(Refusal::CannotStandFor { id: other.id, state: other.state });
        }
        if other.category.domain() != this.category.domain() || other.restricted != this.restricted {
            return Err(Refusal::AnotherMatter { id: other.id });
        }
        if other.received_at > this.received_at {
            return Err(Refusal::LaterReport { id: other.id });
        }
        Ok(Effects::of(Merged { into: self.into }).noting(&self.reason).warning(context.linkages_left()))
    }
}
