//! Why an incident went to its first desk.

use grassroots_domain::{
    geography::unit::Level,
    rules::{
        category::Severity,
        routing::{Fallback, Routing, RoutingRule},
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
    /// What decided the level.
    #[schema(schema_with = codes::<RoutingRule>)]
    pub rule: &'static str,
    /// Why this desk, in words: category, level rule, unit, and fallback if any.
    pub reason: String,
}

/// A routing decision with everything it was made from.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoutingView {
    /// The rules that decided.
    pub rules_version: i64,
    /// What decided the level.
    #[schema(schema_with = codes::<RoutingRule>)]
    pub rule: &'static str,
    /// Facts seen: category.
    pub category: String,
    /// Facts seen: its first level.
    #[schema(schema_with = level)]
    pub first_level: &'static str,
    /// Facts seen: severity.
    #[schema(schema_with = codes::<Severity>)]
    pub severity: &'static str,
    /// Facts seen: levels up to this one are passed over.
    #[schema(schema_with = optional_level)]
    pub skips: Option<&'static str>,
    /// The level whose desk got it.
    #[schema(schema_with = level)]
    pub level: &'static str,
    /// The desk.
    pub desk: OrganisationView,
    /// Why a higher desk stood in, if one did.
    #[schema(schema_with = optional_codes::<Fallback>)]
    pub fallback: Option<&'static str>,
    /// Desks told at once, besides the one that got it.
    pub notified: Vec<OrganisationView>,
    /// All of this in words.
    pub reason: String,
}

impl RoutingView {
    /// A routing decision in full.
    #[must_use]
    pub fn new(routing: &Routing, reader: &Reader) -> Self {
        let ground = &reader.snapshot.ground;
        Self {
            rules_version: routing.rules_version,
            rule: routing.rule.as_str(),
            category: routing.category.to_string(),
            first_level: routing.first_level.as_str(),
            severity: routing.severity.as_str(),
            skips: routing.skips.map(Level::as_str),
            level: routing.level.as_str(),
            desk: organisation(routing.desk, ground),
            fallback: routing.fallback.map(Fallback::as_str),
            notified: routing.notified.iter().map(|desk| organisation(*desk, ground)).collect(),
            reason: reader.language.of_words(&routing.reason).to_owned(),
        }
    }
}
