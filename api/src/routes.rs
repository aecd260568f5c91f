//! The table of all routes: the URL, the method and the handler. The API manual is generated from the same table.

use actix_web::{HttpResponse, http::header::ALLOW, web};
use utoipa::OpenApi;

use crate::{
    handlers::{
        accounts, catalogue,
        commands::{closing, desk, linkages, oversight, work},
        hand_over, health, incidents, photos, reports, rules, sessions, statistics, uploads, worklists,
    },
    http::problem::Problem,
    urls,
    views::problem::{FieldErrorView, ProblemView},
};

/// The methods in the table. `OPTIONS` is added, because the framework has no function for it.
mod method {
    pub use actix_web::web::{delete, get, head, patch, post};

    pub fn options() -> actix_web::Route {
        actix_web::web::method(actix_web::http::Method::OPTIONS)
    }
}

/// Declares every resource with its methods, registers them, and documents them.
macro_rules! routes {
    ($($url:ident { $($method:ident $($handler:ident)::+),+ $(,)? })+) => {
        /// Registers every route.
        pub fn configure(config: &mut web::ServiceConfig) {
            $(
                let allowed = [$(stringify!($method)),+].join(", ").to_uppercase();
                config.service(
                    web::resource(urls::$url)$(.route(method::$method().to($($handler)::+)))+
                        .default_service(web::to(move || method_not_allowed(allowed.clone()))),
                );
            )+
        }

        /// Method and URL of every route.
        pub const TABLE: &[(&str, &str)] = &[$($((stringify!($method), urls::$url),)+)+];

        /// The documentation of every route.
        #[derive(OpenApi)]
        #[openapi(
            info(
                title = "grassroots",
                description = "Field reporting for grid governance. Grid workers report incidents. The server sends each report to the desk of a village, township or county, records its legs and deadlines, and computes the grassroots resolution rate.",
                license(name = "Apache-2.0", identifier = "Apache-2.0"),
            ),
            paths($($($($handler)::+,)+)+),
            components(schemas(ProblemView, FieldErrorView)),
        )]
        pub(crate) struct Api;
    };
}

