//! The whole URL table, on one page. The documentation is made from the same table.

use actix_web::{HttpResponse, http::header::ALLOW, web};
use utoipa::OpenApi;

use crate::{
    handlers::{
        accounts, catalogue,
        commands::{closing, desk, linkages, oversight, work},
        hand_over, health, incidents, photos, reports, rules, sessions, statistics, uploads, worklists,
    },
    http::problem::Problem,
    views::problem::{FieldErrorView, ProblemView},
};

/// The methods of the table; the framework has none for `OPTIONS`.
mod method {
    pub use actix_web::web::{delete, get, head, patch, post};

    pub fn options() -> actix_web::Route {
        actix_web::web::method(actix_web::http::Method::OPTIONS)
    }
}

/// Declares every resource with its methods, registers them, and documents them.
macro_rules! routes {
    ($($url:literal { $($method:ident $($handler:ident)::+),+ $(,)? })+) => {
        /// Registers every route.
        pub fn configure(config: &mut web::ServiceConfig) {
            $(
                let allowed = [$(stringify!($method)),+].join(", ").to_uppercase();
                config.service(
                    web::resource($url)$(.route(method::$method().to($($handler)::+)))+
                        .default_service(web::to(move || method_not_allowed(allowed.clone()))),
                );
            )+
        }

        /// Method and URL of every route.
        pub const TABLE: &[(&str, &str)] = &[$($((stringify!($method), $url),)+)+];

        /// The documentation of every route.
        #[derive(OpenApi)]
        #[openapi(
            info(
                title = "grassroots",
                description = "Field reporting for grid governance: reports from the field, routed to village, township or county, followed through legs and deadlines to the share resolved at the grassroots.",
                license(name = "Apache-2.0", identifier = "Apache-2.0"),
            ),
            paths($($($($handler)::+,)+)+),
            components(schemas(ProblemView, FieldErrorView)),
        )]
        pub(crate) struct Api;
    };
}

