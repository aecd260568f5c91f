//! What happened to an incident, and who answered for it when.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset};
use grassroots_domain::{
    account::Role,
    events::{EventBody, EventType, reporting::Commented},
    geography::unit::Level,
    ids::AccountId,
    incident::{
        State,
        case::Case,
        leg::{CustodyLeg, CustodyOutcome, HandlingLeg, HandlingOutcome, HandlingRole, Outcome},
        remark::{Audience, Label},
    },
    reading::visibility::{Visibility, is_sent_to_look, reads_confidential, sees_reporter},
};
use grassroots_persistence::incident::events::{StoredEvent, StoredRemark};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    app::incidents::History,
    views::{
        DeadlineView, OrganisationView, codes, event_details::facts, incident::Reader, level, local,
        optional_codes, organisation,
    },
};

/// One thing that happened.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventView {
    /// 1 for the first event of the incident.
    pub seq: u32,
    /// When.
    pub at: DateTime<FixedOffset>,
    /// What.
    #[serde(rename = "type")]
    #[schema(schema_with = codes::<EventType>)]
    pub kind: &'static str,
    /// What, in words.
    pub title: String,
    /// Who did it, to those who may know.
    pub by: Option<PersonView>,
    /// Codes of the event: reason, outcome, method, the organisation it went to.
    #[schema(value_type = Object)]
    pub facts: serde_json::Value,
    /// The words that went with it, to those who may read them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Other words that went with it, by what they are.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = BTreeMap<String, String>)]
    pub words: BTreeMap<&'static str, String>,
    /// Who may read the words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = optional_codes::<Audience>)]
    pub audience: Option<&'static str>,
}

/// A person who acted.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonView {
    /// The account.
    pub account: Uuid,
    /// The name.
    pub name: String,
}

/// The history of an incident, as far as its reader may see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimelineView {
    /// The events, oldest first.
    pub events: Vec<EventView>,
}

impl TimelineView {
    /// The events the reader may see.
    #[must_use]
    pub fn new(history: &History, reader: Reader<'_>) -> Self {
        let visibility = history.found.visibility;
        let events = history
            .events
            .iter()
            .filter(|stored| shows(visibility, stored))
            .map(|stored| event(history, stored, reader))
            .collect();
        Self { events }
    }
}

/// A former holder sees what happened up to the end of its leg, and how it ended; the reporter sees no internal
/// remarks, and nothing of what is attached.
pub(crate) fn shows(visibility: Visibility, stored: &StoredEvent) -> bool {
    let body = &stored.event.body;
    match visibility {
        Visibility::None => false,
        Visibility::Summary | Visibility::Full => true,
        Visibility::Own => {
            let internal = matches!(body, EventBody::Commented(Commented { audience: Audience::Internal }));
            !internal && body.linkage().is_none() && !matches!(body, EventBody::Involved(_))
        }
        Visibility::Former { until } => {
            stored.event.seq <= until || matches!(body, EventBody::Closed(_) | EventBody::Reopened(_))
        }
    }
}

fn reads(history: &History, audience: Audience, stored: &StoredEvent, reader: Reader<'_>) -> bool {
    let of_office = match history.found.visibility {
        Visibility::None | Visibility::Summary => false,
        Visibility::Own if is_sent_to_look(reader.actor.account, &history.found.stored.case) => {
            return matches!(audience, Audience::Reporter | Audience::Checker);
        }
        Visibility::Own => return audience == Audience::Reporter,
        Visibility::Former { until } => stored.event.seq <= until,
        Visibility::Full => true,
    };
    let case = &history.found.stored.case;
    let kept_close = audience == Audience::Confidential;
    of_office && (!kept_close || reads_confidential(reader.actor, case, &stored.event.body))
}

/// The words of an event that the reader may read.
pub(crate) fn words_of(
    history: &History,
    stored: &StoredEvent,
    reader: Reader<'_>,
) -> BTreeMap<Label, String> {
    let of_event = history.remarks.iter().filter(|remark| remark.event == stored.key);
    let readable = of_event.filter(|remark| reads(history, remark.audience, stored, reader));
    readable.map(|remark| (remark.label, remark.text.clone())).collect()
}

fn event(history: &History, stored: &StoredEvent, reader: Reader<'_>) -> EventView {
    let happened = &stored.event;
    let kind = happened.body.event_type();
    let mut words = words_of(history, stored, reader);
    let text = words.remove(&Label::Text);
    let spoken = |remark: &&StoredRemark| remark.event == stored.key && remark.label == Label::Text;
    let audience = history.remarks.iter().find(spoken).filter(|_| text.is_some());
    EventView {
        seq: happened.seq,
        at: local(happened.at),
        kind: kind.as_str(),
        title: reader.language.name((kind.zh(), kind.as_str())),
        by: person(history, happened.actor, reader),
        facts: facts(&happened.body, reader),
        text,
        words: words.into_iter().map(|(label, text)| (label.as_str(), text)).collect(),
        audience: audience.map(|remark| remark.audience.as_str()),
    }
}

/// Staff are named to those who work with them and to the auditor; the reporter to those who may know.
fn person(history: &History, account: AccountId, reader: Reader<'_>) -> Option<PersonView> {
    let case = &history.found.stored.case;
    // An audit is of who did what; only reporters who are protected stay unknown to it.
    let audits = reader.actor.role == Role::AuditAdmin;
    let allowed = if account == case.incident.reporter {
        let seen = sees_reporter(reader.actor, case) && history.found.visibility != Visibility::Summary;
        seen || (audits && !case.incident.reporter_hidden)
    } else {
        audits || matches!(history.found.visibility, Visibility::Full | Visibility::Former { .. })
    };
    if account == AccountId::SYSTEM {
        let name = reader.language.choose(("系统", "system")).to_owned();
        return Some(PersonView { account: account.0, name });
    }
    let (_, name) = history.names.iter().find(|(known, _)| *known == account)?;
    allowed.then(|| PersonView { account: account.0, name: name.clone() })
}

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
    pub fn new(history: &History, reader: Reader<'_>) -> Self {
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

fn custody(leg: &CustodyLeg, handling: Vec<HandlingView>, reader: Reader<'_>) -> CustodyView {
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

fn handled(leg: &HandlingLeg, reader: Reader<'_>) -> HandlingView {
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
