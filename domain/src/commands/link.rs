//! Link: something is attached to an incident: mediation, a court, a hearing, a leader, the police, the hotline, help.

use serde::{Deserialize, Serialize};

use super::{By, Effect, Happening, Rule, Scene};
use crate::{
    case::{Case, Stamp, next},
    category::Flag,
    clock::Deadline,
    incident::State,
    linkage::{Linkage, LinkageError, LinkageKind, Opening},
    organisation::OrganisationCode,
    refusal::Refusal,
    remark::{Audience, Label},
    text::Text,
    time::{china_date, start_of_day},
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
    pub opening: Opening,
    /// Its words.
    pub words: Vec<(Label, Text)>,
}

/// Something was attached.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Linked {
    /// 1 for the first of the incident.
    pub number: u32,
    /// Whose it is.
    pub by: OrganisationCode,
    /// What.
    #[serde(flatten)]
    pub opening: Opening,
    /// When it should have ended, where the rules set a limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Deadline>,
    /// When somebody should have visited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<Deadline>,
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

    fn guard(scene: &Scene<'_>) -> Result<(), Refusal> {
        if scene.case.linkages().len() >= MAX_LINKAGES {
            return Err(LinkageError::TooMany { most: MAX_LINKAGES }.into());
        }
        Ok(())
    }

    fn decide(&self, scene: &Scene<'_>) -> Result<Happening, Refusal> {
        let kind = self.opening.kind();
        if !scene.case.incident.state.is_open() && !kind.follows_closing() {
            return Err(LinkageError::ClosedAlready { kind }.into());
        }
        let (due, visit) = dates(&self.opening, scene)?;
        let number = next(scene.case.linkages().len());
        let by = scene.actor.organisation;
        let happening = Happening::of(Linked { number, by, opening: self.opening.clone(), due, visit });
        Ok(happening.said_in(kind, &self.words))
    }
}

impl Happening {
    /// Words of a linkage go with the latest event.
    pub(crate) fn said_in(self, kind: LinkageKind, words: &[(Label, Text)]) -> Self {
        words.iter().fold(self, |happening, (label, text)| {
            let kept_close = kind.is_confidential() && matches!(label, Label::Text | Label::Minutes);
            let audience = if kept_close { Audience::Confidential } else { Audience::Internal };
            happening.saying(*label, audience, text)
        })
    }
}

/// When it should have ended, and when somebody should have visited, if it may be at all.
fn dates(opening: &Opening, scene: &Scene<'_>) -> Result<(Option<Deadline>, Option<Deadline>), LinkageError> {
    let limits = scene.rules.book().linkages;
    let due = |limit, from| Some(scene.rules.linkage_due(limit, from));
    match opening {
        Opening::Mediation { .. } => {
            mediable(scene)?;
            Ok((due(limits.mediation, scene.at), None))
        }
        Opening::CourtLinkage { .. } => {
            mediable(scene)?;
            Ok((due(limits.court, scene.at), None))
        }
        Opening::JudicialConfirmation { mediation, applied_on } => {
            confirmable(*mediation, *applied_on, scene)?;
            Ok((None, None))
        }
        Opening::Hearing { held_at, public, officers, notified_on } => {
            if officers.len() < MIN_OFFICERS || officers.len().is_multiple_of(2) {
                return Err(LinkageError::Officers { given: officers.len() });
            }
            if *public && scene.case.incident.restricted {
                return Err(LinkageError::RestrictedHearing);
            }
            scene.has_come(start_of_day(*notified_on))?;
            let given = scene.rules.book().calendar.workdays_between(*notified_on, china_date(*held_at));
            let least = limits.hearing_notice_days;
            if given < least { Err(LinkageError::NoticeShort { given, least }) } else { Ok((None, None)) }
        }
        Opening::CaseLeadership { due_on, .. } => {
            let passed = *due_on < china_date(scene.at);
            if passed { Err(LinkageError::DatePassed { given: *due_on }) } else { Ok((None, None)) }
        }
        Opening::PoliceLinkage { received_at, .. } => {
            scene.has_come(*received_at)?;
            Ok((due(limits.police_feedback, *received_at), due(limits.police_visit, *received_at)))
        }
        Opening::HotlineOrder { received_at, .. } => {
            scene.has_come(*received_at)?;
            Ok((due(limits.hotline, *received_at), None))
        }
        Opening::Referral { .. } => Ok((None, None)),
    }
}

/// Some matters, such as violence, are not for mediators.
fn mediable(scene: &Scene<'_>) -> Result<(), LinkageError> {
    let category = scene.case.incident.category;
    match scene.rules.category(category) {
        Some(known) if known.has(Flag::Mediation) => Ok(()),
        Some(_) | None => Err(LinkageError::NotMediable { category }),
    }
}

/// Both parties apply within thirty days of their agreement (民事诉讼法).
fn confirmable(number: u32, applied_on: chrono::NaiveDate, scene: &Scene<'_>) -> Result<(), LinkageError> {
    let days = scene.rules.book().linkages.confirmation_days;
    let agreed = scene.case.linkage(number).filter(|linkage| linkage.kind() == LinkageKind::Mediation);
    let end = agreed.and_then(|linkage| linkage.end);
    let end = end.filter(|end| end.conclusion == crate::linkage::Conclusion::Agreed);
    let from = china_date(end.ok_or(LinkageError::NoAgreement { number })?.at);
    let last = from.checked_add_days(chrono::Days::new(u64::from(days))).unwrap_or(chrono::NaiveDate::MAX);
    if applied_on < from || applied_on > last {
        return Err(LinkageError::ConfirmationLate { from, last });
    }
    scene.has_come(start_of_day(applied_on))
}

impl Scene<'_> {
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

impl Effect for Linked {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.proceedings.linkages.push(Linkage {
            number: self.number,
            by: self.by,
            opened_at: stamp.at,
            opened_seq: stamp.seq,
            opening: self.opening.clone(),
            due: self.due,
            visit: self.visit,
            steps: Vec::new(),
            end: None,
        });
    }
}
