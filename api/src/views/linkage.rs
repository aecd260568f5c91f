//! The linkages and participants of an incident, limited to what the reader may see.

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

/// The linkages and participants of an incident.
#[derive(Debug, Serialize, ToSchema)]
pub struct LinkagesView {
    /// The linkages, oldest first.
    pub linkages: Vec<LinkageView>,
    /// The participants.
    pub participants: Vec<ParticipantView>,
}

/// A linkage, such as a mediation, a hearing or a hotline work order.
#[derive(Debug, Serialize, ToSchema)]
pub struct LinkageView {
    /// The number of the linkage within the incident; 1 is the first.
    pub number: u32,
    /// The code of the kind of linkage.
    #[schema(schema_with = codes::<LinkageKind>)]
    pub kind: &'static str,
    /// The name of the kind of linkage.
    pub title: String,
    /// The organisation that opened the linkage.
    pub by: OrganisationView,
    /// When the linkage was opened.
    pub opened_at: DateTime<FixedOffset>,
    /// The facts of the linkage, as they were sent.
    #[schema(value_type = Object)]
    pub facts: Value,
    /// The texts of the linkage, by their labels. Confidential texts are only shown to the organisation that opened the
    /// linkage and to the holding desk.
    #[schema(value_type = BTreeMap<String, String>)]
    pub words: BTreeMap<&'static str, String>,
    /// When the linkage should end; absent if the rules set no limit.
    pub due: Option<DeadlineView>,
    /// When somebody should visit the party; absent if no visit is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visit_due: Option<DeadlineView>,
    /// The steps of the linkage, oldest first.
    pub steps: Vec<StepView>,
    /// How the linkage ended; absent while it is open.
    pub end: Option<EndView>,
}

/// A step of a linkage.
#[derive(Debug, Serialize, ToSchema)]
pub struct StepView {
    /// The code of the step.
    #[schema(schema_with = codes::<LinkageStep>)]
    pub step: &'static str,
    /// The name of the step.
    pub title: String,
    /// When the step happened.
    pub at: DateTime<FixedOffset>,
    /// The case or order number that the other authority gave; absent for other steps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_no: Option<String>,
    /// The texts of the step, by their labels.
    #[schema(value_type = BTreeMap<String, String>)]
    pub words: BTreeMap<&'static str, String>,
}

/// The end of a linkage.
#[derive(Debug, Serialize, ToSchema)]
pub struct EndView {
    /// The code of the outcome.
    #[schema(schema_with = codes::<LinkageOutcome>)]
    pub outcome: &'static str,
    /// The name of the outcome.
    pub title: String,
    /// When the linkage ended.
    pub at: DateTime<FixedOffset>,
    /// The last day to perform the agreement, or the day of the next follow-up (China time). Absent if there is none.
    pub until: Option<NaiveDate>,
    /// The texts about the end, by their labels.
    #[schema(value_type = BTreeMap<String, String>)]
    pub words: BTreeMap<&'static str, String>,
}

/// A participant of an incident.
#[derive(Debug, Serialize, ToSchema)]
pub struct ParticipantView {
    /// The code of the participant's capacity.
    #[schema(schema_with = codes::<Capacity>)]
    pub capacity: &'static str,
    /// The name of the participant's capacity.
    pub title: String,
    /// The participant's name; only shown to those who handle the incident.
    pub name: Option<String>,
    /// The organisation that recorded the participant.
    pub by: OrganisationView,
    /// When the participant was recorded.
    pub at: DateTime<FixedOffset>,
}

/// Reads the history of an incident for one reader.
struct Reading<'a> {
    history: &'a History,
    reader: &'a Reader,
}

impl LinkagesView {
    /// The linkages that the reader may see. A former holder sees what was recorded before its leg ended.
    #[must_use]
    pub fn new(history: &History, reader: &Reader) -> Self {
        let reading = Reading { history, reader };
        let incident = history.found.stored.case.incident();
        let linkages = incident.linkages.iter().filter(|linkage| reading.shows(linkage.opened_seq));
        let participants = incident.participants.iter().filter(|one| reading.shows(one.seq));
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
            |deadline, done: Option<Instant>| DeadlineView::of_step(deadline, done, self.reader.now, &[]);
        let visited = steps.iter().find(|taken| taken.step == LinkageStep::Visited).map(|taken| taken.at);
        LinkageView {
            number: linkage.number,
            kind: kind.as_str(),
            title: self.title(kind.zh(), kind.as_str()),
            by: organisation(linkage.by, &self.reader.snapshot.reference_data),
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
            by: organisation(one.by, &self.reader.snapshot.reference_data),
            at: local(one.at),
        }
    }
}

/// The facts of a linkage, with times in China time.
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
