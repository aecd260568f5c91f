//! Recomputes deadlines after a pause, a correction or a change of the rules.

use crate::{
    geography::unit::Level,
    incident::{case::Case, leg::CustodyLeg},
    rules::{
        Rules,
        category::{CategoryCode, Severity},
    },
    time::{
        Instant,
        clock::{Clock, Deadline, LimitRule, Moved},
        deadline::{Limit, Pause},
    },
};

/// The deadlines that change because of the pauses until `at`. The limits stay the same.
#[must_use]
pub fn after_pauses(case: &Case, at: Instant, rules: &Rules) -> Vec<Moved> {
    let pauses = case.incident.pauses.as_of(at);
    let granted = case.custody.last().map_or(&[][..], |leg| &leg.extensions);
    moved(case, |clock, old| match clock {
        // Pauses do not change the deadline of the whole matter.
        Clock::Total => old,
        Clock::Ceiling => postponed(rules.recomputed(old, &pauses), granted, &pauses, rules),
        Clock::Accept
        | Clock::Dispatch
        | Clock::Verify
        | Clock::Receipt(_)
        | Clock::Response(_)
        | Clock::Handle(_) => rules.recomputed(old, &pauses),
    })
}

/// The deadlines that change when all clocks are recomputed with the current limits of `category` and `severity`. Granted
/// extensions stay.
#[must_use]
pub fn anew(case: &Case, (category, severity): (CategoryCode, Severity), rules: &Rules) -> Vec<Moved> {
    let level = case.level().unwrap_or(Level::County);
    let pauses = &case.incident.pauses.periods;
    let granted = case.custody.last().map_or(&[][..], |leg| &leg.extensions);
    let paused = |deadline| rules.recomputed(deadline, pauses);
    moved(case, |clock, old| match (clock, old.rule) {
        // Pauses do not change the deadline of the whole matter.
        (Clock::Total, _) => rules.total_due(category, old.from),
        (Clock::Accept, _) => paused(rules.accept_due(severity, old.from)),
        (Clock::Dispatch, _) => paused(rules.dispatch_due(severity, old.from)),
        (Clock::Verify, _) => paused(rules.verify_due(severity, old.from)),
        (Clock::Ceiling, _) => {
            lengthened(paused(rules.ceiling(category, level, old.from)), granted, pauses, rules)
        }
        (Clock::Receipt(_), LimitRule::CallIn) | (Clock::Handle(_), LimitRule::Accept) => paused(old),
        (Clock::Receipt(_), _) => paused(rules.receipt_due(old.from)),
        (Clock::Response(_), _) => paused(rules.response_due(severity, old.from)),
        (Clock::Handle(number), _) => {
            let new = rules.handle_due(category, case.came_from_below(), old.from);
            let Some(leg) = case.handling.iter().find(|leg| leg.number == number) else { return paused(new) };
            let new = rules.extended(new, leg.extended_by(new.limit.unit), pauses);
            // Extensions in another unit cannot be added. The later of both deadlines applies.
            let adds_all = leg.extensions.iter().all(|extension| extension.unit == new.limit.unit);
            if adds_all { new } else { paused(old).or_later(new) }
        }
    })
}

/// Until when the desk of `leg` may hold the incident after it granted `extension` too.
#[must_use]
pub fn extended_ceiling(leg: &CustodyLeg, extension: Limit, pauses: &[Pause], rules: &Rules) -> Deadline {
    let old = leg.clocks.ceiling;
    let same_unit = if extension.unit == old.limit.unit { extension.amount } else { 0 };
    let mut granted = leg.extensions.clone();
    granted.push(extension);
    postponed(rules.extended(old, same_unit, pauses), &granted, pauses, rules)
}

/// The ceiling `fresh`, whose limit holds no extension yet, with all that were granted.
#[must_use]
pub fn lengthened(fresh: Deadline, granted: &[Limit], pauses: &[Pause], rules: &Rules) -> Deadline {
    let of_unit = |extension: &&Limit| extension.unit == fresh.limit.unit;
    let units = granted.iter().filter(of_unit).fold(0, |sum: u32, one| sum.saturating_add(one.amount));
    let longer = if units > 0 { rules.extended(fresh, units, pauses) } else { fresh };
    postponed(longer, granted, pauses, rules)
}

/// The ceiling `clock` with the extensions that its limit cannot hold, because they are counted in another unit.
fn postponed(clock: Deadline, granted: &[Limit], pauses: &[Pause], rules: &Rules) -> Deadline {
    let others = granted.iter().filter(|extension| extension.unit != clock.limit.unit);
    others.fold(clock, |clock, extension| rules.postponed(clock, *extension, pauses))
}

/// Recomputes every clock with `recompute` and returns those with another deadline.
fn moved(case: &Case, recompute: impl Fn(Clock, Deadline) -> Deadline) -> Vec<Moved> {
    case.clocks()
        .into_iter()
        .filter_map(|(clock, old)| {
            let new = recompute(clock, old);
            let is_unchanged = Deadline { rules_version: old.rules_version, ..new } == old;
            (!is_unchanged).then_some(Moved { clock, old: old.at, new })
        })
        .collect()
}
