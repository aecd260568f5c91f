//! What is attached to an incident, as far as its reader may see it.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, NaiveDate};
use grassroots_domain::{
    incident::{
        linkage::{
            Capacity, Linkage, LinkageDetails, LinkageEnd, LinkageKind, LinkageOutcome, LinkageStep,
            Participant, StepRecord,
        },
        remark::Label,
    },
    time::Instant,
};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::{
    app::incidents::History,
    json::{
        deadline::DeadlineView,
        organisation::{OrganisationView, organisation},
        schema::codes,
        time::local,
    },
    views::{
        disclosure::{shows, words_of},
        reader::Reader,
    },
};

/// What is attached to an incident.
#[derive(Debug, Serialize, ToSchema)]
pub struct LinkagesView {
    /// The linkages, oldest first.
    pub linkages: Vec<LinkageView>,
    /// Who takes part.
    pub participants: Vec<ParticipantView>,
}

/// A linkage.
#[derive(Debug, Serialize, ToSchema)]
pub struct LinkageView {
    /// 1 for the first of the incident.
    pub number: u32,
    /// What it is.
    #[schema(schema_with = codes::<LinkageKind>)]
    pub kind: &'static str,
    /// What it is, in words.
    pub title: String,
    /// Whose it is.
    pub by: OrganisationView,
    /// When it began.
    pub opened_at: DateTime<FixedOffset>,
    /// Its facts, as they were sent.
    #[schema(value_type = Object)]
    pub facts: Value,
    /// Its words, by what they are; what is confidential only to those whose linkage it is and to the desk.
    #[schema(value_type = BTreeMap<String, String>)]
    pub words: BTreeMap<&'static str, String>,
    /// When it should have ended, where the rules set a limit.
    pub due: Option<DeadlineView>,
    /// When somebody should have visited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visit_due: Option<DeadlineView>,
    /// What happened in it.
    pub steps: Vec<StepView>,
    /// How it ended.
    pub end: Option<EndView>,
}

/// Something that happened in a linkage.
#[derive(Debug, Serialize, ToSchema)]
pub struct StepView {
    /// What.
    #[schema(schema_with = codes::<LinkageStep>)]
    pub step: &'static str,
    /// What, in words.
    pub title: String,
    /// When.
    pub at: DateTime<FixedOffset>,
    /// The number the other side gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_no: Option<String>,
    /// Its words.
    #[schema(value_type = BTreeMap<String, String>)]
    pub words: BTreeMap<&'static str, String>,
}

/// How a linkage ended.
#[derive(Debug, Serialize, ToSchema)]
pub struct EndView {
    /// What came of it.
    #[schema(schema_with = codes::<LinkageOutcome>)]
    pub outcome: &'static str,
    /// What came of it, in words.
    pub title: String,
    /// When.
    pub at: DateTime<FixedOffset>,
    /// Until when an agreement has to be performed, or when somebody asks again.
    pub until: Option<NaiveDate>,
    /// Its words.
    #[schema(value_type = BTreeMap<String, String>)]
    pub words: BTreeMap<&'static str, String>,
}

/// Somebody who takes part.
#[derive(Debug, Serialize, ToSchema)]
pub struct ParticipantView {
    /// In which capacity.
    #[schema(schema_with = codes::<Capacity>)]
    pub capacity: &'static str,
    /// In which capacity, in words.
    pub title: String,
    /// By which name.
    pub name: Option<String>,
    /// For which organisation.
    pub by: OrganisationView,
    /// Since when.
    pub at: DateTime<FixedOffset>,
}

/// Reads a history for somebody.
struct Reading<'a> {
    history: &'a History,
    reader: &'a Reader,
}

impl LinkagesView {
    /// What the reader may see: a former holder what was there until its leg ended.
    #[must_use]
    pub fn new(history: &History, reader: &Reader) -> Self {
        let reading = Reading { history, reader };
        let proceedings = &history.found.stored.case.incident.proceedings;
        let linkages = proceedings.linkages.iter().filter(|linkage| reading.shows(linkage.opened_seq));
        let participants = proceedings.participants.iter().filter(|one| reading.shows(one.seq));
        Self {
            linkages: linkages.map(|linkage| reading.linkage(linkage)).collect(),
            participants: participants.map(|one| reading.participant(*one)).collect(),
        }
    }
}

