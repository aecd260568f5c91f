//! All URLs of the API, and the links in answers. `routes` assigns a handler to each URL.

use chrono::NaiveDate;
use grassroots_domain::{
    command_kind::CommandKind,
    geography::unit::UnitCode,
    ids::IncidentId,
    reading::{hearings::HearingMetric, share::DateBasis, worklist::Worklist},
};
use uuid::Uuid;

pub const SESSIONS: &str = "/v1/sessions";
pub const SESSION_REFRESH: &str = "/v1/sessions/refresh";
pub const CURRENT_SESSION: &str = "/v1/sessions/current";
pub const ME: &str = "/v1/me";
pub const ME_PASSWORD: &str = "/v1/me/password";
pub const JWKS: &str = "/.well-known/jwks.json";

pub const ACCOUNTS: &str = "/v1/accounts";
pub const ACCOUNT: &str = "/v1/accounts/{id}";
pub const ACCOUNT_MOVE: &str = "/v1/accounts/{id}/move";
pub const ACCOUNT_DISABLE: &str = "/v1/accounts/{id}/disable";
pub const ACCOUNT_OPEN_WORK: &str = "/v1/accounts/{id}/open-work";
pub const ACCOUNT_HAND_OVER: &str = "/v1/accounts/{id}/hand-over";
pub const ACCOUNT_ENABLE: &str = "/v1/accounts/{id}/enable";
pub const ACCOUNT_RESET_PASSWORD: &str = "/v1/accounts/{id}/reset-password";

pub const UNITS: &str = "/v1/units";
pub const UNIT: &str = "/v1/units/{code}";
pub const ORGANISATIONS: &str = "/v1/organisations";
pub const GRIDS: &str = "/v1/grids";
pub const LOCATE: &str = "/v1/locate";
pub const CATEGORIES: &str = "/v1/categories";

pub const RULES: &str = "/v1/rules";
pub const RULE_VERSIONS: &str = "/v1/rules/versions";
pub const RULE_VERSION: &str = "/v1/rules/versions/{version}";
pub const RULES_DRY_RUN: &str = "/v1/rules/dry-run";
pub const RULES_RECOMPUTE: &str = "/v1/rules/recompute";

pub const INCIDENTS: &str = "/v1/incidents";
pub const QUEUES: &str = "/v1/queues";
pub const QUEUE_SEEN: &str = "/v1/queues/{queue}/seen";
pub const REASONS: &str = "/v1/reasons";
pub const INCIDENT: &str = "/v1/incidents/{id}";
pub const INCIDENT_TIMELINE: &str = "/v1/incidents/{id}/timeline";
pub const INCIDENT_LEGS: &str = "/v1/incidents/{id}/legs";
pub const INCIDENT_ROUTING: &str = "/v1/incidents/{id}/routing";
pub const INCIDENT_ACTIONS: &str = "/v1/incidents/{id}/actions";
pub const INCIDENT_SIMILAR: &str = "/v1/incidents/{id}/similar";
pub const INCIDENT_LINKAGES: &str = "/v1/incidents/{id}/linkages";
pub const INCIDENT_PHOTOS: &str = "/v1/incidents/{id}/photos";
pub const PHOTO: &str = "/v1/photos/{id}";
pub const UPLOADS: &str = "/v1/uploads";
pub const UPLOAD: &str = "/v1/uploads/{id}";

