//! An incident, limited to what the reader may see.

use chrono::{DateTime, FixedOffset};
use grassroots_domain::{
    command_kind::CommandKind,
    decide::permitted,
    geography::unit::Level,
    incident::{State, case::Case, leg::Outcome, source::Source},
    reading::visibility::{Visibility, sees_reporter},
    rules::{
        category::{Category, CategoryCode, Severity},
        duty_list::DutyRole,
    },
    warning::Warning,
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    app::incidents::{IncidentDetail, PublicReply, VisibleIncident},
    json::{
        organisation::{OrganisationView, organisation},
        schema::{codes, optional_codes, optional_level},
        time::local,
    },
    language::Language,
    query_code,
    views::{
        deadlines::{DeadlinesView, deadlines},
        location::LocationView,
        origin::{OriginView, place_view},
        proceedings::ProceedingsView,
        reader::Reader,
        routing::{RoutingRef, reason},
        similar::SimilarView,
    },
};

/// An incident.
#[derive(Debug, Serialize, ToSchema)]
pub struct IncidentView {
    /// The id of the incident. The phone creates it.
    pub id: Uuid,
    /// The incident number, for people.
    #[schema(example = "20261123-000017")]
    pub incident_no: String,
    /// The case query code (一案一码), with which a resident can look up the progress. Absent in a summary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query_code: Option<String>,
    /// The version of the incident. It is also the `ETag`; send it as `If-Match`.
    pub version: u32,
    /// How much of the incident is shown. `summary`: category, severity, state and county. `own`: what a reporter sees.
    /// `former`: everything up to the end of your leg, and the outcome. `full`: everything.
    #[schema(example = "full")]
    pub visibility: &'static str,
    /// The category.
    pub category: CategoryRef,
    /// The severity.
    #[schema(schema_with = codes::<Severity>)]
    pub severity: &'static str,
    /// The state.
    #[schema(schema_with = codes::<State>)]
    pub state: &'static str,
    /// The level of the desk that holds the incident, or held it last. Absent for former holders.
    #[schema(schema_with = optional_level)]
    pub level: Option<&'static str>,
    /// The organisation that must act next. Absent after the incident has ended, in a summary, and for former holders.
    pub holder: Option<OrganisationView>,
    /// Since when that organisation must act; absent together with `holder`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_since: Option<DateTime<FixedOffset>>,
    /// The place of the incident. It stays the same when another desk takes the incident.
    pub origin: OriginView,
    /// A short title; absent if the report has none, and in a summary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What happened; absent in a summary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The place in words; absent if the report has none, and in a summary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place_text: Option<String>,
    /// The position; absent if the report has none, and in a summary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<LocationView>,
    /// How the matter came to notice (来源); absent in a summary.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = optional_codes::<Source>)]
    pub source: Option<&'static str>,
    /// The number that the source gave the matter; absent if it gave none, and in a summary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_no: Option<String>,
    /// The account of the reporter; only shown to readers who may know it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reporter: Option<Uuid>,
    /// Why the first desk received the incident. Absent in lists and in a summary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routing: Option<RoutingRef>,
    /// The deadlines.
    pub deadlines: DeadlinesView,
    /// Requests, supervision, alarms and other matters beside the legs; only shown to those who see the incident in
    /// full.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proceedings: Option<ProceedingsView>,
    /// The departments to dispatch to, by the categories and the duty list (履职清单): those that lead first. Only shown to the desk that
    /// may dispatch now; absent in lists.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub proposed: Vec<ProposalView>,
    /// When the server received the report. The clocks start at this time.
    pub received_at: DateTime<FixedOffset>,
    /// When it happened, as the reporter says; absent if not stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<DateTime<FixedOffset>>,
    /// When the report was written, as the phone says; absent if not stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reported_at: Option<DateTime<FixedOffset>>,
    /// When the incident ended: closed, not accepted, merged, voided or referred out. Absent while it is open.
    pub ended_at: Option<DateTime<FixedOffset>>,
    /// The outcome; absent until the incident is closed.
    #[schema(schema_with = optional_codes::<Outcome>)]
    pub outcome: Option<&'static str>,
    /// The level of the desk that closed the incident; absent until then.
    #[schema(schema_with = optional_level)]
    pub resolved_level: Option<&'static str>,
    /// Whether the reporter settled the matter on the spot.
    pub on_spot: bool,
    /// Whether the person who did the work also closed it, without a check by a grid worker.
    pub self_verified: bool,
    /// Whether the desk did the work itself and a second person of the desk closed it, without a check by a grid worker.
    pub verified_by_colleague: bool,
    /// The number of times the incident was reopened.
    pub reopened: u32,
    /// The number of times departments returned the work.
    pub returned: u32,
    /// The number of times the incident was escalated.
    pub escalated: u32,
    /// Whether only the organisations that handle the incident may see it.
    pub restricted: bool,
    /// The replies to the reporter. For a merged incident, the replies about the primary incident are included.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub replies: Vec<ReplyView>,
    /// For a merged incident: the state of the primary incident. Absent for other incidents.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stood_for: Option<StoodForView>,
    /// The number of photos; only shown to those who see the incident in full. `GET …/photos` lists them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub photos: Option<PhotoCountsView>,
    /// In the answer to a new report: other open reports of the same domain within 100 m and 72 hours. Only their ids
    /// and categories are shown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub similar: Vec<SimilarView>,
    /// Warnings about the content of the request. The request was carried out nevertheless.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<WarningView>,
    /// The number to call before anything else; absent if there is no emergency.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "119")]
    pub emergency_number: Option<String>,
}

