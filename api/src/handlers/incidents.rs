//! Incidents: read one, or list them.

use actix_web::{HttpRequest, HttpResponse, Responder, web};
use grassroots_domain::ids::IncidentId;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::{
    app::{App, incidents, similar},
    handlers::incident_list::{self, ListParams},
    http::{
        headers::etag,
        identity::Identity,
        params::{Params, PathPart, optional},
        problem::Problem,
    },
    localization::language::Language,
    urls,
    views::{
        actions::ActionsView,
        incident::{IncidentView, IncidentsView},
        legs::LegsView,
        linkage::LinkagesView,
        reader::Reader,
        routing::RoutingView,
        similar::{SimilarView, SimilarsView},
        timeline::TimelineView,
    },
};

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
    get, path = urls::INCIDENT, tag = "incidents", params(("id" = Uuid, Path, description = "The incident"), ShowParams),
    responses(
        (status = 200, description = "As far as you may see it", body = IncidentView, headers(("ETag" = String))),
        (status = 404, description = "None, or not yours to see", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
    )
)]
pub async fn read(
    reader: Reader,
    app: web::Data<App>,
    id: PathPart<Uuid>,
    params: Params<ShowParams>,
) -> Result<HttpResponse, Problem> {
    let reader = reader.with_datum(optional("datum", params.0.datum.as_deref())?);
    let detail = incidents::read(&app, reader.actor.clone(), IncidentId(id.0)).await?;
    Ok(HttpResponse::Ok()
        .insert_header(etag(detail.found.stored.case.incident.version))
        .json(IncidentView::detail(&detail, &reader)))
}

/// List incidents.
///
/// Only what you may see. Newest first, or by deadline with `sort=due` (then only incidents with a running clock).
/// `Accept: text/csv` gives the same page as CSV.
#[utoipa::path(
    get, path = urls::INCIDENTS, tag = "incidents", params(ListParams),
    responses((status = 200, description = "A page", content(
        (IncidentsView = "application/json"), (String = "text/csv")
    )))
)]
pub async fn list(
    reader: Reader,
    request: HttpRequest,
    app: web::Data<App>,
    params: Params<ListParams>,
) -> Result<impl Responder, Problem> {
    incident_list::answer(&app, reader, &request, &params.0, None).await
}

/// What happened to an incident.
#[utoipa::path(
    get, path = urls::INCIDENT_TIMELINE, tag = "incidents", params(("id" = Uuid, Path, description = "The incident")),
    responses((status = 200, description = "Its events, oldest first", body = TimelineView))
)]
pub async fn timeline(
    reader: Reader,
    app: web::Data<App>,
    id: PathPart<Uuid>,
) -> Result<web::Json<TimelineView>, Problem> {
    let history = incidents::timeline(&app, reader.actor.clone(), IncidentId(id.0)).await?;
    Ok(web::Json(TimelineView::new(&history, &reader)))
}

/// Who answered for an incident, and who worked on it, from when to when.
#[utoipa::path(
    get, path = urls::INCIDENT_LEGS, tag = "incidents", params(("id" = Uuid, Path, description = "The incident")),
    responses((status = 200, description = "Its legs", body = LegsView))
)]
pub async fn legs(
    reader: Reader,
    app: web::Data<App>,
    id: PathPart<Uuid>,
) -> Result<web::Json<LegsView>, Problem> {
    let history = incidents::history(&app, reader.actor.clone(), IncidentId(id.0)).await?;
    Ok(web::Json(LegsView::new(&history, &reader)))
}

/// Why an incident went to its first desk.
#[utoipa::path(
    get, path = urls::INCIDENT_ROUTING, tag = "incidents", params(("id" = Uuid, Path, description = "The incident")),
    responses((status = 200, description = "The decision, what it was made from, and the reason in words", body = RoutingView))
)]
pub async fn routing(
    reader: Reader,
    app: web::Data<App>,
    id: PathPart<Uuid>,
) -> Result<web::Json<RoutingView>, Problem> {
    let routing = incidents::routing(&app, reader.actor.clone(), IncidentId(id.0)).await?;
    Ok(web::Json(RoutingView::new(&routing, &reader)))
}

/// What is attached to an incident (联动), and who takes part in it.
#[utoipa::path(
    get, path = urls::INCIDENT_LINKAGES, tag = "incidents", params(("id" = Uuid, Path, description = "The incident")),
    responses((status = 200, description = "Its linkages, oldest first", body = LinkagesView))
)]
pub async fn linkages(
    reader: Reader,
    app: web::Data<App>,
    id: PathPart<Uuid>,
) -> Result<web::Json<LinkagesView>, Problem> {
    let history = incidents::history(&app, reader.actor.clone(), IncidentId(id.0)).await?;
    Ok(web::Json(LinkagesView::new(&history, &reader)))
}

/// Which other reports may be of the same matter, to decide on merging them.
#[utoipa::path(
    get, path = urls::INCIDENT_SIMILAR, tag = "incidents", params(("id" = Uuid, Path, description = "The incident")),
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

/// What you may do with an incident now, so that a client never guesses.
#[utoipa::path(
    get, path = urls::INCIDENT_ACTIONS, tag = "incidents", params(("id" = Uuid, Path, description = "The incident")),
    responses((status = 200, description = "The commands open to you", body = ActionsView))
)]
pub async fn actions(
    who: Identity,
    language: Language,
    app: web::Data<App>,
    id: PathPart<Uuid>,
) -> Result<web::Json<ActionsView>, Problem> {
    let (incident, commands) = incidents::actions(&app, who.actor(), IncidentId(id.0)).await?;
    Ok(web::Json(ActionsView::new(&incident, &commands, language)))
}
