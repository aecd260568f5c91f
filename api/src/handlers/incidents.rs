//! Incidents: report, read, list.

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    http::header::{CONTENT_LANGUAGE, LOCATION},
    web,
};
use chrono::{DateTime, FixedOffset};
use grassroots_domain::{
    account::Role,
    decide,
    geography::{datum::Datum, position::PositionSource},
    ids::IncidentId,
    incident::State,
    reading::visibility::Visibility,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    app::{
        App,
        error::IncidentError,
        incidents::{self, VisibleIncident},
        intake::{self, IntakeResult, ReportInput, SentLocation},
        photos::SentPhoto,
        similar,
    },
    handlers::{
        incident_list::{self, ListParams},
        photos::PhotoBody,
    },
    http::{
        body::{Body, Object},
        headers::etag,
        identity::Identity,
        language::Language,
        params::{Params, PathPart, optional},
        problem::Problem,
    },
    views::{
        codes,
        incident::{IncidentView, IncidentsView, Reader, RoutingView, SimilarView},
        linkage::LinkagesView,
        optional_codes,
        timeline::{LegsView, TimelineView},
    },
};

/// A report.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportBody {
    /// Identity, made on the phone: any UUID. The same report sent again under it changes nothing.
    pub id: Uuid,
    /// Four digits; `GET /v1/categories` lists them.
    #[schema(example = "5002")]
    pub category: String,
    /// What happened: 5 to 2,000 characters. Identity, card and phone numbers are masked (写事不写人).
    #[schema(example = "村口井盖缺失，夜间无灯，车辆绕行")]
    pub description: String,
    /// Where, in numbers. May be left out when `place_text` says where it is.
    #[schema(value_type = Option<LocationBody>)]
    pub location: Option<Object<LocationBody>>,
    /// How bad it is, if worse than the category says.
    #[schema(schema_with = optional_codes::<grassroots_domain::rules::category::Severity>)]
    pub severity: Option<String>,
    /// A short name: up to 100 characters.
    pub title: Option<String>,
    /// Where, in words: up to 200 characters.
    pub place_text: Option<String>,
    /// When it happened.
    pub occurred_at: Option<DateTime<FixedOffset>>,
    /// When it was typed.
    pub reported_at: Option<DateTime<FixedOffset>>,
    /// When it was sent; the only field that may differ between repeats.
    pub sent_at: Option<DateTime<FixedOffset>>,
    /// It is settled already: what was done. Only in categories that allow it.
    #[schema(value_type = Option<OnSpotBody>)]
    pub on_spot: Option<Object<OnSpotBody>>,
    /// What it looks like: up to nine photos, whose bytes follow by `POST /v1/uploads`.
    #[serde(default)]
    pub photos: Vec<PhotoBody>,
}

/// A position as the phone has it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LocationBody {
    /// Degrees east.
    #[schema(example = 111.05)]
    pub lon: f64,
    /// Degrees north.
    #[schema(example = 34.05)]
    pub lat: f64,
    /// What the numbers refer to: `wgs84`, `gcj02`, `bd09` or `cgcs2000`. Required: an unlabelled position is 500 m off.
    #[schema(required, example = "wgs84")]
    pub datum: Option<String>,
    /// Radius in which the phone believes to be, in metres.
    pub accuracy_m: Option<f64>,
    /// When the fix was made.
    pub captured_at: Option<DateTime<FixedOffset>>,
    /// How it was found; `gps` if left out.
    #[schema(schema_with = optional_codes::<PositionSource>)]
    pub source: Option<String>,
}

/// What was done on the spot.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OnSpotBody {
    /// In words: up to 2,000 characters.
    pub result: String,
}

impl From<ReportBody> for ReportInput {
    fn from(body: ReportBody) -> Self {
        let utc = |at: Option<DateTime<FixedOffset>>| at.map(|at| at.to_utc());
        Self {
            id: IncidentId(body.id),
            category: body.category,
            severity: body.severity,
            title: body.title,
            description: body.description,
            place_text: body.place_text,
            location: body.location.map(|Object(given)| SentLocation {
                lon: given.lon,
                lat: given.lat,
                datum: given.datum,
                accuracy_m: given.accuracy_m,
                captured_at: utc(given.captured_at),
                source: given.source,
            }),
            occurred_at: utc(body.occurred_at),
            reported_at: utc(body.reported_at),
            sent_at: utc(body.sent_at),
            on_spot: body.on_spot.map(|Object(on_spot)| on_spot.result),
            photos: body.photos.into_iter().map(SentPhoto::from).collect(),
        }
    }
}

