//! An incident as its reader may see it.

use chrono::{DateTime, FixedOffset};
use grassroots_domain::{
    geography::unit::Level,
    incident::{State, leg::Outcome},
    reading::visibility::{Visibility, sees_reporter},
    rules::category::{Category, CategoryCode, Severity},
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
    localization::language::Language,
    query_code,
    views::{
        deadlines::{DeadlinesView, deadlines},
        location::LocationView,
        origin::{OriginView, place_view},
        proceedings::ProceedingsView,
        reader::Reader,
        routing::RoutingRef,
        similar::SimilarView,
    },
};

/// An incident.
#[derive(Debug, Serialize, ToSchema)]
pub struct IncidentView {
    /// Its identity, made on the phone.
    pub id: Uuid,
    /// Its number.
    #[schema(example = "20261123-000017")]
    pub incident_no: String,
    /// The code by which a resident asks what became of it (一案一码).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query_code: Option<String>,
    /// Its version; the `ETag`, and what `If-Match` asks for.
    pub version: u32,
    /// How much of it is shown: `summary`, `own`, `former` (up to the end of your leg, and the outcome) or `full`.
    #[schema(example = "full")]
    pub visibility: &'static str,
    /// Its category.
    pub category: CategoryRef,
    /// How bad it is.
    #[schema(schema_with = codes::<Severity>)]
    pub severity: &'static str,
    /// Where it stands.
    #[schema(schema_with = codes::<State>)]
    pub state: &'static str,
    /// The level that answers for it, or answered last.
    #[schema(schema_with = optional_level)]
    pub level: Option<&'static str>,
    /// Who has to act; absent at rest.
    pub holder: Option<OrganisationView>,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_since: Option<DateTime<FixedOffset>>,
    /// Where it happened. Never changes with the holder.
    pub origin: OriginView,
    /// A short name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Where, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place_text: Option<String>,
    /// Where, in numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<LocationView>,
    /// The account that reported it, to those who may know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reporter: Option<Uuid>,
    /// Which desk got it, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routing: Option<RoutingRef>,
    /// Its clocks.
    pub deadlines: DeadlinesView,
    /// What goes on beside its legs, to those who handle it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proceedings: Option<ProceedingsView>,
    /// When the server got it; its clocks start here.
    pub received_at: DateTime<FixedOffset>,
    /// When it happened, says the reporter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<DateTime<FixedOffset>>,
    /// When it was typed, says the phone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reported_at: Option<DateTime<FixedOffset>>,
    /// When it came to rest.
    pub ended_at: Option<DateTime<FixedOffset>>,
    /// What came of it, once closed.
    #[schema(schema_with = optional_codes::<Outcome>)]
    pub outcome: Option<&'static str>,
    /// Level of the desk under which it closed.
    #[schema(schema_with = optional_level)]
    pub resolved_level: Option<&'static str>,
    /// Settled by the reporter on the spot.
    pub on_spot: bool,
    /// Verified by the organisation that did the work.
    pub self_verified: bool,
    /// How often it was reopened.
    pub reopened: u32,
    /// How often departments returned it.
    pub returned: u32,
    /// How often it went up a level.
    pub escalated: u32,
    /// Visible to the holder chain only.
    pub restricted: bool,
    /// What its reporter was told; once it is merged, also what was told about the incident that stands for it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub replies: Vec<ReplyView>,
    /// What became of the incident that stands for it, once it is merged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stood_for: Option<StoodForView>,
    /// Its photos, for those who see it in full; `GET …/photos` lists them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub photos: Option<PhotoCountsView>,
    /// On arrival: other open reports of the same domain within 100 m and 72 hours. Nothing else is told of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub similar: Vec<SimilarView>,
    /// What was taken all the same, and deserves a second look.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<WarningView>,
    /// The number to call before anything is typed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "119")]
    pub emergency_number: Option<String>,
}

/// A page of incidents.
#[derive(Debug, Serialize, ToSchema)]
pub struct IncidentsView {
    /// The incidents, in the order asked for.
    pub incidents: Vec<IncidentView>,
    /// Where the next page is; absent on the last.
    pub next: Option<String>,
}

