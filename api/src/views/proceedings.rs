//! The state of an incident apart from its legs: requests, supervision, alarms and checks.

use chrono::{DateTime, FixedOffset};
use grassroots_domain::{
    incident::{case::Case, oversight::SupervisionLevel, requests::RequestKind},
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

/// The state of an incident apart from its legs.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct ProceedingsView {
    /// The request that a second person must decide; absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<RequestView>,
    /// The supervision by a desk; absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supervision: Option<SupervisionView>,
    /// The alarm about an overdue step; absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alarm: Option<AlarmView>,
    /// The check on site by a grid worker; absent if none was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check: Option<CheckView>,
    /// The first reported place; absent unless the place was corrected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_origin: Option<OriginView>,
    /// The id of the primary incident; absent unless this incident was merged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<Uuid>,
    /// Satisfaction of the residents with the outcome, from 1 (very dissatisfied) to 5 (very satisfied); absent if not
    /// asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub satisfaction: Option<u8>,
    /// The reporter's objection to the closure; absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub objection: Option<ObjectionView>,
    /// Whether a department disputes its duty and the desk above must decide.
    pub disputed: bool,
    /// Whether the desk above decided whose duty the work is. After that, the work cannot be returned or redispatched, until
    /// another desk gets the incident.
    pub arbitrated: bool,
}

/// An objection of the reporter to the closure.
#[derive(Debug, Serialize, ToSchema)]
pub struct ObjectionView {
    /// When the reporter objected.
    pub at: DateTime<FixedOffset>,
    /// When the desk above must have answered.
    pub due: DeadlineView,
    /// When a follow-up answered it; absent until then.
    pub answered_at: Option<DateTime<FixedOffset>>,
}

/// A request that a second person must decide.
#[derive(Debug, Serialize, ToSchema)]
pub struct RequestView {
    /// The kind of request.
    #[schema(schema_with = codes::<RequestKind>)]
    pub kind: &'static str,
    /// The organisation that made the request.
    pub organisation: OrganisationView,
    /// When the request was made.
    pub at: DateTime<FixedOffset>,
}

/// The supervision of an incident by a desk.
#[derive(Debug, Serialize, ToSchema)]
pub struct SupervisionView {
    /// The level of supervision.
    #[schema(schema_with = codes::<SupervisionLevel>)]
    pub level: &'static str,
    /// The desk that supervises.
    pub by: OrganisationView,
    /// When the supervision began.
    pub at: DateTime<FixedOffset>,
    /// When the reply is due.
    pub reply_due: DateTime<FixedOffset>,
    /// When the reply was given; absent until then.
    pub replied_at: Option<DateTime<FixedOffset>>,
    /// Whether the reply was not given in time.
    pub missed: bool,
}

/// An alarm to the desk above about an overdue step. It ends when the step is done.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlarmView {
    /// The level of the alarm.
    #[schema(schema_with = codes::<SupervisionLevel>)]
    pub level: &'static str,
    /// The desk that receives the alarm.
    pub by: OrganisationView,
    /// When the alarm was raised.
    pub at: DateTime<FixedOffset>,
    /// The deadline that was missed.
    #[schema(example = "handle")]
    pub over: &'static str,
}

/// A check on site by a grid worker.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckView {
    /// When the findings are due.
    pub due: DeadlineView,
    /// Whether the matter is settled, as the grid worker found; absent until the findings are reported.
    pub settled: Option<bool>,
}

impl ProceedingsView {
    /// The state apart from the legs. It is meant for readers who see the incident in full.
    #[must_use]
    pub(super) fn new(case: &Case, reader: &Reader) -> Self {
        let incident = case.incident();
        let named = |code| organisation(code, &reader.snapshot.reference_data);
        Self {
            request: incident.requests.pending.map(|request| RequestView {
                kind: request.asked.kind().as_str(),
                organisation: named(request.organisation),
                at: local(request.at),
            }),
            supervision: incident.oversight.supervision.map(|supervision| SupervisionView {
                level: supervision.level.as_str(),
                by: named(supervision.by),
                at: local(supervision.at),
                reply_due: local(supervision.reply_due),
                replied_at: supervision.replied_at.map(local),
                missed: supervision.replied_at.unwrap_or(reader.now) > supervision.reply_due,
            }),
            alarm: incident.oversight.alarm.map(|alarm| AlarmView {
                level: alarm.level.as_str(),
                by: named(alarm.by),
                at: local(alarm.at),
                over: Clock::as_str(alarm.over),
            }),
            check: incident.oversight.check.map(|check| CheckView {
                due: DeadlineView::new(check.due, reader.now),
                settled: check.settled,
            }),
            first_origin: incident.first_place.map(|place| place_view(&place, true, reader)),
            merged_into: incident.merging.merged.map(|merged| merged.into.0),
            satisfaction: incident.satisfaction,
            objection: incident.requests.objection.map(|objection| ObjectionView {
                at: local(objection.at),
                due: DeadlineView::new(objection.due, reader.now),
                answered_at: objection.answered_at.map(local),
            }),
            disputed: incident.requests.disputed.is_some(),
            arbitrated: case.is_arbitrated(),
        }
    }
}
