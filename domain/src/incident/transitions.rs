//! How legs begin and end: the changes that the events of an incident are built from.

use crate::{
    geography::unit::Level,
    incident::{
        State,
        case::{Arrival, Case, Stamp, Work, next},
        leg::{CustodyOutcome, HandlingLeg, HandlingOutcome, HandlingRole, Outcome},
        requests::RequestedChange,
    },
    organisation::OrganisationCode,
    time::{Instant, auto_escalation::AutoEscalation, clock::Deadline},
};

impl Case {
    /// Cancels requests and supervision of organisations that can no longer see the incident, because they could not end them.
    pub(crate) fn cancel_oversight_without_access(&mut self) {
        let (desk, lead) = (self.desk(), self.open_lead().map(|leg| leg.organisation));
        let sees = |organisation: OrganisationCode| Some(organisation) == desk || Some(organisation) == lead;
        let incident = &mut self.incident;
        incident.oversight.supervision =
            incident.oversight.supervision.filter(|supervision| sees(supervision.by));
        incident.requests.pending = incident.requests.pending.filter(|request| sees(request.organisation));
    }

    /// Sets when the incident escalates if the desk does not accept it.
    pub(crate) fn set_on_lapse(&mut self, on_lapse: AutoEscalation) {
        if let Some(leg) = self.custody.last_mut().filter(|leg| leg.ended_at.is_none()) {
            leg.on_lapse = on_lapse;
        }
    }

    /// The incident arrives at a desk, which must accept or decline it. All work ends, and the open custody leg ends with
    /// `how`.
    pub(crate) fn arrive(&mut self, how: CustodyOutcome, arrival: &Arrival, stamp: Stamp) {
        self.end_work(HandlingOutcome::Withdrawn, stamp);
        self.end_custody(how, stamp);
        self.incident.state = State::PendingAcceptance;
        let leg = arrival.leg(next(self.custody.len()), stamp);
        self.custody.push(leg);
    }

    /// The incident arrives at a desk that has already accepted it. All work ends, and the open custody leg ends with `how`.
    pub(crate) fn arrive_accepted(
        &mut self,
        how: CustodyOutcome,
        arrival: &Arrival,
        dispatch: Deadline,
        stamp: Stamp,
    ) {
        self.arrive(how, arrival, stamp);
        self.accepted(dispatch, stamp.at);
        if let Some(leg) = self.custody.last_mut() {
            leg.clocks.accept = None;
        }
    }

    /// The desk accepts the incident.
    pub(crate) fn accepted(&mut self, dispatch: Deadline, at: Instant) {
        self.incident.state = State::PendingDispatch;
        if let Some(leg) = self.custody.last_mut() {
            leg.accepted_at = Some(at);
            leg.clocks.dispatch = Some(dispatch);
            self.incident.first_accepted_by = self.incident.first_accepted_by.or(Some(leg.desk));
        }
    }

    /// Opens a handling leg. `acknowledged` is true for a desk's own work, which nobody has to sign for.
    pub(crate) fn start(&mut self, role: HandlingRole, work: &Work, acknowledged: bool, stamp: Stamp) {
        self.handling.push(HandlingLeg {
            number: next(self.handling.len()),
            custody: next(self.custody.len().saturating_sub(1)),
            organisation: work.organisation,
            role,
            opened_at: stamp.at,
            opened_seq: stamp.seq,
            clocks: work.clocks,
            acknowledged_at: acknowledged.then_some(stamp.at),
            arrived_at: None,
            extensions: Vec::new(),
            ended_at: None,
            ended_seq: None,
            outcome: None,
            result: None,
            photos_before: u32::try_from(self.incident.photos.len()).unwrap_or(u32::MAX),
            submitted_by: None,
        });
    }

    /// The organisation leads the work from now on. It has to sign for it, unless it is the desk itself.
    pub(crate) fn start_lead(&mut self, work: &Work, stamp: Stamp) {
        let own_work = self.desk() == Some(work.organisation);
        self.incident.state = if own_work { State::InProgress } else { State::PendingReceipt };
        self.start(HandlingRole::Lead, work, own_work, stamp);
    }

    /// The incident ends in `state`. All work ends, and the open custody leg ends with `how`.
    pub(crate) fn end(&mut self, state: State, how: CustodyOutcome, stamp: Stamp) {
        self.end_work(
            if state == State::Voided { HandlingOutcome::Voided } else { HandlingOutcome::Withdrawn },
            stamp,
        );
        self.incident.state = state;
        self.incident.ended_at = Some(stamp.at);
        self.end_custody(how, stamp);
    }

    /// The incident is closed by its desk. `level` is the level that settled it.
    pub(crate) fn close(&mut self, outcome: Outcome, level: Level, how: CustodyOutcome, stamp: Stamp) {
        self.incident.outcome = Some(outcome);
        self.incident.resolved_level = Some(level);
        self.incident.in_place =
            self.desk().is_some_and(|desk| self.incident.first_accepted_by == Some(desk));
        self.end(State::Closed, how, stamp);
    }

    /// Ends the open lead handling leg.
    pub(crate) fn end_lead(&mut self, outcome: HandlingOutcome, stamp: Stamp) {
        for leg in &mut self.handling {
            if leg.role == HandlingRole::Lead {
                end(leg, outcome, stamp);
            }
        }
        self.cancel_work_requests();
    }

    /// Ends the handling leg with this number if it is open.
    pub(crate) fn end_leg(&mut self, number: u32, outcome: HandlingOutcome, stamp: Stamp) {
        for leg in self.handling.iter_mut().filter(|leg| leg.number == number) {
            end(leg, outcome, stamp);
        }
    }

    /// Ends all open handling legs.
    pub(crate) fn end_work(&mut self, outcome: HandlingOutcome, stamp: Stamp) {
        for leg in &mut self.handling {
            end(leg, outcome, stamp);
        }
        self.cancel_work_requests();
    }

    /// Cancels requests and disputes about work that has ended.
    fn cancel_work_requests(&mut self) {
        let incident = &mut self.incident;
        incident.requests.disputed = None;
        incident.requests.pending = incident.requests.pending.filter(|request| match request.asked {
            RequestedChange::Extend { .. } | RequestedChange::Suspend { .. } => false,
            RequestedChange::Correct(_) | RequestedChange::ForceClose => true,
        });
    }

    /// Ends the open custody leg, with its pause, request and check.
    fn end_custody(&mut self, outcome: CustodyOutcome, stamp: Stamp) {
        let incident = &mut self.incident;
        incident.pauses.end(stamp.at);
        incident.requests.pending = None;
        incident.oversight.check = None;
        if let Some(leg) = self.custody.last_mut().filter(|leg| leg.ended_at.is_none()) {
            leg.ended_at = Some(stamp.at);
            leg.ended_seq = Some(stamp.seq);
            leg.outcome = Some(outcome);
        }
    }

    /// The open lead handling leg.
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
