//! The figures of a unit: which incidents they count, and who may ask. They are the same for everybody who may ask.

use crate::{
    account::{Actor, Role},
    geography::unit::{Level, UnitCode},
    incident::Incident,
};

/// Whether the figures of `unit` count the incident: those in the unit, except
///
/// - those that pass over the level of the unit, because the matter may be about it, and
/// - in the figures of a village, restricted ones: not even their number is the business of the village.
///
/// The figures of the unit above count them.
#[must_use]
pub fn counts(unit: UnitCode, incident: &Incident) -> bool {
    let level = unit.level();
    incident.place.lies_in(unit)
        && incident.skips.is_none_or(|skipped| level > skipped)
        && !(incident.restricted && level == Level::Village)
}

/// Whether `actor` may ask for the figures of `unit`: the desks of the unit and of those above it, and audit administrators.
#[must_use]
pub fn may_ask(actor: &Actor, unit: UnitCode) -> bool {
    let asks = match actor.role {
        Role::VillageOfficer
        | Role::TownshipDispatcher
        | Role::EscalationReviewer
        | Role::CityOverseer
        | Role::AuditAdmin => true,
        Role::GridWorker | Role::Handler | Role::SystemAdmin | Role::SecurityAdmin => false,
    };
    asks && actor.organisation.unit.covers(unit)
}