/// Report an incident.
///
/// Answers 201 once it is on disk, with the desk that got it and why. The same report under the same id answers 200 with
/// the incident as it is now; other content under that id is a 409 that names both hashes.
#[utoipa::path(
    post, path = "/v1/incidents", tag = "incidents", request_body = ReportBody,
    responses(
        (status = 201, description = "Taken", body = IncidentView, headers(("ETag" = String), ("Location" = String))),
        (status = 200, description = "It was here already", body = IncidentView),
        (status = 409, description = "`report_conflict`, `id_taken`", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
        (status = 422, description = "Fields are wrong", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
    )
)]
pub async fn create(
    who: Identity,
    request: HttpRequest,
    app: web::Data<App>,
    body: Body<ReportBody>,
) -> Result<HttpResponse, Problem> {
    let taken = intake::report(&app, who.actor(), body.0.into()).await?;
    let snapshot = app.snapshots.current();
    let actor = who.actor();
    let reader = reader(&actor, &request, &app, &snapshot);
    let (mut response, detail) = match &taken {
        IntakeResult::Opened(detail) => (HttpResponse::Created(), detail),
        IntakeResult::Repeated(detail) => (HttpResponse::Ok(), detail),
    };
    // It is taken: what may be like it is told if it can be.
    let similar = similar::like(&app, &detail.found).await.unwrap_or_else(|error| {
        tracing::warn!(error = %error, "similar reports cannot be looked up");
        Vec::new()
    });
    let incident = &detail.found.stored.case.incident;
    let view = IncidentView {
        similar: similar.iter().map(SimilarView::from).collect(),
        ..IncidentView::detail(detail, reader)
    };
    Ok(response
        .insert_header(etag(incident.version))
        .insert_header((LOCATION, format!("/v1/incidents/{}", incident.id)))
        .insert_header((CONTENT_LANGUAGE, reader.language.tag()))
        .json(view))
}

/// How one incident is shown.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ShowParams {
    /// Datum of positions in the answer: `wgs84` (default), `gcj02`, `bd09`, `cgcs2000`.
    pub datum: Option<String>,
}

/// Read an incident.
#[utoipa::path(
    get, path = "/v1/incidents/{id}", tag = "incidents", params(("id" = Uuid, Path, description = "The incident"), ShowParams),
    responses(
        (status = 200, description = "As far as you may see it", body = IncidentView, headers(("ETag" = String))),
        (status = 404, description = "None, or not yours to see", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
    )
)]
pub async fn read(
    who: Identity,
    request: HttpRequest,
    app: web::Data<App>,
    id: PathPart<Uuid>,
    params: Params<ShowParams>,
) -> Result<HttpResponse, Problem> {
    let datum = optional("datum", params.0.datum.as_deref())?.unwrap_or(Datum::Wgs84);
    let actor = who.actor();
    let detail = incidents::read(&app, who.actor(), IncidentId(id.0)).await?;
    let snapshot = app.snapshots.current();
    let reader = Reader { datum, ..reader(&actor, &request, &app, &snapshot) };
    Ok(HttpResponse::Ok()
        .insert_header(etag(detail.found.stored.case.incident.version))
        .json(IncidentView::detail(&detail, reader)))
}

/// List incidents.
///
/// Only what you may see. Newest first, or by deadline with `sort=due` (then only incidents with a running clock).
/// `Accept: text/csv` gives the same page as CSV.
#[utoipa::path(
    get, path = "/v1/incidents", tag = "incidents", params(ListParams),
    responses((status = 200, description = "A page", content(
        (IncidentsView = "application/json"), (String = "text/csv")
    )))
)]
pub async fn list(
    who: Identity,
    request: HttpRequest,
    app: web::Data<App>,
    params: Params<ListParams>,
) -> Result<impl Responder, Problem> {
    incident_list::answer(&app, &who, &request, &params.0, None).await
}

/// What happened to an incident.
#[utoipa::path(
    get, path = "/v1/incidents/{id}/timeline", tag = "incidents", params(("id" = Uuid, Path, description = "The incident")),
    responses((status = 200, description = "Its events, oldest first", body = TimelineView))
)]
pub async fn timeline(
    who: Identity,
    request: HttpRequest,
    app: web::Data<App>,
    id: PathPart<Uuid>,
) -> Result<web::Json<TimelineView>, Problem> {
    let history = incidents::history(&app, who.actor(), IncidentId(id.0)).await?;
    // The auditor reads what was done, without words; to others a summary does not tell who worked on it where.
    if history.found.visibility == Visibility::Summary && who.actor().role != Role::AuditAdmin {
        return Err(IncidentError::SummaryOnly.into());
    }
    let (actor, snapshot) = (who.actor(), app.snapshots.current());
    let reader = reader(&actor, &request, &app, &snapshot);
    Ok(web::Json(TimelineView::new(&history, reader)))
}

/// Who answered for an incident, and who worked on it, from when to when.
#[utoipa::path(
    get, path = "/v1/incidents/{id}/legs", tag = "incidents", params(("id" = Uuid, Path, description = "The incident")),
    responses((status = 200, description = "Its legs", body = LegsView))
)]
pub async fn legs(
    who: Identity,
    request: HttpRequest,
    app: web::Data<App>,
    id: PathPart<Uuid>,
) -> Result<web::Json<LegsView>, Problem> {
    let history = incidents::history(&app, who.actor(), IncidentId(id.0)).await?;
    more_than_a_summary(&history.found)?;
    let (actor, snapshot) = (who.actor(), app.snapshots.current());
    let reader = reader(&actor, &request, &app, &snapshot);
    Ok(web::Json(LegsView::new(&history, reader)))
}

