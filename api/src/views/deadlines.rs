//! The clocks of an incident.

use grassroots_domain::incident::case::Case;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{json::deadline::DeadlineView, views::reader::Reader};

/// The clocks of an incident. Absent where they do not run yet.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct DeadlinesView {
    /// When the step it waits for is due; absent at rest.
    pub next: Option<DeadlineView>,
    /// When the desk must have accepted or declined.
    pub accept: Option<DeadlineView>,
    /// When the desk must have dispatched.
    pub dispatch: Option<DeadlineView>,
    /// When somebody must be on site.
    pub response: Option<DeadlineView>,
    /// When the result is due.
    pub handle: Option<DeadlineView>,
    /// When the result must have been verified.
    pub verify: Option<DeadlineView>,
    /// How long the level may keep it at all.
    pub ceiling: Option<DeadlineView>,
    /// When the whole matter should be settled, counted from the report. Never stands still.
    pub total: Option<DeadlineView>,
}

/// The clocks that run for `case`.
pub(super) fn deadlines(case: &Case, reader: &Reader) -> DeadlinesView {
    let Some(desk) = case.open_custody().map(|leg| leg.clocks) else { return DeadlinesView::default() };
    let paused = case.incident.proceedings.is_paused();
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
        total: Some(running(case.incident.total)),
    }
}
