//! Hand-over: gives the open work of a person who leaves or moves to a successor.

use actix_web::web;
use grassroots_domain::ids::AccountId;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    app::{App, hand_over as work},
    http::{body::Body, identity::Identity, params::PathPart, problem::Problem},
    urls,
    views::open_work::{HandOverView, OpenWorkView},
};

/// The successor.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandOverBody {
    /// The id of another active account of the same unit whose role may report incidents.
    pub to: Uuid,
}

/// Count the open work that an account would leave behind.
#[utoipa::path(get, path = urls::ACCOUNT_OPEN_WORK, tag = "accounts", params(("id" = Uuid, Path, description = "The id of the account")),
    responses((status = 200, description = "The numbers of open reports and checks, and of the organisation's incidents", body = OpenWorkView)))]
pub async fn open_work(
    who: Identity,
    app: web::Data<App>,
    id: PathPart<Uuid>,
) -> Result<web::Json<OpenWorkView>, Problem> {
    let found = work::open_work(&app, who.signed_in(), AccountId(id.0)).await?;
    Ok(web::Json(OpenWorkView::new(found, &app.snapshots.current().reference_data)))
}

/// Give the open work of an account to another: open reports and open checks of results. The request may be repeated.
#[utoipa::path(post, path = urls::ACCOUNT_HAND_OVER, tag = "accounts", request_body = HandOverBody,
    params(("id" = Uuid, Path, description = "The id of the account of the person who leaves or moves. It may already be disabled")),
    responses((status = 200, description = "The numbers of reports and checks that were handed over", body = HandOverView)))]
pub async fn hand_over(
    who: Identity,
    app: web::Data<App>,
    id: PathPart<Uuid>,
    body: Body<HandOverBody>,
) -> Result<web::Json<HandOverView>, Problem> {
    let to = AccountId(body.0.to);
    let done = work::hand_over(&app, who.signed_in(), AccountId(id.0), to).await?;
    Ok(web::Json(done.into()))
}
