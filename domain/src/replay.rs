//! Replay: what an event does to an incident. Decisions and history go through the same door.

use crate::{
    event::{Event, EventBody},
    incident::{Case, Incident, State},
    leg::{CustodyLeg, CustodyOutcome, HandlingLeg, HandlingOutcome, HandlingRole, Outcome},
    unit::Level,
};

impl Case {
    /// The incident that a `reported` event opens; `None` for any other event.
    #[must_use]
    pub fn opened(event: &Event) -> Option<Self> {
        let EventBody::Reported {
            category,
            severity,
            place,
            restricted,
            reporter_hidden,
            county_first,
            routing,
            accept_due,
            ceiling_due,
        } = &event.body
        else {
            return None;
        };
        let leg = CustodyLeg {
            number: 1,
            desk: routing.desk,
            level: routing.level,
            opened_at: event.at,
            opened_seq: event.seq,
            accept_due: Some(*accept_due),
            accepted_at: None,
            dispatch_due: None,
            verify_due: None,
            ceiling_due: *ceiling_due,
            ended_at: None,
            ended_seq: None,
            outcome: None,
        };
        let incident = Incident {
            id: event.incident,
            version: event.seq,
            category: *category,
            severity: *severity,
            state: State::PendingAcceptance,
            place: *place,
            reporter: event.actor,
            received_at: event.at,
            last_event_at: event.at,
            first_desk: routing.desk,
            first_accepted_by: None,
            skips: routing.skips,
            restricted: *restricted,
            reporter_hidden: *reporter_hidden,
            county_first: *county_first,
            on_spot: false,
            self_verified: false,
            reopened: 0,
            returned: 0,
            escalated: 0,
            outcome: None,
            resolved_level: None,
            in_place: false,
            ended_at: None,
            rules_version: routing.rules_version,
        };
        Some(Self { incident, custody: vec![leg], handling: Vec::new() })
    }

