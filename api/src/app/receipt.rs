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

/// Where an incident stands after a command.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReceiptView {
    /// The incident.
    pub id: Uuid,
    /// Its number.
    #[schema(example = "20261123-000017")]
    pub incident_no: String,
    /// Its version now, for the next `If-Match`.
    pub version: u32,
    /// Where it stands.
    #[schema(schema_with = codes::<grassroots_domain::incident::State>)]
    pub state: &'static str,
    /// The level that answers for it, or answered last; absent if your command took the present of it out of your sight.
    #[schema(schema_with = optional_level)]
    pub level: Option<&'static str>,
    /// Who has to act; absent at rest, and if your command took the present of it out of your sight.
    pub holder: Option<OrganisationView>,
    /// When the step it waits for is due; absent at rest, and if your command took the present of it out of your sight.
    pub due: Option<DeadlineView>,
    /// What was taken all the same, and deserves a second look.
    #[schema(value_type = Vec<String>, example = json!(["photo_missing"]))]
    pub warnings: Vec<&'static str>,
}

/// The answer to `actor` as JSON. It contains only what `actor` may see of the incident after the command.
#[must_use]
pub fn json(key: i64, decision: &Decision, actor: &Actor, reference_data: &ReferenceData) -> String {
    let case = &decision.case;
    let shows_present = matches!(visible(actor, case), Visibility::Full | Visibility::Own);
    let view = ReceiptView {
        id: case.incident.id.0,
        incident_no: query_code::incident_no(key, &case.incident),
        version: case.incident.version,
        state: case.incident.state.as_str(),
        level: case.level().filter(|_| shows_present).map(grassroots_domain::geography::unit::Level::as_str),
        holder: case.holder().filter(|_| shows_present).map(|code| organisation(code, reference_data)),
        due: case
            .due()
            .filter(|_| shows_present)
            .map(|due| DeadlineView::new(due, case.incident.last_event_at)),
        warnings: decision.warnings.iter().map(|warning| warning.as_str()).collect(),
    };
    json::text(&view)
}
