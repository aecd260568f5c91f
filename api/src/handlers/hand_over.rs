//! Hand-over: what a person who leaves or moves leaves behind, and who looks after it.

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

/// Who looks after it from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandOverBody {
    /// Another active account of the unit, of somebody who reports.
    pub to: Uuid,
}

/// Count what would be left behind if an account went.
#[utoipa::path(get, path = urls::ACCOUNT_OPEN_WORK, tag = "accounts", params(("id" = Uuid, Path, description = "The account")),
    responses((status = 200, description = "Numbers only", body = OpenWorkView)))]
pub async fn open_work(
    who: Identity,
    app: web::Data<App>,
    id: PathPart<Uuid>,
) -> Result<web::Json<OpenWorkView>, Problem> {
    let found = work::open_work(&app, who.signed_in(), AccountId(id.0)).await?;
    Ok(web::Json(OpenWorkView::new(found, &app.snapshots.current().ground)))
}

/// Give what hangs on an account to another: open reports to look after, results to look at. May be repeated.
#[utoipa::path(post, path = urls::ACCOUNT_HAND_OVER, tag = "accounts", request_body = HandOverBody,
    params(("id" = Uuid, Path, description = "The account of who leaves or moves; it may be disabled already")),
    responses((status = 200, description = "How much", body = HandOverView)))]
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
