//! Views: what goes out as JSON. Field comments are the API manual.

pub mod catalogue;
pub mod csv;
pub mod event_details;
pub mod hearings;
pub mod incident;
pub mod linkage;
pub mod photo;
pub mod problem;
pub mod proceedings;
pub mod receipt;
pub mod share;
pub mod timeline;

use chrono::{DateTime, FixedOffset};
use grassroots_domain::{
    code::Codes,
    organisation::OrganisationCode,
    reference_data::ReferenceData,
    time::{
        Instant, china,
        clock::{ClockState, Deadline, LimitRule},
    },
};
use serde::Serialize;
use utoipa::{
    ToSchema,
    openapi::{
        ObjectBuilder, Schema,
        schema::{SchemaType, Type},
    },
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

/// The same where there may be none.
pub fn optional_codes<T: Codes>() -> Schema {
    nullable(T::NAMES)
}

fn nullable(names: &[&str]) -> Schema {
    let values = names.iter().map(|name| serde_json::Value::from(*name)).chain([serde_json::Value::Null]);
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .enum_values(Some(values))
        .into()
}

const LEVELS: [&str; 4] = ["village", "township", "county", "city"];

/// Schema of a level where there may be none.
pub fn optional_level() -> Schema {
    nullable(&LEVELS)
}

/// Schema of a level.
pub fn level() -> Schema {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(LEVELS)).into()
}

/// A deadline, where it comes from, and how its clock stands.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct DeadlineView {
    /// When it is due, in China's zone.
    pub at: DateTime<FixedOffset>,
    /// How its clock stands now.
    #[schema(schema_with = codes::<ClockState>)]
    pub state: &'static str,
    /// When its clock began.
    pub from: DateTime<FixedOffset>,
    /// How long it runs: so many of `unit`.
    #[schema(example = 8)]
    pub amount: u32,
    /// What is counted: `wh` and `wd` are working hours and days, `ch` and `cm` hours and minutes by day and night, `cd` days.
    #[schema(example = "wh")]
    pub unit: &'static str,
    /// Which limit that is.
    #[schema(schema_with = codes::<LimitRule>)]
    pub rule: &'static str,
    /// Version of the rules, calendar included, that set it.
    pub rules_version: i64,
    /// It reaches beyond the last announced year of the work calendar and may still move.
    pub provisional: bool,
}

impl DeadlineView {
    /// A deadline as it stands at `now`.
    #[must_use]
    pub fn new(deadline: Deadline, now: Instant) -> Self {
        Self {
            at: local(deadline.at),
            state: deadline.state(now).as_str(),
            from: local(deadline.from),
            amount: deadline.limit.amount,
            unit: deadline.limit.unit.short(),
            rule: deadline.rule.as_str(),
            rules_version: deadline.rules_version,
            provisional: deadline.provisional,
        }
    }

    /// The same, while its clock stands still.
    #[must_use]
    pub const fn paused(self) -> Self {
        Self { state: ClockState::Paused.as_str(), ..self }
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
pub fn organisation(code: OrganisationCode, ground: &ReferenceData) -> OrganisationView {
    OrganisationView {
        unit: code.unit.to_string(),
        organisation: code.to_string(),
        name: ground.organisations.name(code).unwrap_or(code.kind.zh()).to_owned(),
    }
}
