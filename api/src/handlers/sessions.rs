//! Sessions: sign in, refresh, sign out; and the own account.

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

/// The credentials for signing in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInBody {
    /// The user name.
    #[schema(example = "worker")]
    pub username: String,
    /// The password.
    #[schema(value_type = String, format = Password)]
    pub password: Secret,
    /// The id that the device created for itself: 1 to 64 characters. The session is then bound to the device and lasts
    /// until 30 days after its last refresh. Without it, the session lasts until 30 minutes after its last refresh, and
    /// at most 12 hours.
    pub device: Option<String>,
}

/// A refresh token to exchange for new tokens.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshBody {
    /// The refresh token of the latest answer.
    #[schema(value_type = String)]
    pub refresh_token: Secret,
    /// The id of the device that signed in. Left out if the session is not bound to a device.
    pub device: Option<String>,
}

/// Sign in.
#[utoipa::path(
    post, path = urls::SESSIONS, tag = "sessions", request_body = SignInBody, security(()),
    responses(
        (status = 201, description = "The tokens of the new session", body = TokensView),
        (status = 401, description = "`invalid_credentials`: the user name or the password is wrong", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
        (status = 429, description = "`too_many_attempts`: try again later", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
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
    Ok(HttpResponse::Created().json(TokensView::new(&signed_in, &app.snapshots.current().reference_data)))
}

/// Exchange the refresh token for a new pair of tokens.
#[utoipa::path(
    post, path = urls::SESSION_REFRESH, tag = "sessions", request_body = RefreshBody, security(()),
    responses(
        (status = 200, description = "The new pair of tokens", body = TokensView),
        (status = 401, description = "`refresh_token_invalid`, `refresh_token_reused`, `session_ended`: sign in again", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
    )
)]
pub async fn refresh(app: web::Data<App>, body: Body<RefreshBody>) -> Result<HttpResponse, Problem> {
    let refreshed = token_refresh::refresh(&app, &body.0.refresh_token, body.0.device).await?;
    Ok(HttpResponse::Ok().json(TokensView::new(&refreshed, &app.snapshots.current().reference_data)))
}

/// Sign out. The session and its access tokens end at once.
#[utoipa::path(
    delete, path = urls::CURRENT_SESSION, tag = "sessions",
    responses((status = 204, description = "The session has ended"))
)]
pub async fn delete(who: PasswordChangeOnly, app: web::Data<App>) -> Result<HttpResponse, Problem> {
    sessions::sign_out(&app, who.0.session).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Read your own account.
#[utoipa::path(get, path = urls::ME, tag = "sessions", responses((status = 200, description = "Your account", body = MeView)))]
pub async fn me(who: PasswordChangeOnly, app: web::Data<App>) -> Result<web::Json<MeView>, Problem> {
    let account = accounts::me(&app, &who.0).await?;
    Ok(web::Json(MeView::new(&account, &app.snapshots.current().reference_data)))
}

/// A new password for the own account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordBody {
    /// The current password.
    #[schema(value_type = String, format = Password)]
    pub current_password: Secret,
    /// The new password: at least 10 characters of 3 kinds. It must not be a common password or contain the user name.
    #[schema(value_type = String, format = Password)]
    pub password: Secret,
}

/// Change your password. Your other sessions end.
#[utoipa::path(
    post, path = urls::ME_PASSWORD, tag = "sessions", request_body = PasswordBody,
    responses(
        (status = 204, description = "The password was changed"),
        (status = 403, description = "`wrong_password`: the current password is wrong", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
        (status = 422, description = "`weak_password`: the new password does not meet the requirements", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
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

/// Read the public keys for checking access tokens, for other systems (RFC 7517).
#[utoipa::path(
    get, path = urls::JWKS, tag = "sessions", security(()),
    responses((status = 200, description = "The public keys as a JSON Web Key Set", body = Object))
)]
pub async fn jwks(app: web::Data<App>) -> web::Json<serde_json::Value> {
    web::Json(app.tokens.jwks())
}
