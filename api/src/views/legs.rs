//! Who answered for an incident, and who worked on it, from when to when.

use chrono::{DateTime, FixedOffset};
use grassroots_domain::{
    geography::unit::Level,
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

/// The time one desk answered for an incident.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustodyView {
    /// 1 for the first desk.
    pub number: u32,
    /// The desk.
    pub desk: OrganisationView,
    /// Its level.
    #[schema(schema_with = level)]
    pub level: &'static str,
    /// When the incident reached it.
    pub opened_at: DateTime<FixedOffset>,
    /// When it must have accepted or declined.
    pub accept_due: Option<DeadlineView>,
    /// When it accepted.
    pub accepted_at: Option<DateTime<FixedOffset>>,
    /// When it must have dispatched.
    pub dispatch_due: Option<DeadlineView>,
    /// When it must have verified the latest result.
    pub verify_due: Option<DeadlineView>,
    /// How long it may keep the incident at all.
    pub ceiling_due: DeadlineView,
    /// When it ceased to answer for the incident.
    pub ended_at: Option<DateTime<FixedOffset>>,
    /// How.
    #[schema(schema_with = optional_codes::<CustodyOutcome>)]
    pub outcome: Option<&'static str>,
    /// Who worked on it meanwhile.
    pub handling: Vec<HandlingView>,
}

/// The time one organisation worked on an incident.
#[derive(Debug, Serialize, ToSchema)]
pub struct HandlingView {
    /// 1 for the first, counted over the whole incident.
    pub number: u32,
    /// Who worked.
    pub organisation: OrganisationView,
    /// Lead or assist.
    #[schema(schema_with = codes::<HandlingRole>)]
    pub role: &'static str,
    /// When the work reached it.
    pub opened_at: DateTime<FixedOffset>,
    /// When it must have taken the work on, or answered that it comes.
    pub acknowledge_due: Option<DeadlineView>,
    /// When it did.
    pub acknowledged_at: Option<DateTime<FixedOffset>>,
    /// When it had to be on site first.
    pub response_due: Option<DeadlineView>,
    /// When it was.
    pub arrived_at: Option<DateTime<FixedOffset>>,
    /// When the result was, or is, due.
    pub handle_due: DeadlineView,
    /// How often its time was extended.
    pub extended: u32,
    /// When it ended.
    pub ended_at: Option<DateTime<FixedOffset>>,
    /// How.
    #[schema(schema_with = optional_codes::<HandlingOutcome>)]
    pub outcome: Option<&'static str>,
    /// What the submitted result says.
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
    /// The legs the reader may see: a former holder those that began before its own ended, not the one that followed.
    #[must_use]
    pub fn new(history: &History, reader: &Reader) -> Self {
        let stored = &history.found.stored.case;
        let (case, until) = match history.found.visibility {
            Visibility::Former { until } => (as_of(history, until), until),
            Visibility::None | Visibility::Summary | Visibility::Own | Visibility::Full => (None, u32::MAX),
        };
        let case = case.as_ref().unwrap_or(stored);
        let custody = case.custody.iter().filter(|leg| leg.opened_seq < until).map(|leg| {
            let handling = case.handling.iter().filter(|child| child.custody == leg.number);
            let handling = handling.filter(|child| child.opened_seq < until);
            custody(leg, handling.map(|child| handled(child, reader)).collect(), reader)
        });
        Self { custody: custody.collect() }
    }
}

/// The incident as it was after event `until`. How it was closed is for everybody who worked on it.
fn as_of(history: &History, until: u32) -> Option<Case> {
    let is_open = history.found.stored.case.incident.state != State::Closed;
    let then = history.events.iter().map(|stored| &stored.event).filter(|event| event.seq <= until);
    is_open.then(|| Case::replay(then)).flatten()
}

fn custody(leg: &CustodyLeg, handling: Vec<HandlingView>, reader: &Reader) -> CustodyView {
    let due = |deadline| DeadlineView::new(deadline, leg.ended_at.unwrap_or(reader.now));
    CustodyView {
        number: leg.number,
        desk: organisation(leg.desk, &reader.snapshot.ground),
        level: Level::as_str(leg.level),
        opened_at: local(leg.opened_at),
        accept_due: leg.clocks.accept.map(due),
        accepted_at: leg.accepted_at.map(local),
        dispatch_due: leg.clocks.dispatch.map(due),
        verify_due: leg.clocks.verify.map(due),
        ceiling_due: due(leg.clocks.ceiling),
        ended_at: leg.ended_at.map(local),
        outcome: leg.outcome.map(CustodyOutcome::as_str),
        handling,
    }
}

fn handled(leg: &HandlingLeg, reader: &Reader) -> HandlingView {
    let due = |deadline| DeadlineView::new(deadline, leg.ended_at.unwrap_or(reader.now));
    HandlingView {
        number: leg.number,
        organisation: organisation(leg.organisation, &reader.snapshot.ground),
        role: leg.role.as_str(),
        opened_at: local(leg.opened_at),
        acknowledge_due: leg.clocks.receipt.map(due),
        acknowledged_at: leg.acknowledged_at.map(local),
        response_due: leg.clocks.response.map(due),
        arrived_at: leg.arrived_at.map(local),
        handle_due: due(leg.clocks.handle),
        extended: leg.extended,
        ended_at: leg.ended_at.map(local),
        outcome: leg.outcome.map(HandlingOutcome::as_str),
        result: leg.result.map(Outcome::as_str),
    }
}
