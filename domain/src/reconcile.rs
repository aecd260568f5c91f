//! What happens by itself: an incident that nobody accepts goes up, work that nobody sends back is taken on, what stood
//! still goes on, what is late is watched.
//!
//! No command and no input: whoever runs this looks at a case and at the clock. It may run late, twice or on two nodes.

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
    incident::{State, case::Case, leg::CustodyLeg, proceedings::SupervisionLevel, schedule},
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

/// Something that will happen by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum AutomaticAction {
    /// The desk above gets it.
    Lapse,
    /// The reporter never answered.
    Void,
    /// The work is taken on.
    Acknowledge,
    /// Suspended work goes on.
    Resume,
    /// The reporter never answered, but others wait for the same matter: it goes on as it is.
    GoOn,
    /// The desk above is told, because that clock ran out.
    Alarm(SupervisionLevel, Clock),
}

/// After which moment the next thing happens by itself, if nobody does anything before.
#[must_use]
pub fn wakes_at(case: &Case) -> Option<Instant> {
    actions(case).into_iter().map(|(at, _)| at).min()
}

/// What has to happen by itself at `now`; `None` if nothing has. There may be more afterwards.
#[must_use]
pub fn reconcile(case: &Case, now: Instant, rules: &Rules, ground: &ReferenceData) -> Option<Decision> {
    let at = truncate(now).max(case.incident.last_event_at);
    let (_, action) = actions(case).into_iter().filter(|(due, _)| at > *due).min_by_key(|(due, _)| *due)?;
    let incident = &case.incident;
    let custody = case.open_custody()?;
    // However late this runs, the pause was over on its day.
    let over = incident.proceedings.waits_until.map_or(at, |until| until.at.min(at));
    let moved = || schedule::after_pauses(case, over, rules);
    let body: EventBody = match action {
        AutomaticAction::Lapse => {
            let facts = (incident.category, incident.severity);
            AutoEscalated { to: arrival(custody.superior?, facts, at, rules, ground) }.into()
        }
        AutomaticAction::Void => Voided { unanswered: true }.into(),
        AutomaticAction::Acknowledge => Acknowledged { by_itself: true }.into(),
        AutomaticAction::Resume => Resumed { moved: moved(), by_itself: true }.into(),
        AutomaticAction::GoOn => Supplemented { moved: moved(), by_itself: true }.into(),
        AutomaticAction::Alarm(level, over) => {
            Alarmed { level, by: told(case, custody, ground), over }.into()
        }
    };
    Some(decision(case, vec![(body, Vec::new())], Vec::new(), AccountId::SYSTEM, at))
}

/// The desk that is told of what is late: the one above; above the county, and of what is restricted and seen by no desk
/// above, the city's.
fn told(case: &Case, custody: &CustodyLeg, ground: &ReferenceData) -> OrganisationCode {
    let city = Some(OrganisationCode::desk(case.incident.place.city));
    let city = city.filter(|desk| ground.organisations.contains(*desk));
    let above = custody.superior.filter(|_| !case.incident.restricted);
    above.or(city).unwrap_or(custody.desk)
}

/// Sets the running clocks of `case` anew by the limits and the calendar of today, for `by` who asked for it. `None` if
/// that changes nothing.
#[must_use]
pub fn reschedule(case: &Case, by: AccountId, now: Instant, rules: &Rules) -> Option<Decision> {
    let at = truncate(now).max(case.incident.last_event_at);
    let custody = case.open_custody()?;
    let facts = (case.incident.category, case.incident.severity);
    let (moved, on_lapse) = (schedule::anew(case, facts, rules), rules.on_lapse(facts.0, facts.1));
    let changed = !moved.is_empty() || on_lapse != custody.on_lapse;
    let body = Rescheduled { moved, on_lapse };
    changed.then(|| decision(case, vec![(body.into(), Vec::new())], Vec::new(), by, at))
}

