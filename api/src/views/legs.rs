//! The custody legs and handling legs of an incident.

use chrono::{DateTime, FixedOffset};
use grassroots_domain::{
    incident::{
        State,
        case::Case,
        leg::{CustodyLeg, CustodyOutcome, HandlingLeg, HandlingOutcome, HandlingRole, Outcome},
    },
    reading::visibility::Visibility,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    app::incidents::History,
    json::{
        deadline::DeadlineView,
        organisation::{OrganisationView, organisation},
        schema::{codes, level, optional_codes},
        time::local,
    },
    views::reader::Reader,
};

/// A custody leg: the time in which one desk holds an incident.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustodyView {
    /// The number of the custody leg; 1 is the first.
    pub number: u32,
    /// The desk that holds the incident.
    pub desk: OrganisationView,
    /// The level of the desk.
    #[schema(schema_with = level)]
    pub level: &'static str,
    /// When the incident reached the desk.
    pub opened_at: DateTime<FixedOffset>,
    /// When the desk must accept or decline; absent if that clock did not run.
    pub accept_due: Option<DeadlineView>,
    /// When the desk accepted; absent if it did not.
    pub accepted_at: Option<DateTime<FixedOffset>>,
    /// When the desk must dispatch the incident; absent if that clock did not run.
    pub dispatch_due: Option<DeadlineView>,
    /// When the desk must verify the latest result; absent if there is no result.
    pub verify_due: Option<DeadlineView>,
    /// The latest time until which the desk may keep the incident.
    pub ceiling_due: DeadlineView,
    /// When the leg ended; absent for the current leg.
    pub ended_at: Option<DateTime<FixedOffset>>,
    /// How the leg ended; absent for the current leg.
    #[schema(schema_with = optional_codes::<CustodyOutcome>)]
    pub outcome: Option<&'static str>,
    /// The handling legs within this custody leg, oldest first.
    pub handling: Vec<HandlingView>,
}

/// A handling leg: the time in which one organisation works on an incident.
#[derive(Debug, Serialize, ToSchema)]
pub struct HandlingView {
    /// The number of the handling leg, counted over the whole incident; 1 is the first.
    pub number: u32,
    /// The organisation that works on the incident.
    pub organisation: OrganisationView,
    /// Whether the organisation leads or assists.
    #[schema(schema_with = codes::<HandlingRole>)]
    pub role: &'static str,
    /// When the organisation received the work.
    pub opened_at: DateTime<FixedOffset>,
    /// When the organisation must acknowledge the work, or answer a call-in. Absent if it need not.
    pub acknowledge_due: Option<DeadlineView>,
    /// When the organisation acknowledged or answered; absent if it did not.
    pub acknowledged_at: Option<DateTime<FixedOffset>>,
    /// When the organisation must be on site for the first response; absent if there is no such limit.
    pub response_due: Option<DeadlineView>,
    /// When the organisation arrived on site; absent if it did not report arrival.
    pub arrived_at: Option<DateTime<FixedOffset>>,
    /// When the result is due.
    pub handle_due: DeadlineView,
    /// The number of extensions.
    pub extended: u32,
    /// When the leg ended; absent for current work.
    pub ended_at: Option<DateTime<FixedOffset>>,
    /// How the leg ended; absent for current work.
    #[schema(schema_with = optional_codes::<HandlingOutcome>)]
    pub outcome: Option<&'static str>,
    /// The outcome that the submitted result states; absent if there is no result.
    #[schema(schema_with = optional_codes::<Outcome>)]
    pub result: Option<&'static str>,
}

/// The legs of an incident.
#[derive(Debug, Serialize, ToSchema)]
pub struct LegsView {
    /// The custody legs, oldest first, each with its handling legs.
    pub custody: Vec<CustodyView>,
}

impl LegsView {
    /// The legs that the reader may see. A former holder sees the legs that began before its own leg ended.
    #[must_use]
    pub fn new(history: &History, reader: &Reader) -> Self {
        let stored = &history.found.stored.case;
        let (case, until) = match history.found.visibility {
            Visibility::Former { until } => (as_of(history, until), until),
            Visibility::None | Visibility::Summary | Visibility::Own | Visibility::Full => (None, u32::MAX),
        };
        let case = case.as_ref().unwrap_or(stored);
        let custody = case.custody().iter().filter(|leg| leg.opened_seq < until).map(|leg| {
            let handling = case.handling().iter().filter(|child| child.custody == leg.number);
            let handling = handling.filter(|child| child.opened_seq < until);
            custody(case, leg, handling.map(|child| handled(case, child, reader)).collect(), reader)
        });
        Self { custody: custody.collect() }
    }
}

/// The incident as it was after event `until`. Everybody who worked on the incident also sees how it was closed.
fn as_of(history: &History, until: u32) -> Option<Case> {
    let is_open = history.found.stored.case.incident().state != State::Closed;
    let then = history.events.iter().map(|stored| &stored.event).filter(|event| event.seq <= until);
    is_open.then(|| Case::replay(then)).flatten()
}

fn custody(case: &Case, leg: &CustodyLeg, handling: Vec<HandlingView>, reader: &Reader) -> CustodyView {
    let (steps, now) = (case.desk_steps(leg), leg.ended_at.unwrap_or(reader.now));
    let due = |deadline, done| DeadlineView::of_step(deadline, done, now, &case.incident().pauses.periods);
    CustodyView {
        number: leg.number,
        desk: organisation(leg.desk, &reader.snapshot.reference_data),
        level: leg.level().as_str(),
        opened_at: local(leg.opened_at),
        accept_due: leg.clocks.accept.map(|deadline| due(deadline, steps.accept)),
        accepted_at: leg.accepted_at.map(local),
        dispatch_due: leg.clocks.dispatch.map(|deadline| due(deadline, steps.dispatch)),
        verify_due: leg.clocks.verify.map(|deadline| due(deadline, steps.verify)),
        ceiling_due: due(leg.clocks.ceiling, steps.close),
        ended_at: leg.ended_at.map(local),
        outcome: leg.outcome.map(CustodyOutcome::as_str),
        handling,
    }
}

fn handled(case: &Case, leg: &HandlingLeg, reader: &Reader) -> HandlingView {
    let now = leg.ended_at.unwrap_or(reader.now);
    let due = |deadline, done| DeadlineView::of_step(deadline, done, now, &case.incident().pauses.periods);
    HandlingView {
        number: leg.number,
        organisation: organisation(leg.organisation, &reader.snapshot.reference_data),
        role: leg.role.as_str(),
        opened_at: local(leg.opened_at),
        acknowledge_due: leg.clocks.receipt.map(|deadline| due(deadline, leg.answered_at())),
        acknowledged_at: leg.acknowledged_at.map(local),
        response_due: leg.clocks.response.map(|deadline| due(deadline, leg.arrived_at.or(leg.done_at()))),
        arrived_at: leg.arrived_at.map(local),
        handle_due: due(leg.clocks.handle, leg.done_at()),
        extended: leg.extended(),
        ended_at: leg.ended_at.map(local),
        outcome: leg.outcome.map(HandlingOutcome::as_str),
        result: leg.result.map(Outcome::as_str),
    }
}
