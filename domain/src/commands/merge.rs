//! Merge (并案): the holding desk joins the incident to an earlier report of the same matter, the primary incident.
//!
//! Only the primary incident is worked on, and its clocks do not change. A primary incident may itself be merged
//! later. Readers follow such a chain to its end, so that every merge can be undone on its own.

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

/// Joins the incident to an earlier report of the same matter.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Merge {
    /// The primary incident.
    pub into: IncidentId,
    /// The case of the primary incident; `None` if it does not exist or the desk does not see it in full.
    #[serde(skip)]
    pub primary: Option<Box<Case>>,
    /// Why both reports are about the same matter.
    pub reason: Text,
}

impl Rule for Merge {
    const FROM: &'static [State] = State::OPEN;
    const TO: &'static [State] = &[State::Merged];
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
        Ok(Effects::of(Merged { into: self.into })
            .with_internal_note(&self.reason)
            .with_warning(context.open_linkage_warning()))
    }
}
