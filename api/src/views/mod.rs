//! Views: what goes out as JSON. Field comments are the API manual.

pub mod catalogue;
pub mod incident;
pub mod receipt;
pub mod share;
pub mod timeline;

use chrono::{DateTime, FixedOffset};
use grassroots_domain::{
    code::Codes,
    deadline::Deadline,
    ground::Ground,
    organisation::OrganisationCode,
    time::{Instant, china},
};
use serde::Serialize;
use utoipa::{
    ToSchema,
    openapi::{ObjectBuilder, Schema, schema::Type},
};

/// A time as it is shown: in China's zone, with the offset.
#[must_use]
pub fn local(at: Instant) -> DateTime<FixedOffset> {
    at.with_timezone(&china())
}

/// Schema of a closed list of code names.
pub fn codes<T: Codes>() -> Schema {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(T::NAMES.iter().copied())).into()
}

/// Schema of a level that holds incidents.
pub fn level() -> Schema {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(["village", "township", "county", "city"]))
        .into()
}

/// A deadline.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct DeadlineView {
    /// When it is due, in China's zone.
    pub at: DateTime<FixedOffset>,
    /// It reaches beyond the last announced year of the work calendar and may still move.
    pub provisional: bool,
}

impl From<Deadline> for DeadlineView {
    fn from(deadline: Deadline) -> Self {
        Self { at: local(deadline.at), provisional: deadline.provisional }
    }
}

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
pub fn organisation(code: OrganisationCode, ground: &Ground) -> OrganisationView {
    OrganisationView {
        unit: code.unit.to_string(),
        organisation: code.to_string(),
        name: ground.organisations.name(code).unwrap_or(code.kind.zh()).to_owned(),
    }
}
