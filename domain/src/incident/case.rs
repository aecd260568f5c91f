//! A case: an incident with its legs, and the few ways in which legs begin and end.

use serde::{Deserialize, Serialize};

use crate::{
    geography::unit::Level,
    ids::AccountId,
    incident::{
        Incident, State,
        leg::{CustodyLeg, CustodyOutcome, HandlingLeg, HandlingOutcome, HandlingRole, Outcome},
        linkage::Linkage,
        proceedings::RequestedChange,
    },
    organisation::{OrganisationCode, OrganisationKind},
    time::{
        Instant,
        auto_escalation::AutoEscalation,
        clock::{Clock, Deadline, DeskClocks, Moved, WorkClocks},
    },
};

/// An incident with its legs: everything a decision looks at.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Case {
    /// The incident.
    pub incident: Incident,
    /// Its custody legs, oldest first. Never empty.
    pub custody: Vec<CustodyLeg>,
    /// Its handling legs, oldest first.
    pub handling: Vec<HandlingLeg>,
}

/// An incident reaches a desk that has to say yes or no.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Arrival {
    /// The desk.
    pub desk: OrganisationCode,
    /// The desk above it.
    pub superior: Option<OrganisationCode>,
    /// When it must have accepted or declined.
    pub accept: Deadline,
    /// What happens when it does not.
    pub on_lapse: AutoEscalation,
    /// How long it may keep the incident.
    pub ceiling: Deadline,
}

/// Work reaches an organisation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Work {
    /// Which.
    pub organisation: OrganisationCode,
    /// What it has to do by when.
    pub clocks: WorkClocks,
}

/// When, as what number, and by whom something happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stamp {
    /// When.
    pub at: Instant,
    /// The number of the event.
    pub seq: u32,
    /// Who did it.
    pub actor: AccountId,
}

impl Arrival {
    /// The leg that begins with it.
    pub(crate) fn leg(&self, number: u32, stamp: Stamp) -> CustodyLeg {
        CustodyLeg {
            number,
            desk: self.desk,
            level: self.desk.unit.level(),
            opened_at: stamp.at,
            opened_seq: stamp.seq,
            superior: self.superior,
            on_lapse: self.on_lapse,
            clocks: DeskClocks {
                accept: Some(self.accept),
                dispatch: None,
                verify: None,
                ceiling: self.ceiling,
            },
            accepted_at: None,
            ended_at: None,
            ended_seq: None,
            outcome: None,
        }
    }
}

impl Case {
    /// The custody leg that is open.
    #[must_use]
    pub fn open_custody(&self) -> Option<&CustodyLeg> {
        self.custody.last().filter(|leg| leg.ended_at.is_none())
    }

    /// The desk that answers for it, or answered last.
    #[must_use]
    pub fn desk(&self) -> Option<OrganisationCode> {
        self.custody.last().map(|leg| leg.desk)
    }

    /// The lead handling leg that is open.
    #[must_use]
    pub fn open_lead(&self) -> Option<&HandlingLeg> {
        self.handling.iter().rev().find(|leg| leg.role == HandlingRole::Lead && leg.ended_at.is_none())
    }

    /// The latest lead handling leg, open or not.
    #[must_use]
    pub fn last_lead(&self) -> Option<&HandlingLeg> {
        self.handling.iter().rev().find(|leg| leg.role == HandlingRole::Lead)
    }

    /// The open legs of organisations that assist, those of desks that let it lapse among them.
    pub fn open_assists(&self) -> impl Iterator<Item = &HandlingLeg> {
        self.handling.iter().filter(|leg| leg.role == HandlingRole::Assist && leg.ended_at.is_none())
    }

    /// The open assisting leg of a department.
    #[must_use]
    pub fn assist_of(&self, organisation: OrganisationCode) -> Option<&HandlingLeg> {
        self.open_assists()
            .find(|leg| leg.organisation == organisation && organisation.kind != OrganisationKind::Desk)
    }

    /// Whether `desk` let the incident lapse and may still accept it: only desks assist as desks.
    #[must_use]
    pub fn may_still_accept(&self, desk: OrganisationCode) -> bool {
        desk.kind == OrganisationKind::Desk && self.open_assists().any(|leg| leg.organisation == desk)
    }

    /// What is attached to it, oldest first.
    #[must_use]
    pub fn linkages(&self) -> &[Linkage] {
        &self.incident.proceedings.linkages
    }

    /// The linkage of that number.
    #[must_use]
    pub fn linkage(&self, number: u32) -> Option<&Linkage> {
        self.linkages().iter().find(|linkage| linkage.number == number)
    }

    /// The same, to be changed.
    pub(crate) fn linkage_mut(&mut self, number: u32) -> Option<&mut Linkage> {
        self.incident.proceedings.linkages.iter_mut().find(|linkage| linkage.number == number)
    }