/// A category by name.
#[derive(Debug, Serialize, ToSchema)]
pub struct CategoryRef {
    /// Four digits.
    #[schema(example = "5002")]
    pub code: String,
    /// Its name.
    pub name: String,
}

impl CategoryRef {
    /// A category; without a name if it is no longer in the rules.
    fn new(code: CategoryCode, category: Option<&Category>, language: Language) -> Self {
        let name = category.map_or("", |category| language.choose((&category.zh, &category.en)));
        Self { code: code.to_string(), name: name.to_owned() }
    }
}

/// How many photos an incident has.
#[derive(Debug, Serialize, ToSchema)]
pub struct PhotoCountsView {
    /// Named so far.
    pub named: usize,
    /// Of these, those that have not arrived.
    pub coming: usize,
}

/// What became of the incident that stands for a merged one. Nothing else is told of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoodForView {
    /// Where it stands.
    #[schema(schema_with = codes::<State>)]
    pub state: &'static str,
    /// What came of it, once closed.
    #[schema(schema_with = optional_codes::<Outcome>)]
    pub outcome: Option<&'static str>,
    /// When it came to rest.
    pub ended_at: Option<DateTime<FixedOffset>>,
}

/// Words for the reporter.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReplyView {
    /// When.
    pub at: DateTime<FixedOffset>,
    /// The words.
    pub text: String,
}

/// A warning.
#[derive(Debug, Serialize, ToSchema)]
pub struct WarningView {
    /// Its code.
    #[schema(schema_with = codes::<Warning>)]
    pub code: String,
    /// What it means.
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
    /// One incident with routing and replies.
    #[must_use]
    pub fn detail(detail: &IncidentDetail, reader: &Reader) -> Self {
        let mut view = Self::item(&detail.found, reader);
        if detail.found.visibility != Visibility::Summary {
            view.routing = Some(RoutingRef {
                rule: detail.routing.rule.as_str(),
                reason: reader.language.of_words(&detail.routing.reason).to_owned(),
            });
            view.replies = detail.replies.iter().map(ReplyView::from).collect();
            view.stood_for = detail.stands_for.as_ref().map(|incident| StoodForView {
                state: incident.state.as_str(),
                outcome: incident.outcome.map(Outcome::as_str),
                ended_at: incident.ended_at.map(local),
            });
        }
        let named = detail.found.stored.case.incident.proceedings.photos.len();
        view.photos = (named > 0 && detail.found.visibility == Visibility::Full)
            .then(|| PhotoCountsView { named, coming: named.saturating_sub(detail.photos_here) });
        view
    }

    /// One incident in a list.
    #[must_use]
    pub fn item(found: &VisibleIncident, reader: &Reader) -> Self {
        let case = &found.stored.case;
        let incident = &case.incident;
        let readable = found.visibility != Visibility::Summary;
        // Who has it now, and until when, is no longer a former holder's business.
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
                .map(|code| organisation(code, &reader.snapshot.ground)),
            held_since: case.held_since().filter(|_| readable && current).map(local),
            origin: place_view(&case.incident.place, readable, reader),
            title: report.and_then(|report| report.title.clone()),
            description: report.map(|report| report.description.clone()),
            place_text: report.and_then(|report| report.place_text.clone()),
            location: report
                .and_then(|report| report.position.as_ref())
                .map(|position| LocationView::new(position, reader.datum)),
            reporter: (readable && sees_reporter(&reader.actor, case)).then_some(incident.reporter.0),
            routing: None,
            deadlines: if current { deadlines(case, reader) } else { DeadlinesView::default() },
            proceedings: (found.visibility == Visibility::Full).then(|| ProceedingsView::new(case, reader)),
            received_at: local(incident.received_at),
            occurred_at: report.and_then(|report| report.occurred_at).map(local),
            reported_at: report.and_then(|report| report.reported_at).map(local),
            ended_at: incident.ended_at.map(local),
            outcome: incident.outcome.map(Outcome::as_str),
            resolved_level: incident.resolved_level.map(Level::as_str),
            on_spot: incident.on_spot,
            self_verified: incident.self_verified,
            reopened: incident.reopened,
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
