//! Accounts, managed by the security administrator.

use actix_web::{HttpResponse, web};
use grassroots_domain::{
    account::Role,
    geography::unit::{GridCode, UnitCode},
    ids::AccountId,
    organisation::OrganisationCode,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    app::{
        App, account_changes, accounts,
        assignments::Assignment,
        registration::{self, FirstPassword, NewAccount},
    },
    auth::usernames::is_username,
    http::{
        body::Body,
        identity::Identity,
        params::{Params, PathPart, optional, wrong},
        problem::Problem,
    },
    json::schema::codes,
    secret::Secret,
    urls,
    validation::fields::Fields,
    views::{
        account::{AccountView, CredentialsView},
        open_work::GoneView,
    },
};

/// The number of accounts in an answer, if the request states none.
const DEFAULT_LIMIT: u32 = 50;

/// The new role, organisation and grids of an account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PostBody {
    /// The role.
    #[schema(schema_with = codes::<Role>)]
    pub role: String,
    /// Code of the organisation: a desk for the roles of a desk, a department for handlers.
    #[schema(example = "411224107-desk")]
    pub organisation: String,
    /// Codes of the grids of a grid worker, 15 digits each. The first one is the main grid. Empty for other roles.
    #[serde(default)]
    pub grids: Vec<String>,
}

/// A new account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountBody {
    /// The user name for signing in: 3 to 32 characters of a–z, 0–9, dot, hyphen and underscore.
    pub username: String,
    /// The name shown to other people: up to 50 characters.
    pub display_name: String,
    /// The role.
    #[schema(schema_with = codes::<Role>)]
    pub role: String,
    /// Code of the organisation: a desk for the roles of a desk, a department for handlers.
    #[schema(example = "411224107-desk")]
    pub organisation: String,
    /// Codes of the grids of a grid worker, 15 digits each. The first one is the main grid. Empty for other roles.
    #[serde(default)]
    pub grids: Vec<String>,
    /// The first password. If it is left out, the server creates one. The owner must change it at the first sign-in.
    #[schema(value_type = Option<String>, format = Password)]
    pub password: Option<Secret>,
}

fn post(role: &str, organisation: &str, grids: &[String]) -> Result<Assignment, Problem> {
    let mut fields = Fields::default();
    let role: Option<Role> = fields.parse("/role", role);
    let organisation: Option<OrganisationCode> = fields.parse("/organisation", organisation);
    let numbered = grids.iter().enumerate();
    let grids: Vec<GridCode> =
        numbered.filter_map(|(index, grid)| fields.parse(&format!("/grids/{index}"), grid)).collect();
    let made = role.zip(organisation).map(|(role, organisation)| Assignment { role, organisation, grids });
    Ok(fields.done(made)?)
}

/// The accounts to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AccountParams {
    /// Code of the unit whose accounts are listed, with the units below it. Your own unit if left out.
    pub unit: Option<String>,
    /// The list starts after this user name.
    pub after: Option<String>,
    /// The number of accounts in the answer: 1 to 200; 50 if left out.
    pub limit: Option<u32>,
}

/// A list of accounts.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountsView {
    /// The accounts, sorted by user name.
    pub accounts: Vec<AccountView>,
}

/// List accounts.
#[utoipa::path(get, path = urls::ACCOUNTS, tag = "accounts", params(AccountParams),
    responses((status = 200, description = "The accounts, sorted by user name", body = AccountsView)))]
pub async fn list(
    who: Identity,
    app: web::Data<App>,
    params: Params<AccountParams>,
) -> Result<web::Json<AccountsView>, Problem> {
    let AccountParams { unit, after, limit } = params.0;
    let unit: Option<UnitCode> = optional("unit", unit.as_deref())?;
    let limit = limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=accounts::MAX_PAGE).contains(&limit) {
        return Err(wrong("limit", &limit.to_string(), &format!("1–{}", accounts::MAX_PAGE)));
    }
    if let Some(name) = after.as_deref().filter(|name| !is_username(name)) {
        return Err(wrong("after", name, &"a–z, 0–9, ., _, -"));
    }
    let page = accounts::list(&app, who.signed_in(), unit, after, limit).await?;
    let snapshot = app.snapshots.current();
    let accounts = page.iter().map(|account| AccountView::new(account, &snapshot.reference_data));
    Ok(web::Json(AccountsView { accounts: accounts.collect() }))
}

