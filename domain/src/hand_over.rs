//! Hand-over (交接): what hangs on a person goes to another when that person leaves or moves. Work belongs to organisations
//! and stays there; what hangs on a person is an own report, and a result somebody was sent to look at.

use crate::{
    account::{Actor, Role},
    decision::{Decision, decision},
    events::oversight::HandedOver,
    ids::AccountId,
    incident::{case::Case, proceedings::Check},
    time::{Instant, truncate},
};

/// Gives what hangs on `from` in `case` to `to`, for `by` who says so. `None` if there is nothing that can be given.
///
/// A protected reporter stays unknown to everybody, a successor too.
#[must_use]
pub fn hand_over(case: &Case, from: AccountId, to: &Actor, by: AccountId, now: Instant) -> Option<Decision> {
    let body = HandedOver {
        to: to.account,
        report: takes_report(case, from, to),
        check: takes_check(case, from, to),
    };
    let at = truncate(now).max(case.incident.last_event_at);
    (body.report || body.check).then(|| decision(case, vec![(body.into(), Vec::new())], Vec::new(), by, at))
}

fn takes_report(case: &Case, from: AccountId, to: &Actor) -> bool {
    let incident = &case.incident;
    let place = incident.place;
    let belongs =
        place.lies_in(to.organisation.unit) || place.grid.is_some_and(|grid| to.grids.contains(&grid));
    // What may be about a desk is not for it to look after.
    let passes_over =
        to.desk().is_some_and(|desk| incident.skips.is_some_and(|last| desk.unit.level() <= last));
    incident.state.is_open()
        && !incident.reporter_hidden
        && incident.looked_after_by() == from
        && to.may_report()
        && !passes_over
        && belongs
}

fn takes_check(case: &Case, from: AccountId, to: &Actor) -> bool {
    let open = matches!(case.incident.proceedings.check, Some(Check { worker, settled: None, .. }) if worker == from);
    let walks = case.incident.place.grid.is_some_and(|grid| to.grids.contains(&grid));
    open && walks && to.role == Role::GridWorker
}
