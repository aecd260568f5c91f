//! The identity of the caller. A handler without this parameter is public.

use std::{future::Future, net::IpAddr, pin::Pin, sync::Arc};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header::AUTHORIZATION, web};
use grassroots_domain::{account::Actor, text::localized::localized};
use ipnet::IpNet;

use crate::{
    app::{App, actors::SignedIn, sessions},
    http::problem::Problem,
    problem_code::ProblemCode,
};

/// A caller who is signed in and need not change the password first.
#[derive(Clone, Debug)]
pub struct Identity {
    who: Arc<SignedIn>,
    actor: Arc<Actor>,
}

impl Identity {
    /// The caller, as the rules need it.
    #[must_use]
    pub fn actor(&self) -> Arc<Actor> {
        Arc::clone(&self.actor)
    }

    /// The caller, with the session.
    #[must_use]
    pub fn signed_in(&self) -> &SignedIn {
        &self.who
    }
}

/// A caller who is signed in. The password may still have to be changed.
#[derive(Clone, Debug)]
pub struct PasswordChangeOnly(pub Arc<SignedIn>);

impl FromRequest for PasswordChangeOnly {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let app = request.app_data::<web::Data<App>>().cloned();
        let token = bearer(request).map(str::to_owned);
        Box::pin(async move {
            let app = app.ok_or_else(crate::http::render::internal)?;
            let token = token.ok_or_else(unauthenticated)?;
            let now = app.clock.now();
            let bearer = app.tokens.verify(&token, now)?;
            Ok(Self(sessions::signed_in(&app, bearer, now).await?))
        })
    }
}

impl FromRequest for Identity {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let newcomer = PasswordChangeOnly::from_request(request, payload);
        Box::pin(async move {
            let PasswordChangeOnly(who) = newcomer.await?;
            if who.account.must_change_password {
                return Err(Problem::new(
                    ProblemCode::PasswordChangeRequired,
                    localized!(
                        "这是初始密码，请先用 POST /v1/me/password 修改",
                        "this is a first password; change it with POST /v1/me/password"
                    ),
                ));
            }
            let actor = Arc::new(who.actor());
            Ok(Self { who, actor })
        })
    }
}

fn bearer(request: &HttpRequest) -> Option<&str> {
    let value = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

fn unauthenticated() -> Problem {
    Problem::new(
        ProblemCode::Unauthenticated,
        localized!(
            "请先登录：POST /v1/sessions，然后在 Authorization 中带上 Bearer 令牌",
            "sign in with POST /v1/sessions and send the access token as Authorization: Bearer"
        ),
    )
}

/// The address of the client: the connected peer, or the address that a trusted proxy states.
#[derive(Clone, Copy, Debug)]
pub struct ClientAddress(pub IpAddr);

/// The proxies whose headers are trusted.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(pub Vec<IpNet>);

impl FromRequest for ClientAddress {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        // There is no peer in the test of a single handler. All clients then share one address.
        let peer = request.peer_addr().map_or(IpAddr::from([0, 0, 0, 0]), |address| address.ip());
        let trusted = request.app_data::<web::Data<TrustedProxies>>();
        let forwarded = trusted
            .filter(|proxies| proxies.0.iter().any(|network| network.contains(&peer)))
            .and_then(|_| forwarded(request));
        std::future::ready(Ok(Self(forwarded.unwrap_or(peer))))
    }
}

/// The last address in `X-Forwarded-For`. Our own proxy added it.
fn forwarded(request: &HttpRequest) -> Option<IpAddr> {
    request.headers().get("x-forwarded-for")?.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
}