/// Create an account.
#[utoipa::path(post, path = urls::ACCOUNTS, tag = "accounts", request_body = AccountBody,
    responses((status = 201, description = "The new account with its one-time password", body = CredentialsView)))]
pub async fn create(
    who: Identity,
    app: web::Data<App>,
    body: Body<AccountBody>,
) -> Result<HttpResponse, Problem> {
    let AccountBody { username, display_name, role, organisation, grids, password } = body.0;
    let post = post(&role, &organisation, &grids)?;
    let password = password.map_or(FirstPassword::Generated, FirstPassword::Given);
    let new = NewAccount { username, display_name, post, password };
    let snapshot = app.snapshots.current();
    let created = registration::create(&app, who.signed_in(), &snapshot.reference_data, new).await?;
    Ok(HttpResponse::Created().json(CredentialsView {
        account: Some(AccountView::new(&created.account, &snapshot.reference_data)),
        one_time_password: created.one_time_password.map(|password| password.expose().to_owned()),
    }))
}

/// Read an account.
#[utoipa::path(get, path = urls::ACCOUNT, tag = "accounts", params(("id" = Uuid, Path, description = "The id of the account")),
    responses((status = 200, description = "The account", body = AccountView)))]
pub async fn get(
    who: Identity,
    app: web::Data<App>,
    id: PathPart<Uuid>,
) -> Result<web::Json<AccountView>, Problem> {
    let account = accounts::get(&app, who.signed_in(), AccountId(id.0)).await?;
    Ok(web::Json(AccountView::new(&account, &app.snapshots.current().reference_data)))
}

/// Change the role, the organisation or the grids of an account. The change takes effect at once.
#[utoipa::path(post, path = urls::ACCOUNT_MOVE, tag = "accounts", request_body = PostBody,
    params(("id" = Uuid, Path, description = "The id of the account")),
    responses((status = 200, description = "The changed account and its open work", body = GoneView)))]
pub async fn move_to(
    who: Identity,
    app: web::Data<App>,
    id: PathPart<Uuid>,
    body: Body<PostBody>,
) -> Result<web::Json<GoneView>, Problem> {
    let post = post(&body.0.role, &body.0.organisation, &body.0.grids)?;
    let snapshot = app.snapshots.current();
    let (account, work) =
        account_changes::move_to(&app, who.signed_in(), &snapshot.reference_data, AccountId(id.0), post)
            .await?;
    Ok(web::Json(GoneView::new(&account, work, &snapshot.reference_data)))
}

/// Disable an account. It can no longer sign in, and its sessions end at once.
#[utoipa::path(post, path = urls::ACCOUNT_DISABLE, tag = "accounts", params(("id" = Uuid, Path, description = "The id of the account")),
    responses((status = 200, description = "The disabled account and its open work", body = GoneView)))]
pub async fn disable(
    who: Identity,
    app: web::Data<App>,
    id: PathPart<Uuid>,
) -> Result<web::Json<GoneView>, Problem> {
    let (account, work) = account_changes::disable(&app, who.signed_in(), AccountId(id.0)).await?;
    Ok(web::Json(GoneView::new(&account, work, &app.snapshots.current().reference_data)))
}

/// Enable a disabled account. It can sign in again.
#[utoipa::path(post, path = urls::ACCOUNT_ENABLE, tag = "accounts", params(("id" = Uuid, Path, description = "The id of the account")),
    responses((status = 200, description = "The enabled account", body = AccountView)))]
pub async fn enable(
    who: Identity,
    app: web::Data<App>,
    id: PathPart<Uuid>,
) -> Result<web::Json<AccountView>, Problem> {
    let account = account_changes::enable(&app, who.signed_in(), AccountId(id.0)).await?;
    Ok(web::Json(AccountView::new(&account, &app.snapshots.current().reference_data)))
}

/// Reset the password of an account. The answer holds a one-time password. The account's sessions end at once.
#[utoipa::path(post, path = urls::ACCOUNT_RESET_PASSWORD, tag = "accounts", params(("id" = Uuid, Path, description = "The id of the account")),
    responses((status = 200, description = "The one-time password, which is shown only in this answer", body = CredentialsView)))]
pub async fn reset_password(
    who: Identity,
    app: web::Data<App>,
    id: PathPart<Uuid>,
) -> Result<web::Json<CredentialsView>, Problem> {
    let password = account_changes::reset_password(&app, who.signed_in(), AccountId(id.0)).await?;
    Ok(web::Json(CredentialsView { account: None, one_time_password: Some(password.expose().to_owned()) }))
}
