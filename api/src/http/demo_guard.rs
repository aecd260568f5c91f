//! Protects the demo, which has public passwords: it answers requests from this machine only, and none that passed a
//! proxy.

use actix_web::{
    Error, ResponseError,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
    web,
};

use crate::{app::App, http::problem::Problem, problem_code::ProblemCode};
use grassroots_domain::text::localized::localized;

/// Headers that a proxy adds.
const FORWARDED: [&str; 4] = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip"];

/// Refuses requests to the demo that were forwarded by a proxy.
///
/// # Errors
/// The errors of the inner services.
pub async fn around(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let demo = request.app_data::<web::Data<App>>().is_some_and(|app| app.demo);
    if demo && !is_local(&request) {
        let problem = Problem::new(
            ProblemCode::DemoIsLocal,
            localized!(
                "演示账号的密码是公开的，只接受本机直接访问",
                "the demo has public passwords and serves this machine only, without a proxy"
            ),
        );
        return Ok(request.into_response(problem.error_response()));
    }
    next.call(request).await.map(ServiceResponse::map_into_boxed_body)
}

fn is_local(request: &ServiceRequest) -> bool {
    let forwarded = FORWARDED.iter().any(|name| request.headers().contains_key(*name));
    !forwarded && request.peer_addr().is_some_and(|peer| peer.ip().is_loopback())
}