pub const INCIDENT_ACCEPT: &str = "/v1/incidents/{id}/accept";
pub const INCIDENT_DECLINE: &str = "/v1/incidents/{id}/decline";
pub const INCIDENT_REQUEST_INFO: &str = "/v1/incidents/{id}/request-info";
pub const INCIDENT_SUPPLEMENT: &str = "/v1/incidents/{id}/supplement";
pub const INCIDENT_DISPATCH: &str = "/v1/incidents/{id}/dispatch";
pub const INCIDENT_ACCEPT_AND_DISPATCH: &str = "/v1/incidents/{id}/accept-and-dispatch";
pub const INCIDENT_SETTLE: &str = "/v1/incidents/{id}/settle";
pub const INCIDENT_WITHDRAW_REPORT: &str = "/v1/incidents/{id}/withdraw-report";
pub const INCIDENT_OBJECT: &str = "/v1/incidents/{id}/object";
pub const INCIDENT_REDISPATCH: &str = "/v1/incidents/{id}/redispatch";
pub const INCIDENT_WITHDRAW: &str = "/v1/incidents/{id}/withdraw";
pub const INCIDENT_ESCALATE: &str = "/v1/incidents/{id}/escalate";
pub const INCIDENT_HAND_DOWN: &str = "/v1/incidents/{id}/hand-down";
pub const INCIDENT_TRANSFER: &str = "/v1/incidents/{id}/transfer";
pub const INCIDENT_TAKE_OVER: &str = "/v1/incidents/{id}/take-over";
pub const INCIDENT_REFER: &str = "/v1/incidents/{id}/refer";
pub const INCIDENT_CORRECT: &str = "/v1/incidents/{id}/correct";
pub const INCIDENT_MERGE: &str = "/v1/incidents/{id}/merge";
pub const INCIDENT_UNMERGE: &str = "/v1/incidents/{id}/unmerge";
pub const INCIDENT_VOID: &str = "/v1/incidents/{id}/void";
pub const INCIDENT_ACKNOWLEDGE: &str = "/v1/incidents/{id}/acknowledge";
pub const INCIDENT_RETURN: &str = "/v1/incidents/{id}/return";
pub const INCIDENT_DISPUTE: &str = "/v1/incidents/{id}/dispute";
pub const INCIDENT_ARBITRATE: &str = "/v1/incidents/{id}/arbitrate";
pub const INCIDENT_ARRIVE: &str = "/v1/incidents/{id}/arrive";
pub const INCIDENT_CALL_IN: &str = "/v1/incidents/{id}/call-in";
pub const INCIDENT_ANSWER: &str = "/v1/incidents/{id}/answer";
pub const INCIDENT_EXTEND: &str = "/v1/incidents/{id}/extend";
pub const INCIDENT_SUSPEND: &str = "/v1/incidents/{id}/suspend";
pub const INCIDENT_RESUME: &str = "/v1/incidents/{id}/resume";
pub const INCIDENT_SUBMIT_RESULT: &str = "/v1/incidents/{id}/submit-result";
pub const INCIDENT_REQUEST_CHECK: &str = "/v1/incidents/{id}/request-check";
pub const INCIDENT_REPORT_CHECK: &str = "/v1/incidents/{id}/report-check";
pub const INCIDENT_REWORK: &str = "/v1/incidents/{id}/rework";
pub const INCIDENT_CLOSE: &str = "/v1/incidents/{id}/close";
pub const INCIDENT_FORCE_CLOSE: &str = "/v1/incidents/{id}/force-close";
pub const INCIDENT_FOLLOW_UP: &str = "/v1/incidents/{id}/follow-up";
pub const INCIDENT_REOPEN: &str = "/v1/incidents/{id}/reopen";
pub const INCIDENT_APPROVE: &str = "/v1/incidents/{id}/approve";
pub const INCIDENT_REJECT: &str = "/v1/incidents/{id}/reject";
pub const INCIDENT_REMIND: &str = "/v1/incidents/{id}/remind";
pub const INCIDENT_SUPERVISE: &str = "/v1/incidents/{id}/supervise";
pub const INCIDENT_REPLY: &str = "/v1/incidents/{id}/reply";
pub const INCIDENT_LIFT: &str = "/v1/incidents/{id}/lift";
pub const INCIDENT_LINK: &str = "/v1/incidents/{id}/link";
pub const INCIDENT_RECORD: &str = "/v1/incidents/{id}/record";
pub const INCIDENT_CONCLUDE: &str = "/v1/incidents/{id}/conclude";
pub const INCIDENT_INVOLVE: &str = "/v1/incidents/{id}/involve";
pub const INCIDENT_ADD_PHOTOS: &str = "/v1/incidents/{id}/add-photos";
pub const INCIDENT_COMMENT: &str = "/v1/incidents/{id}/comment";

pub const STATISTICS_GRASSROOTS: &str = "/v1/statistics/grassroots";
pub const STATISTICS_GRASSROOTS_INCIDENTS: &str = "/v1/statistics/grassroots/incidents";

pub const STATISTICS_HEARINGS: &str = "/v1/statistics/hearings";
pub const STATISTICS_HEARINGS_INCIDENTS: &str = "/v1/statistics/hearings/incidents";

pub const HEALTHZ_LIVE: &str = "/healthz/live";
pub const HEALTHZ_READY: &str = "/healthz/ready";

/// The URL of an incident.
#[must_use]
pub fn incident(id: IncidentId) -> String {
    INCIDENT.replace("{id}", &id.to_string())
}

/// The URL to which a command for an incident is posted.
#[must_use]
pub fn command(id: IncidentId, kind: CommandKind) -> String {
    format!("{}/{}", incident(id), kind.as_str().replace('_', "-"))
}

/// The URL of the incidents in a worklist, the most urgent first.
#[must_use]
pub fn worklist(worklist: Worklist) -> String {
    format!("{INCIDENTS}?queue={}&sort=due", worklist.as_str())
}

/// The URL of an upload.
#[must_use]
pub fn upload(id: Uuid) -> String {
    UPLOAD.replace("{id}", &id.to_string())
}

/// The URL of the incidents counted in a figure of the grassroots resolution rate, without the name of the figure.
/// `more` holds further filters.
#[must_use]
pub fn share_incidents(
    unit: UnitCode,
    (from, to): (NaiveDate, NaiveDate),
    basis: DateBasis,
    more: &str,
) -> String {
    format!("{STATISTICS_GRASSROOTS_INCIDENTS}?unit={unit}&from={from}&to={to}&basis={basis}{more}&figure=")
}

/// The URL of the incidents counted in a figure of the hearings.
#[must_use]
pub fn hearing_incidents(
    unit: UnitCode,
    (from, to): (NaiveDate, NaiveDate),
    figure: HearingMetric,
) -> String {
    format!("{STATISTICS_HEARINGS_INCIDENTS}?unit={unit}&from={from}&to={to}&figure={figure}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_resources() {
        let id = IncidentId(Uuid::from_u128(7));
        assert_eq!(incident(id), "/v1/incidents/00000000-0000-0000-0000-000000000007");
        assert_eq!(
            command(id, CommandKind::RequestInfo),
            INCIDENT_REQUEST_INFO.replace("{id}", &id.to_string())
        );
        assert_eq!(upload(Uuid::from_u128(7)), "/v1/uploads/00000000-0000-0000-0000-000000000007");
        assert_eq!(worklist(Worklist::ALL[0]).split('?').next(), Some(INCIDENTS));
    }
}