    /// Who has to act: the organisation of the open lead handling leg, else the desk. `None` at rest.
    #[must_use]
    pub fn holder(&self) -> Option<OrganisationCode> {
        self.open_lead().map(|leg| leg.organisation).or_else(|| self.open_custody().map(|leg| leg.desk))
    }

    /// Since when the holder has had it.
    #[must_use]
    pub fn held_since(&self) -> Option<Instant> {
        let custody = self.open_custody()?;
        Some(match self.open_lead() {
            Some(work) => work.opened_at,
            // What comes back from work reaches the desk anew.
            None => {
                let back = self.handling.iter().filter(|leg| leg.custody == custody.number);
                back.filter_map(|leg| leg.ended_at)
                    .max()
                    .map_or(custody.opened_at, |at| at.max(custody.opened_at))
            }
        })
    }

    /// Whether it came up to its desk from a level below.
    #[must_use]
    pub fn has_risen(&self) -> bool {
        self.custody.iter().any(|leg| Some(leg.level) < self.level())
    }

    /// The level that answers for it, or answered last.
    #[must_use]
    pub fn level(&self) -> Option<Level> {
        self.custody.last().map(|leg| leg.level)
    }

    /// The level under whose custody it stands. An incident always has a custody leg; the county stands in for none.
    pub(crate) fn custody_level(&self) -> Level {
        self.level().unwrap_or(Level::County)
    }

    /// The leg of the desk that sent the incident to the one that has not accepted it yet.
    pub(crate) fn sent_by(&self) -> Option<&CustodyLeg> {
        let [.., sender, _] = self.custody.as_slice() else { return None };
        let sent = matches!(
            sender.outcome,
            Some(CustodyOutcome::Escalated | CustodyOutcome::HandedDown | CustodyOutcome::Transferred)
        );
        sent.then_some(sender)
    }

    /// The clock of the step it waits for, and when that is due. `None` at rest, and while it waits for a date.
    #[must_use]
    pub fn step(&self) -> Option<(Clock, Deadline)> {
        let desk = self.open_custody()?.clocks;
        let of_desk = |clock, due: Option<Deadline>| due.map(|due| (clock, due));
        match self.incident.state {
            State::PendingAcceptance => of_desk(Clock::Accept, desk.accept),
            State::PendingDispatch => of_desk(Clock::Dispatch, desk.dispatch),
            State::PendingReceipt | State::InProgress => {
                self.open_lead().map(|leg| (Clock::Handle(leg.number), leg.clocks.handle))
            }
            State::PendingVerification => of_desk(Clock::Verify, desk.verify),
            State::AwaitingInfo
            | State::Suspended
            | State::Closed
            | State::NotAccepted
            | State::Voided
            | State::Merged
            | State::ReferredOut => None,
        }
    }

    /// When the step it waits for is due. `None` at rest.
    #[must_use]
    pub fn due(&self) -> Option<Deadline> {
        self.open_custody()?;
        self.incident.proceedings.waits_until.or_else(|| self.step().map(|(_, due)| due))
    }

    /// Every clock that runs, or stands still in a pause.
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

    /// Sets clocks anew.
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

    /// What a desk asked or watches that sees it no longer ends: nobody could answer it, or take it back.
    pub(crate) fn leave_to_those_who_see_it(&mut self) {
        let (desk, lead) = (self.desk(), self.open_lead().map(|leg| leg.organisation));
        let sees = |organisation: OrganisationCode| Some(organisation) == desk || Some(organisation) == lead;
        let proceedings = &mut self.incident.proceedings;
        proceedings.supervision = proceedings.supervision.filter(|supervision| sees(supervision.by));
        proceedings.request = proceedings.request.filter(|request| sees(request.organisation));
    }

    /// Says what happens when the desk does not accept.
    pub(crate) fn set_on_lapse(&mut self, on_lapse: AutoEscalation) {
        if let Some(leg) = self.custody.last_mut().filter(|leg| leg.ended_at.is_none()) {
            leg.on_lapse = on_lapse;
        }
    }

    /// A desk gets the incident and has to say yes or no. The leg before ends if it is open, and all work with it.
    pub(crate) fn arrive(&mut self, how: CustodyOutcome, arrival: &Arrival, stamp: Stamp) {
        self.end_work(HandlingOutcome::Withdrawn, stamp);
        self.end_custody(how, stamp);
        self.incident.state = State::PendingAcceptance;
        let leg = arrival.leg(next(self.custody.len()), stamp);
        self.custody.push(leg);
    }

