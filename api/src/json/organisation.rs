//! An organisation as JSON.

use grassroots_domain::{organisation::OrganisationCode, reference_data::ReferenceData};
use serde::Serialize;
use utoipa::ToSchema;

/// An organisation: the desk of a unit, or one of its departments.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrganisationView {
    /// Code of the unit of the organisation.
    #[schema(example = "411224107")]
    pub unit: String,
    /// The code of the organisation: the unit's code, then `desk` or the type of department.
    #[schema(example = "411224107-urban_management")]
    pub organisation: String,
    /// The name of the organisation.
    pub name: String,
}

/// The organisation with the given code, and its name.
#[must_use]
pub fn organisation(code: OrganisationCode, reference_data: &ReferenceData) -> OrganisationView {
    OrganisationView {
        unit: code.unit.to_string(),
        organisation: code.to_string(),
        name: reference_data.organisations.name(code).unwrap_or(code.kind.zh()).to_owned(),
    }
}