routes! {
    SESSIONS { post sessions::create }
    SESSION_REFRESH { post sessions::refresh }
    CURRENT_SESSION { delete sessions::delete }
    ME { get sessions::me }
    ME_PASSWORD { post sessions::change_password }
    JWKS { get sessions::jwks }

    ACCOUNTS { get accounts::list, post accounts::create }
    ACCOUNT { get accounts::get }
    ACCOUNT_MOVE { post accounts::move_to }
    ACCOUNT_DISABLE { post accounts::disable }
    ACCOUNT_OPEN_WORK { get hand_over::open_work }
    ACCOUNT_HAND_OVER { post hand_over::hand_over }
    ACCOUNT_ENABLE { post accounts::enable }
    ACCOUNT_RESET_PASSWORD { post accounts::reset_password }

    UNITS { get catalogue::units }
    UNIT { get catalogue::unit }
    ORGANISATIONS { get catalogue::organisations }
    GRIDS { get catalogue::grids }
    LOCATE { get catalogue::locate }
    CATEGORIES { get catalogue::categories }

    RULES { get rules::read, patch rules::change }
    RULE_VERSIONS { get rules::versions }
    RULE_VERSION { get rules::version }
    RULES_DRY_RUN { post rules::dry_run }
    RULES_RECOMPUTE { post rules::recompute }

    INCIDENTS { post reports::create, get incidents::list }
    QUEUES { get worklists::counts }
    QUEUE_SEEN { post worklists::seen }
    REASONS { get catalogue::reasons }
    INCIDENT { get incidents::read }
    INCIDENT_TIMELINE { get incidents::timeline }
    INCIDENT_LEGS { get incidents::legs }
    INCIDENT_ROUTING { get incidents::routing }
    INCIDENT_ACTIONS { get incidents::actions }
    INCIDENT_SIMILAR { get incidents::similar }
    INCIDENT_LINKAGES { get incidents::linkages }
    INCIDENT_PHOTOS { get photos::list }
    PHOTO { get photos::read }
    UPLOADS { options uploads::options, post uploads::create }
    UPLOAD { head uploads::head, patch uploads::append, delete uploads::terminate }

    INCIDENT_ACCEPT { post desk::accept }
    INCIDENT_DECLINE { post desk::decline }
    INCIDENT_REQUEST_INFO { post desk::request_info }
    INCIDENT_SUPPLEMENT { post desk::supplement }
    INCIDENT_DISPATCH { post desk::dispatch }
    INCIDENT_ACCEPT_AND_DISPATCH { post desk::accept_and_dispatch }
    INCIDENT_SETTLE { post work::settle }
    INCIDENT_WITHDRAW_REPORT { post desk::withdraw_report }
    INCIDENT_OBJECT { post closing::object }
    INCIDENT_REDISPATCH { post desk::redispatch }
    INCIDENT_WITHDRAW { post desk::withdraw }
    INCIDENT_ESCALATE { post desk::escalate }
    INCIDENT_HAND_DOWN { post desk::hand_down }
    INCIDENT_TRANSFER { post desk::transfer }
    INCIDENT_TAKE_OVER { post desk::take_over }
    INCIDENT_REFER { post desk::refer }
    INCIDENT_CORRECT { post desk::correct }
    INCIDENT_MERGE { post desk::merge }
    INCIDENT_UNMERGE { post desk::unmerge }
    INCIDENT_VOID { post desk::void }
    INCIDENT_ACKNOWLEDGE { post work::acknowledge }
    INCIDENT_RETURN { post work::return_work }
    INCIDENT_DISPUTE { post work::dispute }
    INCIDENT_ARBITRATE { post work::arbitrate }
    INCIDENT_ARRIVE { post work::arrive }
    INCIDENT_CALL_IN { post work::call_in }
    INCIDENT_ANSWER { post work::answer }
    INCIDENT_EXTEND { post work::extend }
    INCIDENT_SUSPEND { post work::suspend }
    INCIDENT_RESUME { post work::resume }
    INCIDENT_SUBMIT_RESULT { post work::submit_result }
    INCIDENT_REQUEST_CHECK { post closing::request_check }
    INCIDENT_REPORT_CHECK { post closing::report_check }
    INCIDENT_REWORK { post closing::rework }
    INCIDENT_CLOSE { post closing::close }
    INCIDENT_FORCE_CLOSE { post closing::force_close }
    INCIDENT_FOLLOW_UP { post closing::follow_up }
    INCIDENT_REOPEN { post closing::reopen }
    INCIDENT_APPROVE { post oversight::approve }
    INCIDENT_REJECT { post oversight::reject }
    INCIDENT_REMIND { post oversight::remind }
    INCIDENT_SUPERVISE { post oversight::supervise }
    INCIDENT_REPLY { post oversight::reply }
    INCIDENT_LIFT { post oversight::lift }
    INCIDENT_LINK { post linkages::link }
    INCIDENT_RECORD { post linkages::record }
    INCIDENT_CONCLUDE { post linkages::conclude }
    INCIDENT_INVOLVE { post linkages::involve }
    INCIDENT_ADD_PHOTOS { post oversight::add_photos }
    INCIDENT_COMMENT { post oversight::comment }

    STATISTICS_GRASSROOTS { get statistics::grassroots }
    STATISTICS_GRASSROOTS_INCIDENTS { get statistics::behind }

    STATISTICS_HEARINGS { get statistics::hearings }
    STATISTICS_HEARINGS_INCIDENTS { get statistics::behind_hearings }

    HEALTHZ_LIVE { get health::live }
    HEALTHZ_READY { get health::ready }
}

async fn method_not_allowed(allowed: String) -> HttpResponse {
    HttpResponse::MethodNotAllowed().insert_header((ALLOW, allowed)).finish()
}

/// Answers requests whose URL is not in the table.
///
/// # Errors
/// Always: 404.
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
