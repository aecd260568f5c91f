//! Setting clocks anew: after a pause, after a correction, after a change of rules. Nothing else moves a deadline.

use crate::{
    case::Case,
    category::{CategoryCode, Severity},
    clock::{Clock, Deadline, LimitRule, Moved},
    rules::Rules,
    time::Instant,
    unit::Level,
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
    moved(case, |clock, old| {
        let fresh = match (clock, old.rule) {
            (Clock::Accept, _) => rules.accept_due(severity, old.from),
            (Clock::Dispatch, _) => rules.dispatch_due(severity, old.from),
            (Clock::Verify, _) => rules.verify_due(severity, old.from),
            (Clock::Ceiling, _) => rules.ceiling(category, level, old.from),
            (Clock::Total, _) => rules.total_due(category, old.from),
            (Clock::Receipt(_), LimitRule::CallIn) | (Clock::Handle(_), LimitRule::Accept) => old,
            (Clock::Receipt(_), _) => rules.receipt_due(old.from),
            (Clock::Response(_), _) => rules.response_due(severity, old.from),
            (Clock::Handle(_), _) => rules.handle_due(category, case.incident.escalated > 0, old.from),
        };
        let granted = match clock {
            Clock::Handle(number) => granted(case, number),
            Clock::Accept
            | Clock::Dispatch
            | Clock::Verify
            | Clock::Ceiling
            | Clock::Total
            | Clock::Receipt(_)
            | Clock::Response(_) => 0,
        };
        match clock {
            Clock::Total => fresh,
            Clock::Accept
            | Clock::Dispatch
            | Clock::Verify
            | Clock::Ceiling
            | Clock::Receipt(_)
            | Clock::Response(_)
            | Clock::Handle(_) => rules.extended(fresh, granted, &case.incident.proceedings.pauses),
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
