//! Conclude: a linkage has come to its end. The incident stays where it is.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    events::linkages::Concluded,
    incident::{
        State,
        linkage::{LinkageDetails, LinkageError, LinkageOutcome},
        remark::Label,
    },
    refusal::Refusal,
    text::Text,
    time::Instant,
};

/// Ends a linkage.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Conclude {
    /// Which.
    pub number: u32,
    /// What came of it.
    pub conclusion: LinkageOutcome,
    /// When; now if left out.
    pub at: Option<Instant>,
    /// Until when the agreement has to be performed, or when somebody asks again, in China.
    pub until: Option<NaiveDate>,
    /// In words.
    pub words: Vec<(Label, Text)>,
}

impl Rule for Conclude {
    /// In every state: what was attached ends even where the incident went another way.
    const FROM: &'static [State] = State::ALL;
    const BY: By = By::Involved;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        let running = context.case.linkages().iter().any(|linkage| linkage.end.is_none());
        if running { Ok(()) } else { Err(Refusal::NothingLinked) }
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let linkage = context.own_linkage(self.number)?;
        let Self { number, conclusion, until, .. } = *self;
        if let Some(end) = linkage.end {
            return Err(LinkageError::Ended { number, conclusion: end.conclusion }.into());
        }
        let kind = linkage.kind();
        if !kind.conclusions().contains(&conclusion) {
            return Err(LinkageError::NoSuchEnd { kind, conclusion }.into());
        }
        if let LinkageDetails::Hearing { held_at, .. } = linkage.opening {
            context.has_come(held_at)?;
        }
        let ended_at = self.at.unwrap_or(context.at);
        context.has_come(ended_at)?;
        Ok(Effects::of(Concluded { number, conclusion, ended_at, until }).said_in(kind, &self.words))
    }
}