/// A department that an incident may be dispatched to.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProposalView {
    /// The department.
    #[serde(flatten)]
    pub organisation: OrganisationView,
    /// Its duty: `basic` leads, `assist` assists.
    #[schema(schema_with = codes::<DutyRole>)]
    pub duty: &'static str,
}

/// One page of incidents.
#[derive(Debug, Serialize, ToSchema)]
pub struct IncidentsView {
    /// The incidents, in the requested order.
    pub incidents: Vec<IncidentView>,
    /// The URL of the next page; absent on the last page.
    pub next: Option<String>,
    /// The number of incidents that the figure counts and you may not see; absent if the list is not behind a figure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_shown: Option<u64>,
}

/// A category with its name.
#[derive(Debug, Serialize, ToSchema)]
pub struct CategoryRef {
    /// The code of the category: four digits.
    #[schema(example = "5002")]
    pub code: String,
    /// The name of the category. It is empty if the rules no longer contain the category.
    pub name: String,
}

impl CategoryRef {
    /// A category. Its name is empty if the rules no longer contain it.
    fn new(code: CategoryCode, category: Option<&Category>, language: Language) -> Self {
        let name = category.map_or("", |category| language.choose((&category.zh, &category.en)));
        Self { code: code.to_string(), name: name.to_owned() }
    }
}

/// The number of photos of an incident.
#[derive(Debug, Serialize, ToSchema)]
pub struct PhotoCountsView {
    /// The number of announced photos.
    pub named: usize,
    /// How many of these have not been uploaded yet.
    pub coming: usize,
}

/// The state of the primary incident, into which another incident was merged. Nothing else of it is shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoodForView {
    /// The state of the primary incident.
    #[schema(schema_with = codes::<State>)]
    pub state: &'static str,
    /// The outcome; absent until the primary incident is closed.
    #[schema(schema_with = optional_codes::<Outcome>)]
    pub outcome: Option<&'static str>,
    /// When the primary incident ended; absent while it is open.
    pub ended_at: Option<DateTime<FixedOffset>>,
}

/// A reply to the reporter.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReplyView {
    /// When the reply was written.
    pub at: DateTime<FixedOffset>,
    /// The text of the reply.
    pub text: String,
}

/// A warning.
#[derive(Debug, Serialize, ToSchema)]
pub struct WarningView {
    /// The code of the warning.
    #[schema(schema_with = codes::<Warning>)]
    pub code: String,
    /// What the warning means.
    pub text: String,
}

const fn depth(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::None => "none",
        Visibility::Summary => "summary",
        Visibility::Own => "own",
        Visibility::Former { .. } => "former",
        Visibility::Full => "full",
    }
}

impl IncidentView {
    /// The incident with its routing, replies and photo counts.
    #[must_use]
    pub fn detail(detail: &IncidentDetail, reader: &Reader) -> Self {
        let mut view = Self::item(&detail.found, reader);
        if detail.found.visibility != Visibility::Summary {
            view.routing = Some(RoutingRef {
                rule: detail.reported.routing.rule.as_str(),
                reason: reason(&detail.reported, detail.found.routing_reader(&reader.actor), reader),
            });
            view.replies = detail.replies.iter().map(ReplyView::from).collect();
            view.stood_for = detail.stands_for.as_ref().map(|incident| StoodForView {
                state: incident.state.as_str(),
                outcome: incident.outcome.map(Outcome::as_str),
                ended_at: incident.ended_at.map(local),
            });
        }
        view.proposed = proposals(&detail.found.stored.case, reader);
        let named = detail.found.stored.case.incident().photos.len();
        view.photos = (named > 0 && detail.found.visibility == Visibility::Full)
            .then(|| PhotoCountsView { named, coming: named.saturating_sub(detail.photos_here) });
        view
    }

