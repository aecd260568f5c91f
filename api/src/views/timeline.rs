//! The events of an incident.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset};
use grassroots_domain::{
    account::Role,
    events::EventType,
    ids::AccountId,
    incident::remark::{Audience, Label},
    reading::visibility::{Visibility, sees_reporter},
};
use grassroots_persistence::incident::events::{StoredEvent, StoredRemark};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    app::incidents::History,
    json::{
        schema::{codes, optional_codes},
        time::local,
    },
    views::{
        disclosure::{shows, words_of},
        event_details::facts,
        reader::Reader,
    },
};

/// An event of an incident.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventView {
    /// The number of the event within the incident; 1 is the first.
    pub seq: u32,
    /// When the event happened.
    pub at: DateTime<FixedOffset>,
    /// The code of the event.
    #[serde(rename = "type")]
    #[schema(schema_with = codes::<EventType>)]
    pub kind: &'static str,
    /// The name of the event.
    pub title: String,
    /// The person who caused the event. Absent for automatic events, and if you may not know the person.
    pub by: Option<PersonView>,
    /// The facts of the event, such as reason, outcome, method and receiving organisation.
    #[schema(value_type = Object)]
    pub facts: serde_json::Value,
    /// The main text of the event; absent if there is none, or if you may not read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The other texts of the event, by their labels, limited to those that you may read.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = BTreeMap<String, String>)]
    pub words: BTreeMap<&'static str, String>,
    /// Who may read the text of a comment; absent for other events.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = optional_codes::<Audience>)]
    pub audience: Option<&'static str>,
}

/// A person who caused an event.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonView {
    /// The account of the person.
    pub account: Uuid,
    /// The name of the person.
    pub name: String,
}

/// The events of an incident, limited to those that the reader may see.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimelineView {
    /// The events, oldest first.
    pub events: Vec<EventView>,
}

impl TimelineView {
    #[must_use]
    pub fn new(history: &History, reader: &Reader) -> Self {
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

fn event(history: &History, stored: &StoredEvent, reader: &Reader) -> EventView {
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

/// The person behind `account`. Staff are shown to their colleagues and to the auditor, the reporter only to those who
/// may know the reporter.
fn person(history: &History, account: AccountId, reader: &Reader) -> Option<PersonView> {
    let case = &history.found.stored.case;
    // An audit examines who did what. Only protected reporters stay unknown to the auditor.
    let audits = reader.actor.role == Role::AuditAdmin;
    let allowed = if account == case.incident().reporter {
        let seen = sees_reporter(&reader.actor, case) && history.found.visibility != Visibility::Summary;
        seen || (audits && !case.incident().reporter_hidden)
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
