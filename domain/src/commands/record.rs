//! Record: something happened in a linkage: a session, a visit, a number, the performance of an agreement.

use serde::{Deserialize, Serialize};

use super::{By, Effect, Happening, Rule, Scene, link::KEPT_IN};
use crate::{
    case::{Case, Stamp},
    clock::Deadline,
    incident::State,
    linkage::{Conclusion, ExternalNo, Linkage, LinkageError, LinkageKind, Progress, Taken},
    refusal::Refusal,
    remark::Label,
    text::Text,
    time::Instant,
};

/// Steps of a linkage at most.
pub const MAX_STEPS: usize = 50;

/// Tells what happened in a linkage.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Record {
    /// In which.
    pub number: u32,
    /// What.
    pub step: Progress,
    /// When; now if left out.
    pub at: Option<Instant>,
    /// The number the other side gave it.
    pub external_no: Option<ExternalNo>,
    /// In words.
    pub text: Option<Text>,
}

/// Something happened in a linkage.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Recorded {
    /// In which.
    pub number: u32,
    /// What.
    pub step: Progress,
    /// When it happened.
    pub happened_at: Instant,
    /// The number the other side gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_no: Option<ExternalNo>,
    /// When it should have ended now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Deadline>,
}

impl Rule for Record {
    const FROM: &'static [State] = KEPT_IN;
    const BY: By = By::Involved;

    fn guard(scene: &Scene<'_>) -> Result<(), Refusal> {
        if scene.case.linkages().is_empty() { Err(Refusal::NothingLinked) } else { Ok(()) }
    }

    fn decide(&self, scene: &Scene<'_>) -> Result<Happening, Refusal> {
        let linkage = scene.own_linkage(self.number)?;
        fits(linkage, self.step, scene)?;
        let happened_at = self.at.unwrap_or(scene.at);
        scene.has_come(happened_at)?;
        let external_no = self.external_no.clone().filter(|_| self.step == Progress::Numbered);
        if self.step == Progress::Numbered && external_no.is_none() {
            return Err(LinkageError::NumberMissing.into());
        }
        let longer = linkage.due.filter(|_| self.step == Progress::Prolonged);
        let due = longer.map(|due| scene.rules.extended(due, first_limit(linkage, scene), &[]));
        let body = Recorded { number: self.number, step: self.step, happened_at, external_no, due };
        let words: Vec<_> = self.text.iter().map(|text| (Label::Text, text.clone())).collect();
        Ok(Happening::of(body).said_in(linkage.kind(), &words))
    }
}

/// As much time as the rules gave it at first, in units of its limit.
fn first_limit(linkage: &Linkage, scene: &Scene<'_>) -> u32 {
    let limits = scene.rules.book().linkages;
    if linkage.kind() == LinkageKind::CourtLinkage { limits.court.amount } else { limits.mediation.amount }
}

/// Whether the step can be taken in that linkage now.
fn fits(linkage: &Linkage, step: Progress, scene: &Scene<'_>) -> Result<(), LinkageError> {
    let kind = linkage.kind();
    let known = if linkage.end.is_some() { kind.steps_after() } else { kind.steps() };
    let agreed = linkage.end.is_some_and(|end| end.conclusion == Conclusion::Agreed);
    let of_agreement = matches!(step, Progress::Performed | Progress::NotPerformed);
    if !known.contains(&step) || (of_agreement && !agreed) {
        return Err(LinkageError::NoSuchStep { kind, step, known: known.to_vec() });
    }
    if linkage.steps.len() >= MAX_STEPS {
        return Err(LinkageError::TooMany { most: MAX_STEPS });
    }
    let limits = scene.rules.book().linkages;
    let most = match step {
        Progress::Prolonged => limits.prolongations,
        Progress::FollowedUp => limits.follow_ups,
        Progress::Visited | Progress::Performed => 1,
        Progress::Session | Progress::NotPerformed | Progress::Numbered | Progress::Contacted => {
            return Ok(());
        }
    };
    let taken = u32::try_from(linkage.times(step)).unwrap_or(u32::MAX);
    if taken >= most { Err(LinkageError::TooOften { step, most }) } else { Ok(()) }
}

impl Effect for Recorded {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        let Self { number, step, happened_at, external_no, due } = self;
        if let Some(linkage) = case.linkage_mut(*number) {
            linkage.due = due.or(linkage.due);
            let (step, external_no) = (*step, external_no.clone());
            linkage.steps.push(Taken { step, at: *happened_at, seq: stamp.seq, external_no });
        }
    }
}
