//! Link: something is attached to an incident: mediation, a court, a hearing, a leader, the police, the hotline, help.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    events::linkages::Linked,
    incident::{
        State,
        case::next,
        linkage::{Linkage, LinkageDetails, LinkageError, LinkageKind},
        remark::{Audience, Label},
    },
    refusal::Refusal,
    rules::category::Flag,
    text::Text,
    time::{china_date, clock::Deadline, start_of_day},
    warning::Warning,
};

/// Linkages of an incident at most.
pub const MAX_LINKAGES: usize = 20;
/// Officers of a hearing at least, and always an odd number.
const MIN_OFFICERS: usize = 3;

/// Attaches something.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Link {
    /// What.
    pub opening: LinkageDetails,
    /// Its words.
    pub words: Vec<(Label, Text)>,
}

/// The states in which linkages are kept: they outlive the work, as agreements do.
pub(crate) const KEPT_IN: &[State] = &[
    State::PendingAcceptance,
    State::AwaitingInfo,
    State::PendingDispatch,
    State::PendingReceipt,
    State::InProgress,
    State::Suspended,
    State::PendingVerification,
    State::Closed,
];

impl Rule for Link {
    const FROM: &'static [State] = KEPT_IN;
    const BY: By = By::Involved;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        if context.case.linkages().len() >= MAX_LINKAGES {
            return Err(LinkageError::TooMany { most: MAX_LINKAGES }.into());
        }
        Ok(())
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let kind = self.opening.kind();
        if !context.case.incident.state.is_open() && !kind.follows_closing() {
            return Err(LinkageError::ClosedAlready { kind }.into());
        }
        let (due, visit) = dates(&self.opening, context)?;
        let number = next(context.case.linkages().len());
        let by = context.actor.organisation;
        let effects = Effects::of(Linked { number, by, opening: self.opening.clone(), due, visit });
        Ok(effects.said_in(kind, &self.words))
    }
}

impl Effects {
    /// Words of a linkage go with the latest event.
    pub(crate) fn said_in(self, kind: LinkageKind, words: &[(Label, Text)]) -> Self {
        words.iter().fold(self, |effects, (label, text)| {
            let kept_close = kind.is_confidential() && matches!(label, Label::Text | Label::Minutes);
            let audience = if kept_close { Audience::Confidential } else { Audience::Internal };
            effects.saying(*label, audience, text)
        })
    }
}

/// When it should have ended, and when somebody should have visited, if it may be at all.
fn dates(
    opening: &LinkageDetails,
    context: &CommandContext<'_>,
) -> Result<(Option<Deadline>, Option<Deadline>), LinkageError> {
    let limits = context.rules.book().linkages;
    let due = |limit, from| Some(context.rules.linkage_due(limit, from));
    match opening {
        LinkageDetails::Mediation { .. } => {
            mediable(context)?;
            Ok((due(limits.mediation, context.at), None))
        }
        LinkageDetails::CourtLinkage { .. } => {
            mediable(context)?;
            Ok((due(limits.court, context.at), None))
        }
        LinkageDetails::JudicialConfirmation { mediation, applied_on } => {
            confirmable(*mediation, *applied_on, context)?;
            Ok((None, None))
        }
        LinkageDetails::Hearing { held_at, public, officers, notified_on } => {
            if officers.len() < MIN_OFFICERS || officers.len().is_multiple_of(2) {
                return Err(LinkageError::Officers { given: officers.len() });
            }
            if *public && context.case.incident.restricted {
                return Err(LinkageError::RestrictedHearing);
            }
            context.has_come(start_of_day(*notified_on))?;
            let given = context.rules.book().calendar.workdays_between(*notified_on, china_date(*held_at));
            let least = limits.hearing_notice_days;
            if given < least { Err(LinkageError::NoticeShort { given, least }) } else { Ok((None, None)) }
        }
        LinkageDetails::CaseLeadership { due_on, .. } => {
            let passed = *due_on < china_date(context.at);
            if passed { Err(LinkageError::DatePassed { given: *due_on }) } else { Ok((None, None)) }
        }
        LinkageDetails::PoliceLinkage { received_at, .. } => {
            context.has_come(*received_at)?;
            Ok((due(limits.police_feedback, *received_at), due(limits.police_visit, *received_at)))
        }
        LinkageDetails::HotlineOrder { received_at, .. } => {
            context.has_come(*received_at)?;
            Ok((due(limits.hotline, *received_at), None))
        }
        LinkageDetails::Referral { .. } => Ok((None, None)),
    }
}

/// Some matters, such as violence, are not for mediators.
fn mediable(context: &CommandContext<'_>) -> Result<(), LinkageError> {
    let category = context.case.incident.category;
    match context.rules.category(category) {
        Some(known) if known.has(Flag::Mediation) => Ok(()),
        Some(_) | None => Err(LinkageError::NotMediable { category }),
    }
}

/// Both parties apply within thirty days of their agreement (民事诉讼法).
fn confirmable(
    number: u32,
    applied_on: chrono::NaiveDate,
    context: &CommandContext<'_>,
) -> Result<(), LinkageError> {
    let days = context.rules.book().linkages.confirmation_days;
    let agreed = context.case.linkage(number).filter(|linkage| linkage.kind() == LinkageKind::Mediation);
    let end = agreed.and_then(|linkage| linkage.end);
    let end = end.filter(|end| end.conclusion == crate::incident::linkage::LinkageOutcome::Agreed);
    let from = china_date(end.ok_or(LinkageError::NoAgreement { number })?.at);
    let last = from.checked_add_days(chrono::Days::new(u64::from(days))).unwrap_or(chrono::NaiveDate::MAX);
    if applied_on < from || applied_on > last {
        return Err(LinkageError::ConfirmationLate { from, last });
    }
    context.has_come(start_of_day(applied_on))
}

impl CommandContext<'_> {
    /// Refuses what is said to have happened and is still to come.
    pub(crate) fn has_come(&self, given: crate::time::Instant) -> Result<(), LinkageError> {
        if given > self.at { Err(LinkageError::StillToCome { given }) } else { Ok(()) }
    }

    /// The linkage of that number, if the actor may go on with it: whose it is, desks above those, and the desk that
    /// answers for the incident, but for what a desk above attached.
    pub(crate) fn own_linkage(&self, number: u32) -> Result<&Linkage, LinkageError> {
        let linkage = self.case.linkage(number).ok_or(LinkageError::Unknown { number })?;
        let by = linkage.by;
        let of_desk = self.actor.desk().is_some_and(|desk| {
            let below = by.unit.covers(desk.unit) && by.unit != desk.unit;
            desk.unit.covers(by.unit) || (self.case.desk() == Some(desk) && !below)
        });
        if of_desk || self.actor.works_for(by) {
            Ok(linkage)
        } else {
            Err(LinkageError::NotYours { number, by })
        }
    }

    /// A warning, if something attached goes on although the incident comes to rest.
    pub(crate) fn linkages_left(&self) -> Option<Warning> {
        let left = self.case.linkages().iter().any(|linkage| linkage.end.is_none());
        left.then_some(Warning::LinkageOpen)
    }
}
