//! Addresses of resources, for links and `Location` headers. `routes` holds the table of all of them.

use chrono::NaiveDate;
use grassroots_domain::{
    command_kind::CommandKind,
    geography::unit::UnitCode,
    ids::IncidentId,
    reading::{hearings::HearingMetric, share::DateBasis, worklist::Worklist},
};
use uuid::Uuid;

/// Where incidents are listed and reported.
pub const INCIDENTS: &str = "/v1/incidents";
/// Where photos are sent to.
pub const UPLOADS: &str = "/v1/uploads";
/// The list behind a figure of the grassroots share.
pub const SHARE_INCIDENTS: &str = "/v1/statistics/grassroots/incidents";
/// The list behind a figure of hearings.
pub const HEARING_INCIDENTS: &str = "/v1/statistics/hearings/incidents";

/// An incident.
#[must_use]
pub fn incident(id: IncidentId) -> String {
    format!("{INCIDENTS}/{id}")
}

/// Where a command for an incident is posted.
#[must_use]
pub fn command(id: IncidentId, kind: CommandKind) -> String {
    format!("{}/{}", incident(id), kind.as_str().replace('_', "-"))
}

/// The incidents of a worklist, the most urgent first.
#[must_use]
pub fn worklist(worklist: Worklist) -> String {
    format!("{INCIDENTS}?queue={}&sort=due", worklist.as_str())
}

/// An upload.
#[must_use]
pub fn upload(id: Uuid) -> String {
    format!("{UPLOADS}/{id}")
}

/// The incidents behind a figure of the share; the name of the figure is to be appended. `more` narrows the list further.
#[must_use]
pub fn share_incidents(
    unit: UnitCode,
    (from, to): (NaiveDate, NaiveDate),
    basis: DateBasis,
    more: &str,
) -> String {
    format!("{SHARE_INCIDENTS}?unit={unit}&from={from}&to={to}&basis={basis}{more}&figure=")
}

/// The incidents behind a figure of hearings.
#[must_use]
pub fn hearing_incidents(
    unit: UnitCode,
    (from, to): (NaiveDate, NaiveDate),
    figure: HearingMetric,
) -> String {
    format!("{HEARING_INCIDENTS}?unit={unit}&from={from}&to={to}&figure={figure}")
}
