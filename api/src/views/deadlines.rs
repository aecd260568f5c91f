//! The deadlines of an incident.

use grassroots_domain::{
    incident::{case::Case, leg::HandlingLeg},
    time::Instant,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{json::deadline::DeadlineView, views::reader::Reader};

/// The deadlines of an incident at its present or last desk. A deadline is absent if its clock has not started, or ended before the
/// step was done.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct DeadlinesView {
    /// The deadline of the next step; absent after the incident has ended.
    pub next: Option<DeadlineView>,
    /// When the desk must accept or decline the incident.
    pub accept: Option<DeadlineView>,
    /// When the desk must dispatch the incident.
    pub dispatch: Option<DeadlineView>,
    /// When somebody must be on site.
    pub response: Option<DeadlineView>,
    /// When the result must be submitted.
    pub handle: Option<DeadlineView>,
    /// When the desk must verify the result.
    pub verify: Option<DeadlineView>,
    /// The latest time until which the incident may stay at this level.
    pub ceiling: Option<DeadlineView>,
    /// When the incident should be closed, counted from its report. This clock is never paused.
    pub total: Option<DeadlineView>,
}

/// The deadlines of `case`: those that run, and those that were met at its desk.
pub(super) fn deadlines(case: &Case, reader: &Reader) -> DeadlinesView {
    let Some(leg) = case.custody().last() else { return DeadlinesView::default() };
    let (desk, steps) = (leg.clocks, case.desk_steps(leg));
    let pauses = &case.incident().pauses;
    let (ended, paused) = (leg.ended_at.is_some(), pauses.is_paused());
    let running = |due| DeadlineView::new(due, reader.now);
    let shown = |due, done: Option<Instant>| match done {
        Some(_) => Some(DeadlineView::of_step(due, done, reader.now, &pauses.periods)),
        None if ended => None,
        None if paused => Some(running(due).paused()),
        None => Some(running(due)),
    };
    let work = case.last_lead().filter(|work| work.custody == leg.number);
    let handled = work.and_then(HandlingLeg::done_at);
    // Work that came back is not done, and its clocks have ended.
    let work = work.filter(|work| work.ended_at.is_none() || handled.is_some());
    let total = case.incident().total;
    DeadlinesView {
        next: case.due().map(running),
        accept: desk.accept.and_then(|due| shown(due, steps.accept)),
        dispatch: desk.dispatch.and_then(|due| shown(due, steps.dispatch)),
        response: work.and_then(|work| shown(work.clocks.response?, work.arrived_at.or(handled))),
        handle: work.and_then(|work| shown(work.clocks.handle, handled)),
        verify: desk.verify.and_then(|due| shown(due, steps.verify)),
        ceiling: shown(desk.ceiling, steps.close),
        // This clock never pauses.
        total: (!ended || steps.close.is_some())
            .then(|| DeadlineView::of_step(total, steps.close, reader.now, &[])),
    }
}
