//! Conclude (联动办结): ends a linkage. The state of the incident does not change.

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
    /// Number of the linkage within the incident.
    pub number: u32,
    pub conclusion: LinkageOutcome,
    /// When it ended; the time of the command if `None`.
    pub at: Option<Instant>,
    /// The last day to perform the agreement, or the day of the next follow-up (China time).
    pub until: Option<NaiveDate>,
    /// Remarks, each with its label.
    pub words: Vec<(Label, Text)>,
}

impl Rule for Conclude {
    /// A linkage can end after the incident, for example after a merge.
    const FROM: &'static [State] = State::ALL;
    const BY: By = By::Involved;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        let any_open = context.case.linkages().iter().any(|linkage| linkage.end.is_none());
        if any_open { Ok(()) } else { Err(Refusal::NothingLinked) }
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let linkage = context.linkage_to_continue(self.number)?;
        let Self { number, conclusion, until, .. } = *self;
        if let Some(end) = linkage.end {
            return Err(LinkageError::Ended { number, conclusion: end.conclusion }.into());
        }
        let kind = linkage.kind();
        if !kind.conclusions().contains(&conclusion) {
            return Err(LinkageError::NoSuchEnd { kind, conclusion }.into());
        }
        if let LinkageDetails::Hearing { held_at, .. } = linkage.opening {
            context.require_not_future(held_at)?;
        }
        let ended_at = self.at.unwrap_or(context.at);
        context.require_not_future(ended_at)?;
        Ok(Effects::of(Concluded { number, conclusion, ended_at, until })
            .with_linkage_remarks(kind, &self.words))
    }
}