/// Why an incident went to its first desk.
#[utoipa::path(
    get, path = "/v1/incidents/{id}/routing", tag = "incidents", params(("id" = Uuid, Path, description = "The incident")),
    responses((status = 200, description = "The decision, what it was made from, and the reason in words", body = RoutingView))
)]
pub async fn routing(
    who: Identity,
    request: HttpRequest,
    app: web::Data<App>,
    id: PathPart<Uuid>,
) -> Result<web::Json<RoutingView>, Problem> {
    let detail = incidents::read(&app, who.actor(), IncidentId(id.0)).await?;
    more_than_a_summary(&detail.found)?;
    let (actor, snapshot) = (who.actor(), app.snapshots.current());
    let reader = reader(&actor, &request, &app, &snapshot);
    Ok(web::Json(RoutingView::new(&detail.routing, reader)))
}

/// What is attached to an incident (联动), and who takes part in it.
#[utoipa::path(
    get, path = "/v1/incidents/{id}/linkages", tag = "incidents", params(("id" = Uuid, Path, description = "The incident")),
    responses((status = 200, description = "Its linkages, oldest first", body = LinkagesView))
)]
pub async fn linkages(
    who: Identity,
    request: HttpRequest,
    app: web::Data<App>,
    id: PathPart<Uuid>,
) -> Result<web::Json<LinkagesView>, Problem> {
    let history = incidents::history(&app, who.actor(), IncidentId(id.0)).await?;
    more_than_a_summary(&history.found)?;
    let (actor, snapshot) = (who.actor(), app.snapshots.current());
    let reader = reader(&actor, &request, &app, &snapshot);
    Ok(web::Json(LinkagesView::new(&history, reader)))
}

/// What may be the same matter.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimilarsView {
    /// Other open reports of the same domain, within 100 m and 72 hours, the nearest first; restricted ones never.
    pub similar: Vec<SimilarView>,
}

/// Which other reports may be of the same matter, to decide on merging them.
#[utoipa::path(
    get, path = "/v1/incidents/{id}/similar", tag = "incidents", params(("id" = Uuid, Path, description = "The incident")),
    responses((status = 200, description = "Ids and categories, and no more", body = SimilarsView))
)]
pub async fn similar(
    who: Identity,
    app: web::Data<App>,
    id: PathPart<Uuid>,
) -> Result<web::Json<SimilarsView>, Problem> {
    let found = similar::of(&app, who.actor(), IncidentId(id.0)).await?;
    Ok(web::Json(SimilarsView { similar: found.iter().map(SimilarView::from).collect() }))
}

/// What the caller may do with an incident.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActionsView {
    /// The version to send as `If-Match`.
    pub version: u32,
    /// Where it stands.
    #[schema(schema_with = codes::<State>)]
    pub state: &'static str,
    /// What may be done now.
    pub actions: Vec<ActionView>,
}

/// Something the caller may do.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActionView {
    /// The command.
    #[schema(schema_with = codes::<grassroots_domain::command_kind::CommandKind>)]
    pub command: &'static str,
    /// Its name.
    pub title: String,
    /// Where to post it.
    pub href: String,
}

/// What you may do with an incident now, so that a client never guesses.
#[utoipa::path(
    get, path = "/v1/incidents/{id}/actions", tag = "incidents", params(("id" = Uuid, Path, description = "The incident")),
    responses((status = 200, description = "The commands open to you", body = ActionsView))
)]
pub async fn actions(
    who: Identity,
    request: HttpRequest,
    app: web::Data<App>,
    id: PathPart<Uuid>,
) -> Result<web::Json<ActionsView>, Problem> {
    let found = incidents::peek(&app, who.actor(), IncidentId(id.0)).await?;
    let snapshot = app.snapshots.current();
    let case = &found.stored.case;
    let language = Language::of(request.headers());
    let commands = snapshot.rules.as_ref().map_or_else(Vec::new, |rules| {
        decide::actions(case, &who.actor(), app.clock.now(), rules, &snapshot.ground)
    });
    let actions = commands.into_iter().map(|kind| ActionView {
        command: kind.as_str(),
        title: language.name((kind.zh(), kind.as_str())),
        href: format!("/v1/incidents/{}/{}", case.incident.id, kind.as_str().replace('_', "-")),
    });
    Ok(web::Json(ActionsView {
        version: case.incident.version,
        state: case.incident.state.as_str(),
        actions: actions.collect(),
    }))
}

/// A summary does not tell who works on it where, nor why.
fn more_than_a_summary(found: &VisibleIncident) -> Result<(), Problem> {
    if found.visibility == Visibility::Summary { Err(IncidentError::SummaryOnly.into()) } else { Ok(()) }
}

fn reader<'a>(
    actor: &'a grassroots_domain::account::Actor,
    request: &HttpRequest,
    app: &App,
    snapshot: &'a crate::app::snapshot::Snapshot,
) -> Reader<'a> {
    let now = app.clock.now();
    Reader { actor, language: Language::of(request.headers()), datum: Datum::Wgs84, now, snapshot }
}
