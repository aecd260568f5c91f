//! A case: an incident with its custody legs and handling legs.

use serde::{Deserialize, Serialize};

use crate::{
    geography::unit::Level,
    ids::AccountId,
    incident::{
        Incident, State,
        leg::{CustodyLeg, CustodyOutcome, DeskAbove, HandlingLeg, HandlingOutcome, HandlingRole},
        linkage::Linkage,
        requests::Objection,
    },
    organisation::{OrganisationCode, OrganisationKind},
    stored::is_default,
    time::{
        Instant,
        auto_escalation::AutoEscalation,
        clock::{Clock, Deadline, DeskClocks, Moved, WorkClocks},
    },
};

/// An incident with its legs: everything that a decision depends on. Other crates read it; only events change it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub(crate) incident: Incident,
    /// The custody legs, oldest first. Never empty.
    pub(crate) custody: Vec<CustodyLeg>,
    /// The handling legs, oldest first.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) handling: Vec<HandlingLeg>,
}

/// The arrival of an incident at a desk, which must accept or decline it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Arrival {
    pub desk: OrganisationCode,
    /// The desk above.
    #[serde(default, skip_serializing_if = "is_default")]
    pub above: DeskAbove,
    /// When the desk must accept or decline.
    pub accept: Deadline,
    /// When the incident escalates if the desk does not accept it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub on_lapse: AutoEscalation,
    /// Until when the desk may hold the incident.
    pub ceiling: Deadline,
}

/// Work that is sent to an organisation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Work {
    pub organisation: OrganisationCode,
    pub clocks: WorkClocks,
}

/// The time, number and actor of an event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stamp {
    pub at: Instant,
    /// The number of the event in the incident.
    pub seq: u32,
    pub actor: AccountId,
}

impl Arrival {
    /// The custody leg that begins with this arrival.
    pub(crate) fn leg(&self, number: u32, stamp: Stamp) -> CustodyLeg {
        CustodyLeg {
            number,
            desk: self.desk,
            opened_at: stamp.at,
            opened_seq: stamp.seq,
            above: self.above,
            on_lapse: self.on_lapse,
            clocks: DeskClocks {
                accept: Some(self.accept),
                dispatch: None,
                verify: None,
                ceiling: self.ceiling,
            },
            arbitrated: false,
            extensions: Vec::new(),
            accepted_at: None,
            ended_at: None,
            ended_seq: None,
            outcome: None,
        }
    }
}

impl Case {
    #[must_use]
    pub const fn incident(&self) -> &Incident {
        &self.incident
    }

    /// The custody legs, oldest first. Never empty.
    #[must_use]
    pub fn custody(&self) -> &[CustodyLeg] {
        &self.custody
    }

    /// The handling legs, oldest first.
    #[must_use]
    pub fn handling(&self) -> &[HandlingLeg] {
        &self.handling
    }

    /// The open custody leg. `None` if the incident has ended.
    #[must_use]
    pub fn open_custody(&self) -> Option<&CustodyLeg> {
        self.custody.last().filter(|leg| leg.ended_at.is_none())
    }

    /// The desk that is responsible for the incident, or was last.
    #[must_use]
    pub fn desk(&self) -> Option<OrganisationCode> {
        self.custody.last().map(|leg| leg.desk)
    }

    /// The desk that received the report.
    #[must_use]
    pub fn first_desk(&self) -> Option<OrganisationCode> {
        self.custody.first().map(|leg| leg.desk)
    }

    /// The open lead handling leg.
    #[must_use]
    pub fn open_lead(&self) -> Option<&HandlingLeg> {
        self.handling.iter().rev().find(|leg| leg.role == HandlingRole::Lead && leg.ended_at.is_none())
    }

    /// The latest lead handling leg, open or ended.
    #[must_use]
    pub fn last_lead(&self) -> Option<&HandlingLeg> {
        self.handling.iter().rev().find(|leg| leg.role == HandlingRole::Lead)
    }

    /// How often the desk gave the work to another organisation.
    #[must_use]
    pub fn redispatched(&self) -> u32 {
        let legs: Vec<u32> = self.legs_of_custody().map(|leg| leg.number).collect();
        let reassigned = self.handling.iter().filter(|leg| {
            leg.role == HandlingRole::Lead
                && legs.contains(&leg.custody)
                && leg.outcome == Some(HandlingOutcome::Reassigned)
        });
        u32::try_from(reassigned.count()).unwrap_or(u32::MAX)
    }

