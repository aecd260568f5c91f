//! Automatic changes: escalates incidents that nobody accepts, acknowledges work that nobody returns, resumes
//! suspended work, and raises alarms about missed deadlines.
//!
//! The functions read only the case, the time and the rules. They may run late, twice, or on two nodes at once.

use crate::{
    commands::context::arrival,
    decision::{Decision, decision},
    events::{
        EventBody,
        automatic::{Alarmed, AutoEscalated, Rescheduled},
        custody::Voided,
        reporting::Supplemented,
        work::{Acknowledged, Resumed},
    },
    ids::AccountId,
    incident::{State, case::Case, leg::CustodyLeg, oversight::SupervisionLevel, schedule},
    organisation::OrganisationCode,
    reference_data::ReferenceData,
    rules::Rules,
    time::{
        Instant,
        auto_escalation::AutoEscalation,
        clock::{Clock, Deadline, LimitRule},
        truncate,
    },
};

/// A change that the system makes when a deadline has passed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum AutomaticAction {
    /// Sends the incident to the desk above.
    Escalate,
    /// Voids the incident, because the reporter did not answer.
    Void,
    /// Acknowledges the work for the lead organisation.
    Acknowledge,
    /// Resumes suspended work.
    Resume,
    /// Continues without the reporter's answer, because other incidents are merged into this one.
    Continue,
    /// Tells the desk above that the deadline of the clock was missed.
    Alarm(SupervisionLevel, Clock),
}

/// The time after which [`reconcile`] makes its next change, if nobody acts earlier. `None` if it will make none.
#[must_use]
pub fn wakes_at(case: &Case) -> Option<Instant> {
    automatic_actions(case).into_iter().map(|(due, _)| due).min()
}

/// Makes the oldest automatic change that is due at `now`. `None` if none is due.
///
/// More changes may be due afterwards, so callers repeat this until it returns `None`.
#[must_use]
pub fn reconcile(
    case: &Case,
    now: Instant,
    rules: &Rules,
    reference_data: &ReferenceData,
) -> Option<Decision> {
    let at = truncate(now).max(case.incident.last_event_at());
    let due_actions = automatic_actions(case).into_iter().filter(|(due, _)| at > *due);
    let (_, action) = due_actions.min_by_key(|(due, _)| *due)?;
    let incident = &case.incident;
    let custody = case.open_custody()?;
    // The pause ended on its date, even if this runs later.
    let pause_end = incident.pauses.until.map_or(at, |until| until.at.min(at));
    let moved = || schedule::after_pauses(case, pause_end, rules);
    let body: EventBody = match action {
        AutomaticAction::Escalate => {
            let facts = (incident.category, incident.severity);
            AutoEscalated { to: arrival(custody.superior()?, facts, at, rules, reference_data) }.into()
        }
        AutomaticAction::Void => Voided { unanswered: true }.into(),
        AutomaticAction::Acknowledge => Acknowledged { by_itself: true }.into(),
        AutomaticAction::Resume => Resumed { moved: moved(), by_itself: true }.into(),
        AutomaticAction::Continue => Supplemented { moved: moved(), by_itself: true }.into(),
        AutomaticAction::Alarm(level, over) => {
            Alarmed { level, by: desk_to_alarm(case, custody, reference_data), over }.into()
        }
    };
    Some(decision(case, vec![(body, Vec::new())], Vec::new(), AccountId::SYSTEM, at))
}

/// The desk that gets the alarm: the desk above the holding desk.
///
/// The city's desk gets it instead if no desk is above, or if the incident is restricted and the desk above does not
/// see it.
fn desk_to_alarm(case: &Case, custody: &CustodyLeg, reference_data: &ReferenceData) -> OrganisationCode {
    let city = Some(OrganisationCode::desk(case.incident.place.city));
    let city = city.filter(|desk| reference_data.organisations.contains(*desk));
    let superior = custody.superior().filter(|_| !case.incident.restricted);
    superior.or(city).unwrap_or(custody.desk)
}

/// Computes the running deadlines of `case` again by the current limits and calendar. The account `by` asked for it.
/// `None` if nothing changes.
#[must_use]
pub fn reschedule(case: &Case, by: AccountId, now: Instant, rules: &Rules) -> Option<Decision> {
    let at = truncate(now).max(case.incident.last_event_at());
    let custody = case.open_custody()?;
    let facts = (case.incident.category, case.incident.severity);
    let (moved, on_lapse) = (schedule::anew(case, facts, rules), rules.on_lapse(facts.0, facts.1));
    let changed = !moved.is_empty() || on_lapse != custody.on_lapse;
    let body = Rescheduled { moved, on_lapse };
    changed.then(|| decision(case, vec![(body.into(), Vec::new())], Vec::new(), by, at))
}

