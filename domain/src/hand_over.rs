//! Hand-over (交接): when a person leaves or moves, the person's reports and open checks on site go to a successor.
//!
//! Work belongs to organisations, so it stays where it is.

use crate::{
    account::{Actor, Role},
    decision::{Decision, decision},
    events::oversight::HandedOver,
    ids::AccountId,
    incident::{case::Case, oversight::Check},
    time::{Instant, truncate},
};

/// Gives the report and the open check of `from` in `case` to `to`. The account `by` ordered it.
///
/// Returns `None` if `to` can take neither. The report of a protected reporter is never handed over, so that the
/// reporter stays unknown to the successor too.
#[must_use]
pub fn hand_over(case: &Case, from: AccountId, to: &Actor, by: AccountId, now: Instant) -> Option<Decision> {
    let body = HandedOver {
        to: to.account,
        report: can_take_report(case, from, to),
        check: can_take_check(case, from, to),
    };
    let at = truncate(now).max(case.incident.last_event_at());
    (body.report || body.check).then(|| decision(case, vec![(body.into(), Vec::new())], Vec::new(), by, at))
}

fn can_take_report(case: &Case, from: AccountId, to: &Actor) -> bool {
    let incident = &case.incident;
    let place = incident.place;
    let covers_place =
        place.lies_in(to.organisation.unit) || place.grid.is_some_and(|grid| to.grids.contains(&grid));
    // The incident may be about the staff of a skipped desk, so that desk must not look after it.
    let is_skipped_desk =
        to.desk().is_some_and(|desk| incident.skips.is_some_and(|highest| desk.unit.level() <= highest));
    incident.state.is_open()
        && !incident.reporter_hidden
        && incident.looked_after_by() == from
        && to.may_report()
        && !is_skipped_desk
        && covers_place
}

fn can_take_check(case: &Case, from: AccountId, to: &Actor) -> bool {
    let has_open_check =
        matches!(case.incident.oversight.check, Some(Check { worker, settled: None, .. }) if worker == from);
    let works_in_grid = case.incident.place.grid.is_some_and(|grid| to.grids.contains(&grid));
    has_open_check && works_in_grid && to.role == Role::GridWorker
}
