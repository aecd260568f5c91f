//! Record: something happened in a linkage: a session, a visit, a number, the performance of an agreement.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        effects::Effects,
        link::KEPT_IN,
        rule::{By, Rule},
    },
    events::linkages::Recorded,
    incident::{
        State,
        linkage::{ExternalNo, Linkage, LinkageError, LinkageKind, LinkageOutcome, LinkageStep},
        remark::Label,
    },
    refusal::Refusal,
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
    pub step: LinkageStep,
    /// When; now if left out.
    pub at: Option<Instant>,
    /// The number the other side gave it.
    pub external_no: Option<ExternalNo>,
    /// In words.
    pub text: Option<Text>,
}

impl Rule for Record {
    const FROM: &'static [State] = KEPT_IN;
    const BY: By = By::Involved;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        if context.case.linkages().is_empty() { Err(Refusal::NothingLinked) } else { Ok(()) }
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let linkage = context.own_linkage(self.number)?;
        fits(linkage, self.step, context)?;
        let happened_at = self.at.unwrap_or(context.at);
        context.has_come(happened_at)?;
        let external_no = self.external_no.clone().filter(|_| self.step == LinkageStep::Numbered);
        if self.step == LinkageStep::Numbered && external_no.is_none() {
            return Err(LinkageError::NumberMissing.into());
        }
        let longer = linkage.due.filter(|_| self.step == LinkageStep::Prolonged);
        let due = longer.map(|due| context.rules.extended(due, first_limit(linkage, context), &[]));
        let body = Recorded { number: self.number, step: self.step, happened_at, external_no, due };
        let words: Vec<_> = self.text.iter().map(|text| (Label::Text, text.clone())).collect();
        Ok(Effects::of(body).said_in(linkage.kind(), &words))
    }
}

/// As much time as the rules gave it at first, in units of its limit.
fn first_limit(linkage: &Linkage, context: &CommandContext<'_>) -> u32 {
    let limits = context.rules.book().linkages;
    if linkage.kind() == LinkageKind::CourtLinkage { limits.court.amount } else { limits.mediation.amount }
}

/// Whether the step can be taken in that linkage now.
fn fits(linkage: &Linkage, step: LinkageStep, context: &CommandContext<'_>) -> Result<(), LinkageError> {
    let kind = linkage.kind();
    let known = if linkage.end.is_some() { kind.steps_after() } else { kind.steps() };
    let agreed = linkage.end.is_some_and(|end| end.conclusion == LinkageOutcome::Agreed);
    let of_agreement = matches!(step, LinkageStep::Performed | LinkageStep::NotPerformed);
    if !known.contains(&step) || (of_agreement && !agreed) {
        return Err(LinkageError::NoSuchStep { kind, step, known: known.to_vec() });
    }
    if linkage.steps.len() >= MAX_STEPS {
        return Err(LinkageError::TooMany { most: MAX_STEPS });
    }
    let limits = context.rules.book().linkages;
    let most = match step {
        LinkageStep::Prolonged => limits.prolongations,
        LinkageStep::FollowedUp => limits.follow_ups,
        LinkageStep::Visited | LinkageStep::Performed => 1,
        LinkageStep::Session | LinkageStep::NotPerformed | LinkageStep::Numbered | LinkageStep::Contacted => {
            return Ok(());
        }
    };
    let taken = u32::try_from(linkage.times(step)).unwrap_or(u32::MAX);
    if taken >= most { Err(LinkageError::TooOften { step, most }) } else { Ok(()) }
}