/// The automatic changes that `case` is waiting for, each with the time after which it is due.
fn automatic_actions(case: &Case) -> Vec<(Instant, AutomaticAction)> {
    let Some(custody) = case.open_custody() else { return Vec::new() };
    let waits_until = case.incident.pauses.until.map(|until| until.at);
    let mut list = ActionList { case, actions: Vec::new() };
    match case.incident.state {
        State::PendingAcceptance => {
            if let Some(accept) = custody.clocks.accept {
                list.add_acceptance(custody.on_lapse, custody.superior(), accept);
            }
        }
        State::AwaitingInfo if case.incident.merging.absorbed > 0 => {
            list.add(waits_until, AutomaticAction::Continue);
        }
        State::AwaitingInfo => list.add(waits_until, AutomaticAction::Void),
        State::Suspended => list.add(waits_until, AutomaticAction::Resume),
        State::PendingReceipt => {
            // While the desk above decides a dispute, the work is not acknowledged automatically.
            let receipt = case.open_lead().and_then(|leg| leg.clocks.receipt);
            let receipt = receipt.filter(|_| case.incident.requests.disputed.is_none());
            list.add(receipt.map(|due| due.at), AutomaticAction::Acknowledge);
        }
        State::PendingDispatch
        | State::InProgress
        | State::PendingVerification
        | State::Closed
        | State::NotAccepted
        | State::Voided
        | State::Merged
        | State::ReferredOut => {}
    }
    list.add_overdue_alarms();
    list.actions
}

/// Collects the automatic changes of a case.
struct ActionList<'a> {
    case: &'a Case,
    actions: Vec<(Instant, AutomaticAction)>,
}

impl ActionList<'_> {
    fn add(&mut self, due: Option<Instant>, action: AutomaticAction) {
        self.actions.extend(due.map(|due| (due, action)));
    }

    /// Adds the consequence of a missed acceptance deadline: an escalation, or alarms if no desk is above.
    fn add_acceptance(
        &mut self,
        on_lapse: AutoEscalation,
        superior: Option<OrganisationCode>,
        accept: Deadline,
    ) {
        use SupervisionLevel::{Notice, Yellow};
        match (on_lapse, superior) {
            (AutoEscalation::AtLimit, Some(_)) => self.add(Some(accept.at), AutomaticAction::Escalate),
            (AutoEscalation::AtDouble, Some(_)) => self.add(Some(accept.late), AutomaticAction::Escalate),
            (AutoEscalation::AtLimit, None) => {
                self.add_two_alarms(Clock::Accept, (accept.at, Notice), (accept.late, Yellow))
            }
            // From this time on the desk above may take the incident over, so it is told.
            (AutoEscalation::Never, _) | (AutoEscalation::AtDouble, None) => {
                self.add_alarm(accept.late, Notice, Clock::Accept)
            }
        }
    }

    /// Adds the alarms of all running clocks. Alarms never move the incident. Paused clocks raise none.
    fn add_overdue_alarms(&mut self) {
        use SupervisionLevel::{Notice, Red, Yellow};
        if self.case.incident.pauses.is_paused() {
            return;
        }
        let lead = self.case.open_lead().map(|leg| leg.number);
        for (clock, due) in self.case.clocks() {
            match clock {
                Clock::Handle(number) if Some(number) == lead => {
                    self.add_two_alarms(clock, (due.at, Yellow), (due.late, Red));
                }
                // This leg belongs to a desk that missed its acceptance deadline. The holding desk gets the alarms
                // instead.
                Clock::Handle(_) if due.rule == LimitRule::Accept => {}
                // After this deadline the work is acknowledged automatically.
                Clock::Receipt(number) if Some(number) == lead => {}
                // `add_acceptance` covers the acceptance deadline. The deadline of the whole matter raises no alarm.
                Clock::Accept | Clock::Total => {}
                Clock::Dispatch
                | Clock::Verify
                | Clock::Ceiling
                | Clock::Receipt(_)
                | Clock::Response(_)
                | Clock::Handle(_) => self.add_two_alarms(clock, (due.at, Notice), (due.late, Yellow)),
            }
        }
    }

    fn add_two_alarms(
        &mut self,
        clock: Clock,
        first: (Instant, SupervisionLevel),
        second: (Instant, SupervisionLevel),
    ) {
        self.add_alarm(first.0, first.1, clock);
        self.add_alarm(second.0, second.1, clock);
    }

    /// Adds an alarm, unless the current alarm has the same or a higher level.
    fn add_alarm(&mut self, due: Instant, level: SupervisionLevel, clock: Clock) {
        let current = self.case.incident.oversight.alarm.map(|alarm| alarm.level);
        if current.is_none_or(|current| current < level) {
            self.add(Some(due), AutomaticAction::Alarm(level, clock));
        }
    }
}
