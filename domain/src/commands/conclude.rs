//! Conclude: a linkage has come to its end. The incident stays where it is.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{By, Effect, Happening, Rule, Scene};
use crate::{
    case::{Case, Stamp},
    incident::State,
    linkage::{Conclusion, End, LinkageError, Opening},
    refusal::Refusal,
    remark::Label,
    text::Text,
    time::Instant,
};

/// Ends a linkage.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Conclude {
    /// Which.
    pub number: u32,
    /// What came of it.
    pub conclusion: Conclusion,
    /// When; now if left out.
    pub at: Option<Instant>,
    /// Until when the agreement has to be performed, or when somebody asks again, in China.
    pub until: Option<NaiveDate>,
    /// In words.
    pub words: Vec<(Label, Text)>,
}

/// A linkage has ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Concluded {
    /// Which.
    pub number: u32,
    /// What came of it.
    pub conclusion: Conclusion,
    /// When.
    pub ended_at: Instant,
    /// Until when the agreement has to be performed, or when somebody asks again, in China.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
}

impl Rule for Conclude {
    /// In every state: what was attached ends even where the incident went another way.
    const FROM: &'static [State] = State::ALL;
    const BY: By = By::Involved;

    fn guard(scene: &Scene<'_>) -> Result<(), Refusal> {
        let running = scene.case.linkages().iter().any(|linkage| linkage.end.is_none());
        if running { Ok(()) } else { Err(Refusal::NothingLinked) }
    }

    fn decide(&self, scene: &Scene<'_>) -> Result<Happening, Refusal> {
        let linkage = scene.own_linkage(self.number)?;
        let Self { number, conclusion, until, .. } = *self;
        if let Some(end) = linkage.end {
            return Err(LinkageError::Ended { number, conclusion: end.conclusion }.into());
        }
        let kind = linkage.kind();
        if !kind.conclusions().contains(&conclusion) {
            return Err(LinkageError::NoSuchEnd { kind, conclusion }.into());
        }
        if let Opening::Hearing { held_at, .. } = linkage.opening {
            scene.has_come(held_at)?;
        }
        let ended_at = self.at.unwrap_or(scene.at);
        scene.has_come(ended_at)?;
        Ok(Happening::of(Concluded { number, conclusion, ended_at, until }).said_in(kind, &self.words))
    }
}

impl Effect for Concluded {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        let Self { number, conclusion, ended_at, until } = *self;
        if let Some(linkage) = case.linkage_mut(number) {
            linkage.end = Some(End { conclusion, at: ended_at, seq: stamp.seq, until });
        }
    }
}
