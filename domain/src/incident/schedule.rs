//! Setting clocks anew: after a pause, after a correction, after a change of rules. Nothing else moves a deadline.

use crate::{
    geography::unit::Level,
    incident::case::Case,
    rules::{
        Rules,
        category::{CategoryCode, Severity},
    },
    time::{
        Instant,
        clock::{Clock, Deadline, LimitRule, Moved},
    },
};

/// Every running clock after its pauses, on the limits it has.
#[must_use]
pub fn after_pauses(case: &Case, at: Instant, rules: &Rules) -> Vec<Moved> {
    let pauses = case.incident.proceedings.pauses_until(at);
    moved(case, |clock, old| match clock {
        // The whole matter counts from the report, whatever stands still.
        Clock::Total => old,
        Clock::Accept
        | Clock::Dispatch
        | Clock::Verify
        | Clock::Ceiling
        | Clock::Receipt(_)
        | Clock::Response(_)
        | Clock::Handle(_) => rules.again(old, &pauses),
    })
}

/// Every running clock on the limits of today, for an incident of `category` and `severity`. What was granted on top
/// stays granted.
#[must_use]
pub fn anew(case: &Case, (category, severity): (CategoryCode, Severity), rules: &Rules) -> Vec<Moved> {
    let level = case.level().unwrap_or(Level::County);
    let pauses = &case.incident.proceedings.pauses;
    let again = |fresh| rules.again(fresh, pauses);
    moved(case, |clock, old| match (clock, old.rule) {
        // The whole matter counts from the report, whatever stands still.
        (Clock::Total, _) => rules.total_due(category, old.from),
        (Clock::Accept, _) => again(rules.accept_due(severity, old.from)),
        (Clock::Dispatch, _) => again(rules.dispatch_due(severity, old.from)),
        (Clock::Verify, _) => again(rules.verify_due(severity, old.from)),
        (Clock::Ceiling, _) => again(rules.ceiling(category, level, old.from)),
        (Clock::Receipt(_), LimitRule::CallIn) | (Clock::Handle(_), LimitRule::Accept) => again(old),
        (Clock::Receipt(_), _) => again(rules.receipt_due(old.from)),
        (Clock::Response(_), _) => again(rules.response_due(severity, old.from)),
        (Clock::Handle(number), _) => {
            let fresh = rules.handle_due(category, case.has_risen(), old.from);
            match granted(case, number) {
                0 => again(fresh),
                units if fresh.limit.unit == old.limit.unit => rules.extended(fresh, units, pauses),
                // Granted in other units than those of today: it keeps what it was given, or gets more.
                _ => again(old).or_later(again(fresh)),
            }
        }
    })
}

/// The units by which the work of a leg was extended.
fn granted(case: &Case, number: u32) -> u32 {
    case.handling.iter().find(|leg| leg.number == number).map_or(0, |leg| leg.granted)
}

fn moved(case: &Case, set: impl Fn(Clock, Deadline) -> Deadline) -> Vec<Moved> {
    case.clocks()
        .into_iter()
        .filter_map(|(clock, old)| {
            let new = set(clock, old);
            let same = Deadline { rules_version: old.rules_version, ..new } == old;
            (!same).then_some(Moved { clock, old: old.at, new })
        })
        .collect()
}