    /// Whether the desk above decided whose duty the work is.
    #[must_use]
    pub fn is_arbitrated(&self) -> bool {
        self.legs_of_custody().any(|leg| leg.arbitrated)
    }

    /// The latest custody leg, and those of the same desk with the same clocks: a desk that sends the incident away and takes it back
    /// gets another leg, and gains nothing by it.
    fn legs_of_custody(&self) -> impl Iterator<Item = &CustodyLeg> {
        let last = self.custody.last();
        self.custody.iter().filter(move |leg| {
            last.is_some_and(|last| {
                leg.desk == last.desk && leg.clocks.ceiling.from == last.clocks.ceiling.from
            })
        })
    }

    /// The open assisting legs: those of departments, and those of desks that did not accept the incident in time.
    pub fn open_assists(&self) -> impl Iterator<Item = &HandlingLeg> {
        self.handling.iter().filter(|leg| leg.role == HandlingRole::Assist && leg.ended_at.is_none())
    }

    /// The open assisting leg of `organisation`, if it is a department.
    #[must_use]
    pub fn assist_of(&self, organisation: OrganisationCode) -> Option<&HandlingLeg> {
        self.open_assists()
            .find(|leg| leg.organisation == organisation && organisation.kind != OrganisationKind::Desk)
    }

    /// Whether `desk` did not accept the incident in time and may still accept it. Such a desk has an open assisting leg.
    #[must_use]
    pub fn may_still_accept(&self, desk: OrganisationCode) -> bool {
        desk.kind == OrganisationKind::Desk && self.open_assists().any(|leg| leg.organisation == desk)
    }

    /// The linkages, oldest first.
    #[must_use]
    pub fn linkages(&self) -> &[Linkage] {
        &self.incident.linkages
    }

    /// The linkage with this number.
    #[must_use]
    pub fn linkage(&self, number: u32) -> Option<&Linkage> {
        self.linkages().iter().find(|linkage| linkage.number == number)
    }

    pub(crate) fn linkage_mut(&mut self, number: u32) -> Option<&mut Linkage> {
        self.incident.linkages.iter_mut().find(|linkage| linkage.number == number)
    }

    /// The organisation that has to act: that of the open lead handling leg, or else the desk. `None` if the incident has
    /// ended.
    #[must_use]
    pub fn holder(&self) -> Option<OrganisationCode> {
        self.open_lead().map(|leg| leg.organisation).or_else(|| self.open_custody().map(|leg| leg.desk))
    }

    /// Since when the holder has had the incident. `None` if it has ended.
    #[must_use]
    pub fn held_since(&self) -> Option<Instant> {
        let custody = self.open_custody()?;
        Some(match self.open_lead() {
            Some(work) => work.opened_at,
            // When work ends, the desk receives the incident again.
            None => {
                let work = self.handling.iter().filter(|leg| leg.custody == custody.number);
                work.filter_map(|leg| leg.ended_at)
                    .max()
                    .map_or(custody.opened_at, |at| at.max(custody.opened_at))
            }
        })
    }

    /// Whether a lower level held the incident before.
    #[must_use]
    pub fn came_from_below(&self) -> bool {
        self.custody.iter().any(|leg| Some(leg.level()) < self.level())
    }

    /// The level that is responsible for the incident, or was last.
    #[must_use]
    pub fn level(&self) -> Option<Level> {
        self.custody.last().map(CustodyLeg::level)
    }

    /// Like [`Case::level`], with the county as default. The default is never needed, because every incident has a custody leg.
    pub(crate) fn custody_level(&self) -> Level {
        self.level().unwrap_or(Level::County)
    }

    /// The custody leg of the desk that sent the incident to the current desk by escalation, hand-down or transfer.
    pub(crate) fn sent_by(&self) -> Option<&CustodyLeg> {
        let [.., sender, _] = self.custody.as_slice() else { return None };
        let sent = matches!(
            sender.outcome,
            Some(CustodyOutcome::Escalated | CustodyOutcome::HandedDown | CustodyOutcome::Transferred)
        );
        sent.then_some(sender)
    }

