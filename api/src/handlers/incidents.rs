//! Incidents: read one incident, or list incidents.

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
    language::Language,
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

/// Options for showing an incident.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ShowParams {
    /// The datum of positions in the answer: `wgs84` (default), `gcj02`, `bd09` or `cgcs2000`.
    pub datum: Option<String>,
}

/// Read an incident.
#[utoipa::path(
    get, path = urls::INCIDENT, tag = "incidents", params(("id" = Uuid, Path, description = "The id of the incident"), ShowParams),
    responses(
        (status = 200, description = "The incident, limited to what you may see", body = IncidentView, headers(("ETag" = String))),
        (status = 404, description = "There is no such incident, or you may not see it", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
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
        .insert_header(etag(detail.found.stored.case.incident().version))
        .json(IncidentView::detail(&detail, &reader)))
}

/// List incidents.
///
/// The list holds only incidents that you may see. The newest come first. With `sort=due` the next deadline decides the
/// order, and only incidents with a running clock are listed. `Accept: text/csv` returns the same page as CSV.
#[utoipa::path(
    get, path = urls::INCIDENTS, tag = "incidents", params(ListParams),
    responses((status = 200, description = "One page of incidents", content(
        (IncidentsView = "application/json"), (String = "text/csv")
    )))
)]
pub async fn list(
    reader: Reader,
    request: HttpRequest,
    app: web::Data<App>,
    params: Params<ListParams>,
) -> Result<impl Responder, Problem> {
    incident_list::answer(&app, reader, &request, &params.0).await
}

/// List the events of an incident.
#[utoipa::path(
    get, path = urls::INCIDENT_TIMELINE, tag = "incidents", params(("id" = Uuid, Path, description = "The id of the incident")),
    responses((status = 200, description = "The events that you may see, oldest first", body = TimelineView))
)]
pub async fn timeline(
    reader: Reader,
    app: web::Data<App>,
    id: PathPart<Uuid>,
) -> Result<web::Json<TimelineView>, Problem> {
    let history = incidents::timeline(&app, reader.actor.clone(), IncidentId(id.0)).await?;
    Ok(web::Json(TimelineView::new(&history, &reader)))
}

/// List the custody legs and handling legs of an incident.
#[utoipa::path(
    get, path = urls::INCIDENT_LEGS, tag = "incidents", params(("id" = Uuid, Path, description = "The id of the incident")),
    responses((status = 200, description = "The legs that you may see, oldest first", body = LegsView))
)]
pub async fn legs(
    reader: Reader,
    app: web::Data<App>,
    id: PathPart<Uuid>,
) -> Result<web::Json<LegsView>, Problem> {
    let history = incidents::history(&app, reader.actor.clone(), IncidentId(id.0)).await?;
    Ok(web::Json(LegsView::new(&history, &reader)))
}

/// Explain why an incident went to its first desk.
#[utoipa::path(
    get, path = urls::INCIDENT_ROUTING, tag = "incidents", params(("id" = Uuid, Path, description = "The id of the incident")),
    responses((status = 200, description = "The routing decision, the facts it is based on, and the reason in words", body = RoutingView))
)]
pub async fn routing(
    reader: Reader,
    app: web::Data<App>,
    id: PathPart<Uuid>,
) -> Result<web::Json<RoutingView>, Problem> {
    let (reported, of) = incidents::routing(&app, reader.actor.clone(), IncidentId(id.0)).await?;
    Ok(web::Json(RoutingView::new(&reported, of, &reader)))
}

/// List the linkages (联动) and the participants of an incident.
#[utoipa::path(
    get, path = urls::INCIDENT_LINKAGES, tag = "incidents", params(("id" = Uuid, Path, description = "The id of the incident")),
    responses((status = 200, description = "The linkages and participants that you may see, oldest first", body = LinkagesView))
)]
pub async fn linkages(
    reader: Reader,
    app: web::Data<App>,
    id: PathPart<Uuid>,
) -> Result<web::Json<LinkagesView>, Problem> {
    let history = incidents::history(&app, reader.actor.clone(), IncidentId(id.0)).await?;
    Ok(web::Json(LinkagesView::new(&history, &reader)))
}

/// List other reports that may be about the same matter, to decide whether to merge them.
#[utoipa::path(
    get, path = urls::INCIDENT_SIMILAR, tag = "incidents", params(("id" = Uuid, Path, description = "The id of the incident")),
    responses((status = 200, description = "The ids and categories of the other reports", body = SimilarsView))
)]
pub async fn similar(
    who: Identity,
    app: web::Data<App>,
    id: PathPart<Uuid>,
) -> Result<web::Json<SimilarsView>, Problem> {
    let found = similar::of(&app, who.actor(), IncidentId(id.0)).await?;
    Ok(web::Json(SimilarsView { similar: found.iter().map(SimilarView::from).collect() }))
}

/// List the commands that you may give for an incident now.
#[utoipa::path(
    get, path = urls::INCIDENT_ACTIONS, tag = "incidents", params(("id" = Uuid, Path, description = "The id of the incident")),
    responses((status = 200, description = "The commands that you may give now", body = ActionsView))
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
