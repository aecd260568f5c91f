//! What happened to an incident, and who answered for it when.

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

/// Staff are named to those who work with them and to the auditor; the reporter to those who may know.
fn person(history: &History, account: AccountId, reader: &Reader) -> Option<PersonView> {
    let case = &history.found.stored.case;
    // An audit is of who did what; only reporters who are protected stay unknown to it.
    let audits = reader.actor.role == Role::AuditAdmin;
    let allowed = if account == case.incident.reporter {
        let seen = sees_reporter(&reader.actor, case) && history.found.visibility != Visibility::Summary;
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