fn actions(case: &Case) -> Vec<(Instant, AutomaticAction)> {
    let Some(custody) = case.open_custody() else { return Vec::new() };
    let waits_until = case.incident.proceedings.waits_until.map(|until| until.at);
    let mut actions = Schedule { case, actions: Vec::new() };
    match case.incident.state {
        State::PendingAcceptance => {
            if let Some(accept) = custody.clocks.accept {
                actions.acceptance(custody.on_lapse, custody.superior, accept);
            }
        }
        State::AwaitingInfo if case.incident.proceedings.tally.absorbed > 0 => {
            actions.at(waits_until, AutomaticAction::GoOn);
        }
        State::AwaitingInfo => actions.at(waits_until, AutomaticAction::Void),
        State::Suspended => actions.at(waits_until, AutomaticAction::Resume),
        State::PendingReceipt => {
            // A dispute stands before the desk above; the work is not taken on meanwhile, but its clock runs.
            let receipt = case.open_lead().and_then(|leg| leg.clocks.receipt);
            let receipt = receipt.filter(|_| case.incident.proceedings.disputed.is_none());
            actions.at(receipt.map(|due| due.at), AutomaticAction::Acknowledge);
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
    actions.overdue();
    actions.actions
}

/// Collects what will happen by itself.
struct Schedule<'a> {
    case: &'a Case,
    actions: Vec<(Instant, AutomaticAction)>,
}

impl Schedule<'_> {
    fn at(&mut self, at: Option<Instant>, action: AutomaticAction) {
        self.actions.extend(at.map(|at| (at, action)));
    }

    /// A desk that does not accept. At the top nothing goes up: it is watched more closely instead.
    fn acceptance(&mut self, on_lapse: AutoEscalation, superior: Option<OrganisationCode>, accept: Deadline) {
        use SupervisionLevel::{Notice, Yellow};
        match (on_lapse, superior) {
            (AutoEscalation::AtLimit, Some(_)) => self.at(Some(accept.at), AutomaticAction::Lapse),
            (AutoEscalation::AtDouble, Some(_)) => self.at(Some(accept.late), AutomaticAction::Lapse),
            (AutoEscalation::AtLimit, None) => {
                self.alarms(Clock::Accept, (accept.at, Notice), (accept.late, Yellow))
            }
            // The desk above may take it over now, and should know.
            (AutoEscalation::Never, _) | (AutoEscalation::AtDouble, None) => {
                self.raise(accept.late, Notice, Clock::Accept)
            }
        }
    }

    /// Clocks that are late. They never move the incident.
    fn overdue(&mut self) {
        use SupervisionLevel::{Notice, Red, Yellow};
        if self.case.incident.proceedings.is_paused() {
            return;
        }
        let lead = self.case.open_lead().map(|leg| leg.number);
        for (clock, due) in self.case.clocks() {
            match clock {
                Clock::Handle(number) if Some(number) == lead => {
                    self.alarms(clock, (due.at, Yellow), (due.late, Red));
                }
                // A desk that was late may still accept; the one that has it now is watched instead.
                Clock::Handle(_) if due.rule == LimitRule::Accept => {}
                // Work that nobody takes on is taken on by itself.
                Clock::Receipt(number) if Some(number) == lead => {}
                Clock::Accept | Clock::Total => {}
                Clock::Dispatch
                | Clock::Verify
                | Clock::Ceiling
                | Clock::Receipt(_)
                | Clock::Response(_)
                | Clock::Handle(_) => self.alarms(clock, (due.at, Notice), (due.late, Yellow)),
            }
        }
    }

    fn alarms(
        &mut self,
        clock: Clock,
        first: (Instant, SupervisionLevel),
        second: (Instant, SupervisionLevel),
    ) {
        self.raise(first.0, first.1, clock);
        self.raise(second.0, second.1, clock);
    }

    /// An alarm begins, or gets louder; it never gets softer by itself.
    fn raise(&mut self, at: Instant, level: SupervisionLevel, clock: Clock) {
        let present = self.case.incident.proceedings.alarm.map(|alarm| alarm.level);
        if present.is_none_or(|present| present < level) {
            self.at(Some(at), AutomaticAction::Alarm(level, clock));
        }
    }
}
