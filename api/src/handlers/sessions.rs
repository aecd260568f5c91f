//! Sessions: sign in, stay signed in, sign out; and one's own account.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    app::{
        App, accounts, own_password, refresh as token_refresh, sessions,
        sign_in::{Credentials, sign_in},
    },
    http::{
        body::Body,
        identity::{ClientAddress, PasswordChangeOnly},
        problem::Problem,
    },
    secret::Secret,
    urls,
    views::account::{MeView, TokensView},
};

/// What somebody signs in with.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInBody {
    /// The user name.
    #[schema(example = "worker")]
    pub username: String,
    /// The password.
    #[schema(value_type = String, format = Password)]
    pub password: Secret,
    /// The id the device gave itself: 1 to 64 characters. The session is then bound to it and lasts 30 days from its
    /// last refresh; without one it lasts 30 minutes, and 12 hours at most.
    pub device: Option<String>,
}

/// A refresh token to be exchanged.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshBody {
    /// The refresh token answered last.
    #[schema(value_type = String)]
    pub refresh_token: Secret,
    /// The id the device signed in with.
    pub device: Option<String>,
}

/// Sign in.
#[utoipa::path(
    post, path = urls::SESSIONS, tag = "sessions", request_body = SignInBody, security(()),
    responses(
        (status = 201, description = "Signed in", body = TokensView),
        (status = 401, description = "`invalid_credentials`", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
        (status = 429, description = "`too_many_attempts`", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
    )
)]
pub async fn create(
    address: ClientAddress,
    app: web::Data<App>,
    body: Body<SignInBody>,
) -> Result<HttpResponse, Problem> {
    let SignInBody { username, password, device } = body.0;
    let credentials = Credentials { username, password, device, address: address.0 };
    let signed_in = sign_in(&app, credentials).await?;
    Ok(HttpResponse::Created().json(TokensView::new(&signed_in, &app.snapshots.current().ground)))
}

/// Exchange the refresh token for a new pair.
#[utoipa::path(
    post, path = urls::SESSION_REFRESH, tag = "sessions", request_body = RefreshBody, security(()),
    responses(
        (status = 200, description = "The next pair", body = TokensView),
        (status = 401, description = "`refresh_token_invalid`, `refresh_token_reused`, `session_ended`", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
    )
)]
pub async fn refresh(app: web::Data<App>, body: Body<RefreshBody>) -> Result<HttpResponse, Problem> {
    let refreshed = token_refresh::refresh(&app, &body.0.refresh_token, body.0.device).await?;
    Ok(HttpResponse::Ok().json(TokensView::new(&refreshed, &app.snapshots.current().ground)))
}

/// Sign out: the session ends at once, access tokens of it included.
#[utoipa::path(
    delete, path = urls::CURRENT_SESSION, tag = "sessions",
    responses((status = 204, description = "Signed out"))
)]
pub async fn delete(who: PasswordChangeOnly, app: web::Data<App>) -> Result<HttpResponse, Problem> {
    sessions::sign_out(&app, who.0.session).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Your account.
#[utoipa::path(get, path = urls::ME, tag = "sessions", responses((status = 200, description = "You", body = MeView)))]
pub async fn me(who: PasswordChangeOnly, app: web::Data<App>) -> Result<web::Json<MeView>, Problem> {
    let account = accounts::me(&app, &who.0).await?;
    Ok(web::Json(MeView::new(&account, &app.snapshots.current().ground)))
}

/// A new password of one's own.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordBody {
    /// The password so far.
    #[schema(value_type = String, format = Password)]
    pub current_password: Secret,
    /// The new one: at least 10 characters of 3 kinds, not a common one, not holding the user name.
    #[schema(value_type = String, format = Password)]
    pub password: Secret,
}

/// Change your password. Your other sessions end.
#[utoipa::path(
    post, path = urls::ME_PASSWORD, tag = "sessions", request_body = PasswordBody,
    responses(
        (status = 204, description = "Changed"),
        (status = 403, description = "`wrong_password`", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
        (status = 422, description = "`weak_password`", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
    )
)]
pub async fn change_password(
    who: PasswordChangeOnly,
    app: web::Data<App>,
    body: Body<PasswordBody>,
) -> Result<HttpResponse, Problem> {
    own_password::change_own_password(&app, &who.0, body.0.current_password, body.0.password).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The public keys that access tokens are signed with, for other systems (RFC 7517).
#[utoipa::path(
    get, path = urls::JWKS, tag = "sessions", security(()),
    responses((status = 200, description = "The keys", body = Object))
)]
pub async fn jwks(app: web::Data<App>) -> web::Json<serde_json::Value> {
    web::Json(app.tokens.jwks())
}
