//! The routing decision: why an incident went to its first desk.

use grassroots_domain::{
    events::reporting::Reported,
    geography::unit::Level,
    rules::{
        category::Severity,
        routing::{Fallback, RoutingReader, RoutingRule},
    },
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    json::{
        organisation::{OrganisationView, organisation},
        schema::{codes, level, optional_codes, optional_level},
    },
    views::reader::Reader,
};

/// A routing decision in short.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoutingRef {
    /// The rule that decided the level.
    #[schema(schema_with = codes::<RoutingRule>)]
    pub rule: &'static str,
    /// Why this desk received the incident, in words: the category, the rule, the unit, and why a higher desk replaced
    /// it.
    pub reason: String,
}

/// A routing decision with all facts it is based on.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoutingView {
    /// The version of the rules that were used.
    pub rules_version: i64,
    /// The rule that decided the level.
    #[schema(schema_with = codes::<RoutingRule>)]
    pub rule: &'static str,
    /// The code of the reported category.
    pub category: String,
    /// The first level of that category.
    #[schema(schema_with = level)]
    pub first_level: &'static str,
    /// The severity.
    #[schema(schema_with = codes::<Severity>)]
    pub severity: &'static str,
    /// The highest level that is skipped, with all levels below it; absent if no level is skipped.
    #[schema(schema_with = optional_level)]
    pub skips: Option<&'static str>,
    /// The level of the desk that received the incident.
    #[schema(schema_with = level)]
    pub level: &'static str,
    /// The desk that received the incident.
    pub desk: OrganisationView,
    /// Why a higher desk received the incident instead; absent if none did.
    #[schema(schema_with = optional_codes::<Fallback>)]
    pub fallback: Option<&'static str>,
    /// Other desks that were notified at once.
    pub notified: Vec<OrganisationView>,
    /// The whole decision in words.
    pub reason: String,
}

impl RoutingView {
    #[must_use]
    pub fn new(reported: &Reported, of: RoutingReader, reader: &Reader) -> Self {
        let (desk, routing) = (reported.to.desk, &reported.routing);
        let reference_data = &reader.snapshot.reference_data;
        Self {
            rules_version: reported.rules_version(),
            rule: routing.rule.as_str(),
            category: routing.category.to_string(),
            first_level: routing.first_level.as_str(),
            severity: routing.severity.as_str(),
            skips: routing.skips.map(Level::as_str),
            level: desk.unit.level().as_str(),
            desk: organisation(desk, reference_data),
            fallback: routing.fallback.map(Fallback::as_str),
            notified: routing.notified.iter().map(|desk| organisation(*desk, reference_data)).collect(),
            reason: reason(reported, of, reader),
        }
    }
}

/// Why the first desk received the incident, in words, with what the reader may know.
pub(super) fn reason(reported: &Reported, of: RoutingReader, reader: &Reader) -> String {
    reader.language.of_words(&reported.reason(reader.snapshot.rules.as_ref(), of)).to_owned()
}
