//! Checks and remarks that the commands on linkages (联动) share.

use crate::{
    commands::{context::CommandContext, effects::Effects},
    incident::{
        State,
        linkage::{Linkage, LinkageError, LinkageKind},
        remark::{Audience, Label},
    },
    text::Text,
    time::Instant,
    warning::Warning,
};

/// The states in which a linkage can be opened or continued. A closed incident is among them: a mediation agreement is
/// performed after the incident is closed.
pub(crate) const LINKAGE_STATES: &[State] = &[
    State::PendingAcceptance,
    State::AwaitingInfo,
    State::PendingDispatch,
    State::PendingReceipt,
    State::InProgress,
    State::Suspended,
    State::PendingVerification,
    State::Closed,
];

impl Effects {
    /// Adds the remarks of a linkage to the latest event. Text and minutes of a confidential linkage are confidential.
    pub(crate) fn with_linkage_remarks(self, kind: LinkageKind, remarks: &[(Label, Text)]) -> Self {
        remarks.iter().fold(self, |effects, (label, text)| {
            let is_confidential = kind.is_confidential() && matches!(label, Label::Text | Label::Minutes);
            let audience = if is_confidential { Audience::Confidential } else { Audience::Internal };
            effects.with_remark(*label, audience, text)
        })
    }
}

impl CommandContext<'_> {
    /// Refuses a time in the future for something that has happened.
    pub(crate) fn require_not_future(&self, given: Instant) -> Result<(), LinkageError> {
        if given > self.at { Err(LinkageError::StillToCome { given }) } else { Ok(()) }
    }

    /// Returns linkage `number`, if the actor may continue it.
    ///
    /// These may: the organisation that opened it, every desk above that organisation, and the desk that holds the
    /// incident. The holding desk may not continue a linkage that a desk above it opened.
    pub(crate) fn linkage_to_continue(&self, number: u32) -> Result<&Linkage, LinkageError> {
        let linkage = self.case.linkage(number).ok_or(LinkageError::Unknown { number })?;
        let by = linkage.by;
        let allowed_as_desk = self.actor.desk().is_some_and(|desk| {
            let opened_above = by.unit.covers(desk.unit) && by.unit != desk.unit;
            desk.unit.covers(by.unit) || (self.case.desk() == Some(desk) && !opened_above)
        });
        if allowed_as_desk || self.actor.works_for(by) {
            Ok(linkage)
        } else {
            Err(LinkageError::NotYours { number, by })
        }
    }

    /// A warning for commands that end the incident, if a linkage is still open.
    pub(crate) fn open_linkage_warning(&self) -> Option<Warning> {
        let any_open = self.case.linkages().iter().any(|linkage| linkage.end.is_none());
        any_open.then_some(Warning::LinkageOpen)
    }
}
