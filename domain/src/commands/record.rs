//! Record (登记联动进展): records a step of a linkage, such as a session, a visit or the performance of an agreement.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        effects::Effects,
        linkage::LINKAGE_STATES,
        rule::{By, Rule},
    },
    events::linkages::Recorded,
    incident::{
        State,
        linkage::{Linkage, LinkageError, LinkageKind, LinkageOutcome, LinkageStep},
        remark::Label,
        source::ExternalNo,
    },
    refusal::Refusal,
    text::Text,
    time::Instant,
};

/// The most steps that one linkage may have.
pub const MAX_STEPS: usize = 50;

/// Records a step of a linkage.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Record {
    /// Number of the linkage within the incident.
    pub number: u32,
    pub step: LinkageStep,
    /// When the step happened; the time of the command if `None`.
    pub at: Option<Instant>,
    /// The case or order number that the other authority gave. Required for the step `Numbered`; ignored for others.
    pub external_no: Option<ExternalNo>,
    /// A description of the step.
    pub text: Option<Text>,
}

impl Rule for Record {
    const FROM: &'static [State] = LINKAGE_STATES;
    const BY: By = By::Involved;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        if context.case.linkages().is_empty() { Err(Refusal::NothingLinked) } else { Ok(()) }
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let linkage = context.linkage_to_continue(self.number)?;
        check_step(linkage, self.step, context)?;
        let happened_at = self.at.unwrap_or(context.at);
        context.require_not_future(happened_at)?;
        let external_no = self.external_no.clone().filter(|_| self.step == LinkageStep::Numbered);
        if self.step == LinkageStep::Numbered && external_no.is_none() {
            return Err(LinkageError::NumberMissing.into());
        }
        let due_to_extend = linkage.due.filter(|_| self.step == LinkageStep::Prolonged);
        let due = due_to_extend.map(|due| context.rules.extended(due, original_limit(linkage, context), &[]));
        let body = Recorded { number: self.number, step: self.step, happened_at, external_no, due };
        let remarks: Vec<_> = self.text.iter().map(|text| (Label::Text, text.clone())).collect();
        Ok(Effects::of(body).with_linkage_remarks(linkage.kind(), &remarks))
    }
}

/// The original limit of the linkage, in the unit of that limit. A prolongation adds as much again.
fn original_limit(linkage: &Linkage, context: &CommandContext<'_>) -> u32 {
    let limits = context.rules.book().linkages;
    if linkage.kind() == LinkageKind::CourtLinkage { limits.court.amount } else { limits.mediation.amount }
}

/// Checks whether `step` can be recorded in `linkage` now.
fn check_step(
    linkage: &Linkage,
    step: LinkageStep,
    context: &CommandContext<'_>,
) -> Result<(), LinkageError> {
    let kind = linkage.kind();
    let known = if linkage.end.is_some() { kind.steps_after() } else { kind.steps() };
    let has_agreement = linkage.end.is_some_and(|end| end.conclusion == LinkageOutcome::Agreed);
    let needs_agreement = matches!(step, LinkageStep::Performed | LinkageStep::NotPerformed);
    if !known.contains(&step) || (needs_agreement && !has_agreement) {
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
    let count = u32::try_from(linkage.times(step)).unwrap_or(u32::MAX);
    if count >= most { Err(LinkageError::TooOften { step, most }) } else { Ok(()) }
}