    /// The incident that a whole history leads to; `None` when it does not start with `reported`.
    pub fn replay<'a>(events: impl IntoIterator<Item = &'a Event>) -> Option<Self> {
        let mut events = events.into_iter();
        let mut case = Self::opened(events.next()?)?;
        events.for_each(|event| case.apply(event));
        Some(case)
    }

    /// What `event` changes.
    pub fn apply(&mut self, event: &Event) {
        self.incident.version = event.seq;
        self.incident.last_event_at = event.at;
        match &event.body {
            // The first event opens an incident and cannot happen to one.
            EventBody::Reported { .. } | EventBody::Commented { .. } => {}
            EventBody::ResolvedOnSpot => self.resolve_on_spot(event),
            EventBody::Accepted { dispatch_due } => {
                self.incident.state = State::PendingDispatch;
                if let Some(leg) = self.custody.last_mut() {
                    leg.accepted_at = Some(event.at);
                    leg.dispatch_due = Some(*dispatch_due);
                    self.incident.first_accepted_by = self.incident.first_accepted_by.or(Some(leg.desk));
                }
            }
            EventBody::Declined { .. } => {
                self.rest(State::NotAccepted, CustodyOutcome::Declined, event);
            }
            EventBody::Dispatched { to, handle_due } => {
                let own_work = self.custody.last().is_some_and(|leg| leg.desk == *to);
                self.incident.state = if own_work { State::InProgress } else { State::PendingReceipt };
                self.handling.push(HandlingLeg {
                    number: next(self.handling.len()),
                    custody: next(self.custody.len().saturating_sub(1)),
                    organisation: *to,
                    role: HandlingRole::Lead,
                    opened_at: event.at,
                    opened_seq: event.seq,
                    acknowledged_at: own_work.then_some(event.at),
                    handle_due: *handle_due,
                    ended_at: None,
                    ended_seq: None,
                    outcome: None,
                    result: None,
                    submitted_by: None,
                });
            }
            EventBody::Acknowledged => {
                self.incident.state = State::InProgress;
                if let Some(leg) = self.handling.last_mut() {
                    leg.acknowledged_at = Some(event.at);
                }
            }
            EventBody::Returned { dispatch_due, .. } => {
                self.incident.state = State::PendingDispatch;
                self.incident.returned = self.incident.returned.saturating_add(1);
                self.end_handling(HandlingOutcome::Returned, event);
                if let Some(leg) = self.custody.last_mut() {
                    leg.dispatch_due = Some(*dispatch_due);
                }
            }
            EventBody::ResultSubmitted { outcome, verify_due, .. } => {
                self.incident.state = State::PendingVerification;
                if let Some(leg) = self.handling.last_mut() {
                    leg.result = Some(*outcome);
                    leg.submitted_by = Some(event.actor);
                }
                self.end_handling(HandlingOutcome::Submitted, event);
                if let Some(leg) = self.custody.last_mut() {
                    leg.verify_due = Some(*verify_due);
                }
            }
            EventBody::Reworked { handle_due } => {
                self.incident.state = State::InProgress;
                if let Some(last) = self.handling.last() {
                    self.handling.push(HandlingLeg {
                        number: next(self.handling.len()),
                        opened_at: event.at,
                        opened_seq: event.seq,
                        acknowledged_at: Some(event.at),
                        handle_due: *handle_due,
                        ended_at: None,
                        ended_seq: None,
                        outcome: None,
                        result: None,
                        submitted_by: None,
                        ..last.clone()
                    });
                }
            }
            EventBody::Closed { outcome, resolved_level, self_verified } => {
                self.incident.self_verified = *self_verified;
                self.close(*outcome, *resolved_level, CustodyOutcome::Closed, event);
            }
            EventBody::Escalated { to, accept_due, ceiling_due, .. } => {
                self.incident.state = State::PendingAcceptance;
                self.incident.escalated = self.incident.escalated.saturating_add(1);
                self.end_handling(HandlingOutcome::Withdrawn, event);
                self.end_custody(CustodyOutcome::Escalated, event);
                self.custody.push(CustodyLeg {
                    number: next(self.custody.len()),
                    desk: *to,
                    level: to.unit.level(),
                    opened_at: event.at,
                    opened_seq: event.seq,
                    accept_due: Some(*accept_due),
                    accepted_at: None,
                    dispatch_due: None,
                    verify_due: None,
                    ceiling_due: *ceiling_due,
                    ended_at: None,
                    ended_seq: None,
                    outcome: None,
                });
            }
            EventBody::Reopened { dispatch_due, ceiling_due } => {
                self.reopen(event, *dispatch_due, *ceiling_due)
            }
            EventBody::Voided => {
                self.end_handling(HandlingOutcome::Voided, event);
                self.rest(State::Voided, CustodyOutcome::Voided, event);
            }
        }
    }

    fn resolve_on_spot(&mut self, event: &Event) {
        self.incident.on_spot = true;
        self.incident.first_accepted_by = Some(self.incident.first_desk);
        if let Some(leg) = self.custody.last_mut() {
            leg.accept_due = None;
        }
        let level = self.level().unwrap_or(Level::Village);
        self.close(Outcome::Resolved, level, CustodyOutcome::ResolvedOnSpot, event);
    }

    /// The desk that closed the incident gets it back, accepted, and the credit is gone.
    fn reopen(
        &mut self,
        event: &Event,
        dispatch_due: crate::deadline::Deadline,
        ceiling_due: crate::deadline::Deadline,
    ) {
        let incident = &mut self.incident;
        incident.state = State::PendingDispatch;
        incident.reopened = incident.reopened.saturating_add(1);
        incident.outcome = None;
        incident.resolved_level = None;
        incident.ended_at = None;
        incident.on_spot = false;
        incident.self_verified = false;
        incident.in_place = false;
        if let Some(last) = self.custody.last() {
            self.custody.push(CustodyLeg {
                number: next(self.custody.len()),
                desk: last.desk,
                level: last.level,
                opened_at: event.at,
                opened_seq: event.seq,
                accept_due: None,
                accepted_at: Some(event.at),
                dispatch_due: Some(dispatch_due),
                verify_due: None,
                ceiling_due,
                ended_at: None,
                ended_seq: None,
                outcome: None,
            });
        }
    }

    fn close(&mut self, outcome: Outcome, level: Level, how: CustodyOutcome, event: &Event) {
        self.incident.outcome = Some(outcome);
        self.incident.resolved_level = Some(level);
        self.incident.in_place =
            self.custody.last().is_some_and(|leg| self.incident.first_accepted_by == Some(leg.desk));
        self.rest(State::Closed, how, event);
    }

    fn rest(&mut self, state: State, how: CustodyOutcome, event: &Event) {
        self.incident.state = state;
        self.incident.ended_at = Some(event.at);
        self.end_custody(how, event);
    }

    fn end_custody(&mut self, outcome: CustodyOutcome, event: &Event) {
        if let Some(leg) = self.custody.last_mut() {
            leg.ended_at = Some(event.at);
            leg.ended_seq = Some(event.seq);
            leg.outcome = Some(outcome);
        }
    }

    fn end_handling(&mut self, outcome: HandlingOutcome, event: &Event) {
        for leg in self.handling.iter_mut().filter(|leg| leg.ended_at.is_none()) {
            leg.ended_at = Some(event.at);
            leg.ended_seq = Some(event.seq);
            leg.outcome = Some(outcome);
        }
    }
}

/// The number of the leg after `count` others.
fn next(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX).saturating_add(1)
}
