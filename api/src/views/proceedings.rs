//! What goes on with an incident beside its legs.

use chrono::{DateTime, FixedOffset};
use grassroots_domain::{
    incident::{
        case::Case,
        proceedings::{RequestKind, SupervisionLevel},
    },
    time::clock::Clock,
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    json::{
        deadline::DeadlineView,
        organisation::{OrganisationView, organisation},
        schema::codes,
        time::local,
    },
    views::{
        origin::{OriginView, place_view},
        reader::Reader,
    },
};

/// What goes on with an incident beside its legs.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct ProceedingsView {
    /// What waits for a second person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<RequestView>,
    /// Who watches it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supervision: Option<SupervisionView>,
    /// Who is told that it is late.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alarm: Option<AlarmView>,
    /// A grid worker was sent to look at the result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check: Option<CheckView>,
    /// Where it was said to have happened, before that was corrected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_origin: Option<OriginView>,
    /// The incident that stands for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<Uuid>,
    /// What residents think of the outcome: 1 (very dissatisfied) to 5 (very satisfied).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub satisfaction: Option<u8>,
    /// Whose duty it is waits for the desk above.
    pub disputed: bool,
    /// Whose duty it is was decided; it is not sent back any more.
    pub arbitrated: bool,
}

/// Something that waits for a second person.
#[derive(Debug, Serialize, ToSchema)]
pub struct RequestView {
    /// What is asked.
    #[schema(schema_with = codes::<RequestKind>)]
    pub kind: &'static str,
    /// Who asks.
    pub organisation: OrganisationView,
    /// Since when.
    pub at: DateTime<FixedOffset>,
}

/// A desk watches an incident.
#[derive(Debug, Serialize, ToSchema)]
pub struct SupervisionView {
    /// How closely.
    #[schema(schema_with = codes::<SupervisionLevel>)]
    pub level: &'static str,
    /// The desk that watches.
    pub by: OrganisationView,
    /// Since when.
    pub at: DateTime<FixedOffset>,
    /// When an answer is due.
    pub reply_due: DateTime<FixedOffset>,
    /// When it was answered.
    pub replied_at: Option<DateTime<FixedOffset>>,
    /// The answer did not come in time.
    pub missed: bool,
}

/// A clock ran out, and the desk above is told. It ends by itself when the step is done.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlarmView {
    /// How loudly.
    #[schema(schema_with = codes::<SupervisionLevel>)]
    pub level: &'static str,
    /// The desk that is told.
    pub by: OrganisationView,
    /// Since when.
    pub at: DateTime<FixedOffset>,
    /// The clock.
    #[schema(example = "handle")]
    pub over: &'static str,
}

/// A grid worker was sent to look.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckView {
    /// Until when.
    pub due: DeadlineView,
    /// What was found: whether the matter is settled.
    pub settled: Option<bool>,
}

impl ProceedingsView {
    /// What goes on beside the legs, to those who see the present.
    #[must_use]
    pub(super) fn new(case: &Case, reader: &Reader) -> Self {
        let proceedings = &case.incident.proceedings;
        let named = |code| organisation(code, &reader.snapshot.ground);
        Self {
            request: proceedings.request.map(|request| RequestView {
                kind: request.asked.kind().as_str(),
                organisation: named(request.organisation),
                at: local(request.at),
            }),
            supervision: proceedings.supervision.map(|supervision| SupervisionView {
                level: supervision.level.as_str(),
                by: named(supervision.by),
                at: local(supervision.at),
                reply_due: local(supervision.reply_due),
                replied_at: supervision.replied_at.map(local),
                missed: supervision.replied_at.unwrap_or(reader.now) > supervision.reply_due,
            }),
            alarm: proceedings.alarm.map(|alarm| AlarmView {
                level: alarm.level.as_str(),
                by: named(alarm.by),
                at: local(alarm.at),
                over: Clock::as_str(alarm.over),
            }),
            check: proceedings.check.map(|check| CheckView {
                due: DeadlineView::new(check.due, reader.now),
                settled: check.settled,
            }),
            first_origin: proceedings.first_place.map(|place| place_view(&place, true, reader)),
            merged_into: proceedings.merged.map(|merged| merged.into.0),
            satisfaction: proceedings.satisfaction,
            disputed: proceedings.disputed.is_some(),
            arbitrated: proceedings.arbitrated,
        }
    }
}