impl Reading<'_> {
    fn shows(&self, seq: u32) -> bool {
        let event = self.history.events.iter().find(|stored| stored.event.seq == seq);
        event.is_some_and(|stored| shows(self.history.found.visibility, stored))
    }

    fn words(&self, seq: u32) -> BTreeMap<&'static str, String> {
        let event = self.history.events.iter().find(|stored| stored.event.seq == seq);
        let words = event.map(|stored| words_of(self.history, stored, self.reader)).unwrap_or_default();
        words.into_iter().map(|(label, text)| (label.as_str(), text)).collect()
    }

    fn title(&self, zh: &str, code: &str) -> String {
        self.reader.language.name((zh, code))
    }

    fn linkage(&self, linkage: &Linkage) -> LinkageView {
        let kind = linkage.kind();
        let steps: Vec<&StepRecord> = linkage.steps.iter().filter(|taken| self.shows(taken.seq)).collect();
        let end = linkage.end.filter(|end| self.shows(end.seq));
        let due =
            |deadline, done: Option<Instant>| DeadlineView::new(deadline, done.unwrap_or(self.reader.now));
        let visited = steps.iter().find(|taken| taken.step == LinkageStep::Visited).map(|taken| taken.at);
        LinkageView {
            number: linkage.number,
            kind: kind.as_str(),
            title: self.title(kind.zh(), kind.as_str()),
            by: organisation(linkage.by, &self.reader.snapshot.ground),
            opened_at: local(linkage.opened_at),
            facts: facts(&linkage.opening),
            words: self.words(linkage.opened_seq),
            due: linkage.due.map(|deadline| due(deadline, end.map(|end| end.at))),
            visit_due: linkage.visit.map(|deadline| due(deadline, visited)),
            steps: steps.into_iter().map(|taken| self.step(taken)).collect(),
            end: end.map(|end| self.end(end)),
        }
    }

    fn step(&self, taken: &StepRecord) -> StepView {
        StepView {
            step: taken.step.as_str(),
            title: self.title(taken.step.zh(), taken.step.as_str()),
            at: local(taken.at),
            external_no: taken.external_no.as_ref().map(ToString::to_string),
            words: self.words(taken.seq),
        }
    }

    fn end(&self, end: LinkageEnd) -> EndView {
        EndView {
            outcome: end.conclusion.as_str(),
            title: self.title(end.conclusion.zh(), end.conclusion.as_str()),
            at: local(end.at),
            until: end.until,
            words: self.words(end.seq),
        }
    }

    fn participant(&self, one: Participant) -> ParticipantView {
        ParticipantView {
            capacity: one.capacity.as_str(),
            title: self.title(one.capacity.zh(), one.capacity.as_str()),
            name: self.words(one.seq).remove(Label::Name.as_str()),
            by: organisation(one.by, &self.reader.snapshot.ground),
            at: local(one.at),
        }
    }
}

/// The facts of a linkage, times in China's zone.
pub(crate) fn facts(opening: &LinkageDetails) -> Value {
    match opening {
        LinkageDetails::Mediation { form } => json!({ "form": form }),
        LinkageDetails::JudicialConfirmation { mediation, applied_on } => {
            json!({ "mediation": mediation, "applied_on": applied_on })
        }
        LinkageDetails::CourtLinkage { direction, external_no } => {
            json!({ "direction": direction, "external_no": external_no })
        }
        LinkageDetails::Hearing { held_at, public, officers, notified_on } => json!({
            "held_at": local(*held_at), "public": public, "officers": officers, "notified_on": notified_on,
        }),
        LinkageDetails::CaseLeadership { level, due_on } => json!({ "level": level, "due_on": due_on }),
        LinkageDetails::PoliceLinkage { direction, external_no, received_at } => json!({
            "direction": direction, "external_no": external_no, "received_at": local(*received_at),
        }),
        LinkageDetails::HotlineOrder { external_no, received_at } => {
            json!({ "external_no": external_no, "received_at": local(*received_at) })
        }
        LinkageDetails::Referral { to } => json!({ "help": to }),
    }
}