routes! {
    "/v1/sessions" { post sessions::create }
    "/v1/sessions/refresh" { post sessions::refresh }
    "/v1/sessions/current" { delete sessions::delete }
    "/v1/me" { get sessions::me }
    "/v1/me/password" { post sessions::change_password }
    "/.well-known/jwks.json" { get sessions::jwks }

    "/v1/accounts" { get accounts::list, post accounts::create }
    "/v1/accounts/{id}" { get accounts::get }
    "/v1/accounts/{id}/move" { post accounts::move_to }
    "/v1/accounts/{id}/disable" { post accounts::disable }
    "/v1/accounts/{id}/open-work" { get hand_over::open_work }
    "/v1/accounts/{id}/hand-over" { post hand_over::hand_over }
    "/v1/accounts/{id}/enable" { post accounts::enable }
    "/v1/accounts/{id}/reset-password" { post accounts::reset_password }

    "/v1/units" { get catalogue::units }
    "/v1/units/{code}" { get catalogue::unit }
    "/v1/organisations" { get catalogue::organisations }
    "/v1/grids" { get catalogue::grids }
    "/v1/locate" { get catalogue::locate }
    "/v1/categories" { get catalogue::categories }

    "/v1/rules" { get rules::read, patch rules::change }
    "/v1/rules/versions" { get rules::versions }
    "/v1/rules/versions/{version}" { get rules::version }
    "/v1/rules/dry-run" { post rules::dry_run }
    "/v1/rules/recompute" { post rules::recompute }

    "/v1/incidents" { post reports::create, get incidents::list }
    "/v1/queues" { get worklists::counts }
    "/v1/queues/{queue}/seen" { post worklists::seen }
    "/v1/reasons" { get catalogue::reasons }
    "/v1/incidents/{id}" { get incidents::read }
    "/v1/incidents/{id}/timeline" { get incidents::timeline }
    "/v1/incidents/{id}/legs" { get incidents::legs }
    "/v1/incidents/{id}/routing" { get incidents::routing }
    "/v1/incidents/{id}/actions" { get incidents::actions }
    "/v1/incidents/{id}/similar" { get incidents::similar }
    "/v1/incidents/{id}/linkages" { get incidents::linkages }
    "/v1/incidents/{id}/photos" { get photos::list }
    "/v1/photos/{id}" { get photos::read }
    "/v1/uploads" { options uploads::options, post uploads::create }
    "/v1/uploads/{id}" { head uploads::head, patch uploads::append, delete uploads::terminate }

    "/v1/incidents/{id}/accept" { post desk::accept }
    "/v1/incidents/{id}/decline" { post desk::decline }
    "/v1/incidents/{id}/request-info" { post desk::request_info }
    "/v1/incidents/{id}/supplement" { post desk::supplement }
    "/v1/incidents/{id}/dispatch" { post desk::dispatch }
    "/v1/incidents/{id}/withdraw" { post desk::withdraw }
    "/v1/incidents/{id}/escalate" { post desk::escalate }
    "/v1/incidents/{id}/hand-down" { post desk::hand_down }
    "/v1/incidents/{id}/transfer" { post desk::transfer }
    "/v1/incidents/{id}/take-over" { post desk::take_over }
    "/v1/incidents/{id}/refer" { post desk::refer }
    "/v1/incidents/{id}/correct" { post desk::correct }
    "/v1/incidents/{id}/merge" { post desk::merge }
    "/v1/incidents/{id}/unmerge" { post desk::unmerge }
    "/v1/incidents/{id}/void" { post desk::void }
    "/v1/incidents/{id}/acknowledge" { post work::acknowledge }
    "/v1/incidents/{id}/return" { post work::return_work }
    "/v1/incidents/{id}/dispute" { post work::dispute }
    "/v1/incidents/{id}/arbitrate" { post work::arbitrate }
    "/v1/incidents/{id}/arrive" { post work::arrive }
    "/v1/incidents/{id}/call-in" { post work::call_in }
    "/v1/incidents/{id}/answer" { post work::answer }
    "/v1/incidents/{id}/extend" { post work::extend }
    "/v1/incidents/{id}/suspend" { post work::suspend }
    "/v1/incidents/{id}/resume" { post work::resume }
    "/v1/incidents/{id}/submit-result" { post work::submit_result }
    "/v1/incidents/{id}/request-check" { post closing::request_check }
    "/v1/incidents/{id}/report-check" { post closing::report_check }
    "/v1/incidents/{id}/rework" { post closing::rework }
    "/v1/incidents/{id}/close" { post closing::close }
    "/v1/incidents/{id}/force-close" { post closing::force_close }
    "/v1/incidents/{id}/follow-up" { post closing::follow_up }
    "/v1/incidents/{id}/reopen" { post closing::reopen }
    "/v1/incidents/{id}/approve" { post oversight::approve }
    "/v1/incidents/{id}/reject" { post oversight::reject }
    "/v1/incidents/{id}/remind" { post oversight::remind }
    "/v1/incidents/{id}/supervise" { post oversight::supervise }
    "/v1/incidents/{id}/reply" { post oversight::reply }
    "/v1/incidents/{id}/lift" { post oversight::lift }
    "/v1/incidents/{id}/link" { post linkages::link }
    "/v1/incidents/{id}/record" { post linkages::record }
    "/v1/incidents/{id}/conclude" { post linkages::conclude }
    "/v1/incidents/{id}/involve" { post linkages::involve }
    "/v1/incidents/{id}/add-photos" { post oversight::add_photos }
    "/v1/incidents/{id}/comment" { post oversight::comment }

    "/v1/statistics/grassroots" { get statistics::grassroots }
    "/v1/statistics/grassroots/incidents" { get statistics::behind }

    "/v1/statistics/hearings" { get statistics::hearings }
    "/v1/statistics/hearings/incidents" { get statistics::behind_hearings }

    "/healthz/live" { get health::live }
    "/healthz/ready" { get health::ready }
}

async fn method_not_allowed(allowed: String) -> HttpResponse {
    HttpResponse::MethodNotAllowed().insert_header((ALLOW, allowed)).finish()
}

/// Answers what is in no table.
///
/// # Errors
/// Always: there is nothing here.
pub async fn not_found() -> Result<HttpResponse, Problem> {
    Err(Problem::not_found())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_document_has_exactly_the_routes_of_the_table() {
        let document = crate::openapi::document();
        let json = serde_json::to_value(&document).unwrap();
        let documented: BTreeSet<(String, String)> = json["paths"]
            .as_object()
            .unwrap()
            .iter()
            .flat_map(|(url, methods)| {
                methods.as_object().unwrap().keys().map(move |method| (method.clone(), url.clone()))
            })
            .collect();
        let registered: BTreeSet<(String, String)> =
            TABLE.iter().map(|(method, url)| ((*method).to_owned(), (*url).to_owned())).collect();
        assert_eq!(documented, registered);
    }
}