    /// The clock of the step that the incident waits for, with its deadline. `None` if the incident has ended, waits for
    /// information or is suspended.
    #[must_use]
    pub fn step(&self) -> Option<(Clock, Deadline)> {
        let desk = self.open_custody()?.clocks;
        match self.incident.state {
            State::PendingAcceptance => desk.accept.map(|due| (Clock::Accept, due)),
            State::PendingDispatch => desk.dispatch.map(|due| (Clock::Dispatch, due)),
            State::PendingReceipt | State::InProgress => {
                self.open_lead().map(|leg| (Clock::Handle(leg.number), leg.clocks.handle))
            }
            State::PendingVerification => desk.verify.map(|due| (Clock::Verify, due)),
            State::AwaitingInfo
            | State::Suspended
            | State::Closed
            | State::NotAccepted
            | State::Voided
            | State::Merged
            | State::ReferredOut => None,
        }
    }

    /// When the step that the incident waits for is due. An incident that has ended waits for nothing but the answer to an objection.
    #[must_use]
    pub fn due(&self) -> Option<Deadline> {
        if self.open_custody().is_none() {
            return self.unanswered_objection().map(|objection| objection.due);
        }
        self.incident.pauses.until.or_else(|| self.step().map(|(_, due)| due))
    }

    /// The reporter's objection to the closure that nobody has answered yet.
    #[must_use]
    pub fn unanswered_objection(&self) -> Option<Objection> {
        let objection = self.incident.requests.objection.filter(|_| self.incident.state == State::Closed);
        objection.filter(|objection| objection.answered_at.is_none())
    }

    /// Every clock that is running or paused.
    #[must_use]
    pub fn clocks(&self) -> Vec<(Clock, Deadline)> {
        let Some(custody) = self.open_custody() else { return Vec::new() };
        let desk = custody.clocks;
        let step = match self.incident.state {
            State::PendingAcceptance | State::AwaitingInfo => desk.accept.map(|due| (Clock::Accept, due)),
            State::PendingDispatch => desk.dispatch.map(|due| (Clock::Dispatch, due)),
            State::PendingVerification => desk.verify.map(|due| (Clock::Verify, due)),
            State::PendingReceipt
            | State::InProgress
            | State::Suspended
            | State::Closed
            | State::NotAccepted
            | State::Voided
            | State::Merged
            | State::ReferredOut => None,
        };
        let mut clocks: Vec<(Clock, Deadline)> = step.into_iter().collect();
        clocks.extend([(Clock::Ceiling, desk.ceiling), (Clock::Total, self.incident.total)]);
        for leg in self.handling.iter().filter(|leg| leg.ended_at.is_none()) {
            let receipt = leg.clocks.receipt.filter(|_| leg.acknowledged_at.is_none());
            let response = leg.clocks.response.filter(|_| leg.arrived_at.is_none());
            clocks.extend(receipt.map(|due| (Clock::Receipt(leg.number), due)));
            clocks.extend(response.map(|due| (Clock::Response(leg.number), due)));
            clocks.push((Clock::Handle(leg.number), leg.clocks.handle));
        }
        clocks
    }

    /// Replaces the deadlines of clocks.
    pub(crate) fn set_clocks(&mut self, moved: &[Moved]) {
        for Moved { clock, new, .. } in moved {
            if *clock == Clock::Total {
                self.incident.total = *new;
            }
            if let Some(leg) = self.custody.last_mut() {
                match clock {
                    Clock::Accept => leg.clocks.accept = Some(*new),
                    Clock::Dispatch => leg.clocks.dispatch = Some(*new),
                    Clock::Verify => leg.clocks.verify = Some(*new),
                    Clock::Ceiling => leg.clocks.ceiling = *new,
                    Clock::Total | Clock::Receipt(_) | Clock::Response(_) | Clock::Handle(_) => {}
                }
            }
            for leg in &mut self.handling {
                match clock {
                    Clock::Receipt(number) if leg.number == *number => leg.clocks.receipt = Some(*new),
                    Clock::Response(number) if leg.number == *number => leg.clocks.response = Some(*new),
                    Clock::Handle(number) if leg.number == *number => leg.clocks.handle = *new,
                    Clock::Receipt(_)
                    | Clock::Response(_)
                    | Clock::Handle(_)
                    | Clock::Accept
                    | Clock::Dispatch
                    | Clock::Verify
                    | Clock::Ceiling
                    | Clock::Total => {}
                }
            }
        }
    }
}

/// The number of the next leg or linkage if there are `count` already. Numbers start at 1.
pub(crate) fn next(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX).saturating_add(1)
}