    /// The incident as an entry of a list.
    #[must_use]
    pub fn item(found: &VisibleIncident, reader: &Reader) -> Self {
        let case = &found.stored.case;
        let incident = case.incident();
        let readable = found.visibility != Visibility::Summary;
        // A former holder may not see the current holder and the current deadlines.
        let current = !matches!(found.visibility, Visibility::Former { .. });
        let report = found.report.as_ref().filter(|_| readable);
        let category = reader.snapshot.rules.as_ref().and_then(|rules| rules.category(incident.category));
        Self {
            id: incident.id.0,
            incident_no: query_code::incident_no(found.stored.key, incident),
            query_code: readable
                .then(|| query_code::query_code(found.stored.key, &found.stored.query_secret)),
            version: incident.version,
            visibility: depth(found.visibility),
            category: CategoryRef::new(incident.category, category, reader.language),
            severity: incident.severity.as_str(),
            state: incident.state.as_str(),
            level: case.level().filter(|_| current).map(Level::as_str),
            holder: case
                .holder()
                .filter(|_| readable && current)
                .map(|code| organisation(code, &reader.snapshot.reference_data)),
            held_since: case.held_since().filter(|_| readable && current).map(local),
            origin: place_view(&case.incident().place, readable, reader),
            title: report.and_then(|report| report.title.clone()),
            description: report.map(|report| report.description.clone()),
            place_text: report.and_then(|report| report.place_text.clone()),
            location: report
                .and_then(|report| report.position.as_ref())
                .map(|position| LocationView::new(position, reader.datum)),
            source: readable.then(|| incident.source.as_str()),
            external_no: incident.external_no.as_ref().filter(|_| readable).map(ToString::to_string),
            reporter: (readable && sees_reporter(&reader.actor, case)).then_some(incident.reporter.0),
            routing: None,
            deadlines: if current { deadlines(case, reader) } else { DeadlinesView::default() },
            proceedings: (found.visibility == Visibility::Full).then(|| ProceedingsView::new(case, reader)),
            proposed: Vec::new(),
            received_at: local(incident.received_at),
            occurred_at: report.and_then(|report| report.occurred_at).map(local),
            reported_at: report.and_then(|report| report.reported_at).map(local),
            ended_at: incident.ended_at.map(local),
            outcome: incident.outcome.map(Outcome::as_str),
            resolved_level: incident.resolved_level.map(Level::as_str),
            on_spot: incident.on_spot,
            self_verified: incident.self_verified,
            verified_by_colleague: incident.verified_by_colleague,
            reopened: incident.reopened(),
            returned: incident.returned,
            escalated: incident.escalated,
            restricted: incident.restricted,
            replies: Vec::new(),
            stood_for: None,
            photos: None,
            similar: Vec::new(),
            warnings: report.map_or_else(Vec::new, |report| warnings(&report.warnings, reader.language)),
            emergency_number: category.and_then(Category::emergency_number).map(|number| number.to_string()),
        }
    }
}

/// The departments that the reader may dispatch the incident to, if it is theirs to dispatch.
fn proposals(case: &Case, reader: &Reader) -> Vec<ProposalView> {
    let (snapshot, actor) = (&reader.snapshot, &reader.actor);
    let Some(rules) = &snapshot.rules else { return Vec::new() };
    let may = |kind| permitted(case, kind, actor, reader.now, rules, &snapshot.reference_data).is_ok();
    if ![CommandKind::AcceptAndDispatch, CommandKind::Dispatch, CommandKind::Redispatch].into_iter().any(may)
    {
        return Vec::new();
    }
    let (category, unit) = (case.incident().category, actor.organisation.unit);
    let lead = case.open_lead().map(|leg| leg.organisation);
    rules
        .departments_for(category, unit, &snapshot.reference_data.organisations)
        .into_iter()
        .filter(|(code, _)| lead != Some(*code))
        .map(|(code, duty)| ProposalView {
            organisation: organisation(code, &snapshot.reference_data),
            duty: duty.as_str(),
        })
        .collect()
}

fn warnings(codes: &[String], language: Language) -> Vec<WarningView> {
    codes
        .iter()
        .map(|code| {
            let text = code
                .parse::<Warning>()
                .map_or_else(|_| code.clone(), |warning| language.name((warning.zh(), warning.as_str())));
            WarningView { code: code.clone(), text }
        })
        .collect()
}

impl From<&PublicReply> for ReplyView {
    fn from(reply: &PublicReply) -> Self {
        Self { at: local(reply.at), text: reply.text.clone() }
    }
}
