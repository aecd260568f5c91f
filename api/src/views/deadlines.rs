//! The deadlines of an incident.

use grassroots_domain::incident::case::Case;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{json::deadline::DeadlineView, views::reader::Reader};

/// The deadlines of an incident. A deadline is absent while its clock does not run.
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

/// The deadlines of the clocks that run for `case`.
pub(super) fn deadlines(case: &Case, reader: &Reader) -> DeadlinesView {
    let Some(desk) = case.open_custody().map(|leg| leg.clocks) else { return DeadlinesView::default() };
    let paused = case.incident().pauses.is_paused();
    let running = |due| DeadlineView::new(due, reader.now);
    let shown = |due| if paused { running(due).paused() } else { running(due) };
    let work = case.open_lead();
    DeadlinesView {
        next: case.due().map(running),
        accept: desk.accept.map(shown),
        dispatch: desk.dispatch.map(shown),
        response: work.filter(|leg| leg.arrived_at.is_none()).and_then(|leg| leg.clocks.response).map(shown),
        handle: work.map(|leg| shown(leg.clocks.handle)),
        verify: desk.verify.map(shown),
        ceiling: Some(shown(desk.ceiling)),
        total: Some(running(case.incident().total)),
    }
}
