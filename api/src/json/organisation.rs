//! An organisation as JSON.

use grassroots_domain::{organisation::OrganisationCode, reference_data::ReferenceData};
use serde::Serialize;
use utoipa::ToSchema;

/// An organisation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrganisationView {
    /// The unit it belongs to.
    #[schema(example = "411224107")]
    pub unit: String,
    /// Its code: the unit, and `desk` or the type of department.
    #[schema(example = "411224107-urban_management")]
    pub organisation: String,
    /// Its name.
    pub name: String,
}

/// An organisation by its code, with its name.
#[must_use]
pub fn organisation(code: OrganisationCode, ground: &ReferenceData) -> OrganisationView {
    OrganisationView {
        unit: code.unit.to_string(),
        organisation: code.to_string(),
        name: ground.organisations.name(code).unwrap_or(code.kind.zh()).to_owned(),
    }
}
