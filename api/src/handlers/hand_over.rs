//! Hand-over: what a person who leaves or moves leaves behind, and who looks after it.

use actix_web::web;
use grassroots_domain::ids::AccountId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    app::{
        App,
        hand_over::{self as work, HandOverResult, OpenWork},
    },
    handlers::accounts::AccountView,
    http::{body::Body, identity::Identity, params::PathPart, problem::Problem},
    views::{OrganisationView, organisation},
};

/// What would be left behind if an account went.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenWorkView {
    /// Open reports that its owner looks after: reads the replies, answers the desk.
    pub reports: i64,
    /// Results that its owner was sent to look at.
    pub checks: i64,
    /// The organisation its owner works, or worked, for. What it has stays there.
    pub organisation: OrganisationView,
    /// How many others can act for it. With nobody left its incidents lie until the desk above takes them over.
    pub colleagues: i64,
    /// How many incidents it has to act on.
    pub holds: i64,
    /// For how many it answers as a desk.
    pub answers_for: i64,
}

impl OpenWorkView {
    /// The numbers, with the organisation by name.
    pub(super) fn new(work: OpenWork, app: &App) -> Self {
        let OpenWork { reports, checks, organisation: code, colleagues, holds, answers_for } = work;
        let organisation = organisation(code, &app.snapshots.current().ground);
        Self { reports, checks, organisation, colleagues, holds, answers_for }
    }
}

/// An account that went or moved, and what hangs on it still.
#[derive(Debug, Serialize, ToSchema)]
pub struct GoneView {
    /// The account.
    #[serde(flatten)]
    pub account: AccountView,
    /// What was left behind; `hand-over` gives it to somebody else.
    pub open_work: OpenWorkView,
}

/// Who looks after it from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandOverBody {
    /// Another active account of the unit, of somebody who reports.
    pub to: Uuid,
}

/// What was handed over.
#[derive(Debug, Serialize, ToSchema)]
pub struct HandOverView {
    /// Reports that the successor looks after now.
    pub reports: u64,
    /// Results that the successor is to look at now.
    pub checks: u64,
    /// Open incidents that still hang on the person: elsewhere than where the successor works. Reports whose reporter is
    /// promised to stay unknown are in no number here.
    pub left: u64,
}

/// Count what would be left behind if an account went.
#[utoipa::path(get, path = "/v1/accounts/{id}/open-work", tag = "accounts", params(("id" = Uuid, Path, description = "The account")),
    responses((status = 200, description = "Numbers only", body = OpenWorkView)))]
pub async fn open_work(
    who: Identity,
    app: web::Data<App>,
    id: PathPart<Uuid>,
) -> Result<web::Json<OpenWorkView>, Problem> {
    let found = work::open_work(&app, who.signed_in(), AccountId(id.0)).await?;
    Ok(web::Json(OpenWorkView::new(found, &app)))
}

/// Give what hangs on an account to another: open reports to look after, results to look at. May be repeated.
#[utoipa::path(post, path = "/v1/accounts/{id}/hand-over", tag = "accounts", request_body = HandOverBody,
    params(("id" = Uuid, Path, description = "The account of who leaves or moves; it may be disabled already")),
    responses((status = 200, description = "How much", body = HandOverView)))]
pub async fn hand_over(
    who: Identity,
    app: web::Data<App>,
    id: PathPart<Uuid>,
    body: Body<HandOverBody>,
) -> Result<web::Json<HandOverView>, Problem> {
    let to = AccountId(body.0.to);
    let HandOverResult { reports, checks, left } =
        work::hand_over(&app, who.signed_in(), AccountId(id.0), to).await?;
    Ok(web::Json(HandOverView { reports, checks, left }))
}
