//! The answer to a command: the state of the incident after it. It contains no texts, so it can be stored for repeats.

use grassroots_domain::{
    account::Actor,
    decision::Decision,
    reading::visibility::{Visibility, visible},
    reference_data::ReferenceData,
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    json::{
        self,
        deadline::DeadlineView,
        organisation::{OrganisationView, organisation},
        schema::{codes, optional_level},
    },
    query_code,
};

/// The state of an incident after a command.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReceiptView {
    /// The id of the incident.
    pub id: Uuid,
    /// The incident number, for people.
    #[schema(example = "20261123-000017")]
    pub incident_no: String,
    /// The version of the incident now. Send it as `If-Match` with the next command.
    pub version: u32,
    /// The state.
    #[schema(schema_with = codes::<grassroots_domain::incident::State>)]
    pub state: &'static str,
    /// The level of the desk that holds the incident, or held it last. Absent if you no longer see the current state.
    #[schema(schema_with = optional_level)]
    pub level: Option<&'static str>,
    /// The organisation that must act next. Absent after the incident has ended, and if you no longer see the current
    /// state.
    pub holder: Option<OrganisationView>,
    /// The deadline of the current step. Absent after the incident has ended, and if you no longer see the current
    /// state.
    pub due: Option<DeadlineView>,
    /// Warnings: the server accepted this, and somebody should check it.
    #[schema(value_type = Vec<String>, example = json!(["photo_missing"]))]
    pub warnings: Vec<&'static str>,
}

/// The answer to `actor` as JSON. It contains only what `actor` may see of the incident after the command.
#[must_use]
pub fn json(key: i64, decision: &Decision, actor: &Actor, reference_data: &ReferenceData) -> String {
    let case = &decision.case;
    let shows_present = matches!(visible(actor, case), Visibility::Full | Visibility::Own);
    let view = ReceiptView {
        id: case.incident().id.0,
        incident_no: query_code::incident_no(key, case.incident()),
        version: case.incident().version,
        state: case.incident().state.as_str(),
        level: case.level().filter(|_| shows_present).map(grassroots_domain::geography::unit::Level::as_str),
        holder: case.holder().filter(|_| shows_present).map(|code| organisation(code, reference_data)),
        due: case
            .due()
            .filter(|_| shows_present)
            .map(|due| DeadlineView::new(due, case.incident().last_event_at())),
        warnings: decision.warnings.iter().map(|warning| warning.as_str()).collect(),
    };
    json::text(&view)
}
