//! What happens by itself: an incident that nobody accepts goes up, work that nobody sends back is taken on, what stood
//! still goes on, what is late is watched.
//!
//! No command and no input: whoever runs this looks at a case and at the clock. It may run late, twice or on two nodes.

use serde::{Deserialize, Serialize};

use crate::{
    account::AccountId,
    case::{Arrival, Case, Stamp, Work},
    clock::{Clock, Deadline, LimitRule, Moved, WorkClocks},
    commands::{
        Effect, acknowledge::Acknowledged, arrival, resume::Resumed, supplement::Supplemented, void::Voided,
    },
    decide::decision,
    event::EventBody,
    ground::Ground,
    incident::State,
    leg::{CustodyLeg, CustodyOutcome, HandlingRole},
    open::Decision,
    organisation::OrganisationCode,
    proceedings::{Alarm, SupervisionLevel},
    rules::{OnLapse, Rules},
    schedule,
    time::{Instant, truncate},
};

/// Nobody accepted it; it went up by itself. The desks that were late assist, and may still accept until the next does.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Lapsed {
    /// The desk that got it, with its clocks.
    pub to: Arrival,
}

/// A clock ran out; the desk above is told. Nothing moves.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Alarmed {
    /// How loudly.
    pub level: SupervisionLevel,
    /// The desk that is told.
    pub by: OrganisationCode,
    /// The clock.
    pub over: Clock,
}

/// The clocks were set anew by rules that changed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Rescheduled {
    /// When they were due, and are due now.
    pub moved: Vec<Moved>,
    /// What happens when the desk does not accept.
    pub on_lapse: OnLapse,
}

impl Effect for Lapsed {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        let late: Vec<OrganisationCode> =
            case.open_assists().map(|leg| leg.organisation).chain(case.desk()).collect();
        case.incident.escalated = case.incident.escalated.saturating_add(1);
        case.arrive(CustodyOutcome::Lapsed, &self.to, stamp);
        let clocks = WorkClocks { receipt: None, response: None, handle: self.to.accept };
        for organisation in late {
            case.start(HandlingRole::Assist, &Work { organisation, clocks }, false, stamp);
        }
    }
}

impl Effect for Alarmed {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        let Self { level, by, over } = *self;
        case.incident.proceedings.alarm = Some(Alarm { level, by, at: stamp.at, over });
    }
}

impl Effect for Rescheduled {
    fn apply(&self, case: &mut Case, _: Stamp) {
        case.set_clocks(&self.moved);
        case.set_on_lapse(self.on_lapse);
    }
}

/// Something that will happen by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Turn {
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
    turns(case).into_iter().map(|(at, _)| at).min()
}

/// What has to happen by itself at `now`; `None` if nothing has. There may be more afterwards.
#[must_use]
pub fn reconcile(case: &Case, now: Instant, rules: &Rules, ground: &Ground) -> Option<Decision> {
    let at = truncate(now).max(case.incident.last_event_at);
    let (_, turn) = turns(case).into_iter().filter(|(due, _)| at > *due).min_by_key(|(due, _)| *due)?;
    let incident = &case.incident;
    let custody = case.open_custody()?;
    // However late this runs, the pause was over on its day.
    let over = incident.proceedings.waits_until.map_or(at, |until| until.at.min(at));
    let moved = || schedule::after_pauses(case, over, rules);
    let body: EventBody = match turn {
        Turn::Lapse => {
            let facts = (incident.category, incident.severity);
            Lapsed { to: arrival(custody.superior?, facts, at, rules, ground) }.into()
        }
        Turn::Void => Voided { unanswered: true }.into(),
        Turn::Acknowledge => Acknowledged { by_itself: true }.into(),
        Turn::Resume => Resumed { moved: moved(), by_itself: true }.into(),
        Turn::GoOn => Supplemented { moved: moved(), by_itself: true }.into(),
        Turn::Alarm(level, over) => Alarmed { level, by: told(case, custody, ground), over }.into(),
    };
    Some(decision(case, vec![(body, Vec::new())], Vec::new(), AccountId::SYSTEM, at))
}

/// The desk that is told of what is late: the one above; above the county, and of what is restricted and seen by no desk
/// above, the city's.
fn told(case: &Case, custody: &CustodyLeg, ground: &Ground) -> OrganisationCode {
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

fn turns(case: &Case) -> Vec<(Instant, Turn)> {
    let Some(custody) = case.open_custody() else { return Vec::new() };
    let waits_until = case.incident.proceedings.waits_until.map(|until| until.at);
    let mut turns = Watch { case, turns: Vec::new() };
    match case.incident.state {
        State::PendingAcceptance => {
            if let Some(accept) = custody.clocks.accept {
                turns.acceptance(custody.on_lapse, custody.superior, accept);
            }
        }
        State::AwaitingInfo if case.incident.proceedings.tally.absorbed > 0 => {
            turns.at(waits_until, Turn::GoOn);
        }
        State::AwaitingInfo => turns.at(waits_until, Turn::Void),
        State::Suspended => turns.at(waits_until, Turn::Resume),
        State::PendingReceipt => {
            // A dispute stands before the desk above; the work is not taken on meanwhile, but its clock runs.
            let receipt = case.open_lead().and_then(|leg| leg.clocks.receipt);
            let receipt = receipt.filter(|_| case.incident.proceedings.disputed.is_none());
            turns.at(receipt.map(|due| due.at), Turn::Acknowledge);
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
    turns.overdue();
    turns.turns
}

/// Collects what will happen by itself.
struct Watch<'a> {
    case: &'a Case,
    turns: Vec<(Instant, Turn)>,
}

impl Watch<'_> {
    fn at(&mut self, at: Option<Instant>, turn: Turn) {
        self.turns.extend(at.map(|at| (at, turn)));
    }

    /// A desk that does not accept. At the top nothing goes up: it is watched more closely instead.
    fn acceptance(&mut self, on_lapse: OnLapse, superior: Option<OrganisationCode>, accept: Deadline) {
        use SupervisionLevel::{Notice, Yellow};
        match (on_lapse, superior) {
            (OnLapse::AtLimit, Some(_)) => self.at(Some(accept.at), Turn::Lapse),
            (OnLapse::AtDouble, Some(_)) => self.at(Some(accept.late), Turn::Lapse),
            (OnLapse::AtLimit, None) => {
                self.alarms(Clock::Accept, (accept.at, Notice), (accept.late, Yellow))
            }
            // The desk above may take it over now, and should know.
            (OnLapse::Never, _) | (OnLapse::AtDouble, None) => self.raise(accept.late, Notice, Clock::Accept),
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
            self.at(Some(at), Turn::Alarm(level, clock));
        }
    }
}