    /// A desk gets the incident and has accepted it already. The leg before ends, and all work with it.
    pub(crate) fn take(&mut self, how: CustodyOutcome, arrival: &Arrival, dispatch: Deadline, stamp: Stamp) {
        self.arrive(how, arrival, stamp);
        self.accepted(dispatch, stamp.at);
        if let Some(leg) = self.custody.last_mut() {
            leg.clocks.accept = None;
        }
    }

    /// The desk says yes.
    pub(crate) fn accepted(&mut self, dispatch: Deadline, at: Instant) {
        self.incident.state = State::PendingDispatch;
        if let Some(leg) = self.custody.last_mut() {
            leg.accepted_at = Some(at);
            leg.clocks.dispatch = Some(dispatch);
            self.incident.first_accepted_by = self.incident.first_accepted_by.or(Some(leg.desk));
        }
    }

    /// An organisation gets work; its own desk has taken it on already.
    pub(crate) fn start(&mut self, role: HandlingRole, work: &Work, taken_on: bool, stamp: Stamp) {
        self.handling.push(HandlingLeg {
            number: next(self.handling.len()),
            custody: next(self.custody.len().saturating_sub(1)),
            organisation: work.organisation,
            role,
            opened_at: stamp.at,
            opened_seq: stamp.seq,
            clocks: work.clocks,
            acknowledged_at: taken_on.then_some(stamp.at),
            arrived_at: None,
            extended: 0,
            granted: 0,
            ended_at: None,
            ended_seq: None,
            outcome: None,
            result: None,
            submitted_by: None,
        });
    }

    /// The incident comes to rest.
    pub(crate) fn rest(&mut self, state: State, how: CustodyOutcome, stamp: Stamp) {
        self.end_work(
            if state == State::Voided { HandlingOutcome::Voided } else { HandlingOutcome::Withdrawn },
            stamp,
        );
        self.incident.state = state;
        self.incident.ended_at = Some(stamp.at);
        self.end_custody(how, stamp);
    }

    /// The incident is closed, under the custody of its desk.
    pub(crate) fn close(&mut self, outcome: Outcome, level: Level, how: CustodyOutcome, stamp: Stamp) {
        self.incident.outcome = Some(outcome);
        self.incident.resolved_level = Some(level);
        self.incident.in_place =
            self.desk().is_some_and(|desk| self.incident.first_accepted_by == Some(desk));
        self.rest(State::Closed, how, stamp);
    }

    /// The work of the lead is over.
    pub(crate) fn end_lead(&mut self, outcome: HandlingOutcome, stamp: Stamp) {
        for leg in &mut self.handling {
            if leg.role == HandlingRole::Lead {
                end(leg, outcome, stamp);
            }
        }
        self.drop_work_matters();
    }

    /// One leg is over.
    pub(crate) fn end_leg(&mut self, number: u32, outcome: HandlingOutcome, stamp: Stamp) {
        for leg in self.handling.iter_mut().filter(|leg| leg.number == number) {
            end(leg, outcome, stamp);
        }
    }

    /// All work is over.
    pub(crate) fn end_work(&mut self, outcome: HandlingOutcome, stamp: Stamp) {
        for leg in &mut self.handling {
            end(leg, outcome, stamp);
        }
        self.drop_work_matters();
    }

    /// What was asked for work that is over needs no answer, and whose duty it was no decision.
    fn drop_work_matters(&mut self) {
        let proceedings = &mut self.incident.proceedings;
        proceedings.disputed = None;
        proceedings.request = proceedings.request.filter(|request| match request.asked {
            RequestedChange::Extend { .. } | RequestedChange::Suspend { .. } => false,
            RequestedChange::Correct(_) | RequestedChange::ForceClose => true,
        });
    }

    fn end_custody(&mut self, outcome: CustodyOutcome, stamp: Stamp) {
        let proceedings = &mut self.incident.proceedings;
        proceedings.go_on(stamp.at);
        proceedings.request = None;
        proceedings.check = None;
        if let Some(leg) = self.custody.last_mut().filter(|leg| leg.ended_at.is_none()) {
            leg.ended_at = Some(stamp.at);
            leg.ended_seq = Some(stamp.seq);
            leg.outcome = Some(outcome);
        }
    }

    /// The legs of the incident's lead work, to be changed.
    pub(crate) fn open_lead_mut(&mut self) -> Option<&mut HandlingLeg> {
        self.handling.iter_mut().rev().find(|leg| leg.role == HandlingRole::Lead && leg.ended_at.is_none())
    }
}

fn end(leg: &mut HandlingLeg, outcome: HandlingOutcome, stamp: Stamp) {
    if leg.ended_at.is_none() {
        leg.ended_at = Some(stamp.at);
        leg.ended_seq = Some(stamp.seq);
        leg.outcome = Some(outcome);
    }
}

/// The number of the leg after `count` others.
pub(crate) fn next(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX).saturating_add(1)
}
