//! The consequences of a correction: new flags, new deadlines and, where the rules say so, another desk.

use crate::{
    commands::context::{CommandContext, arrival},
    events::reporting::Corrected,
    geography::unit::Level,
    incident::{requests::Correction, schedule},
    refusal::Refusal,
    rules::{category::Flag, routing::route},
    time::clock::Clock,
};

/// The event that applies `correction`.
///
/// The incident moves to another desk if its corrected place lies outside the unit of the holding desk, or if the
/// rules route it to a higher level. All deadlines are computed again from the starting times of their clocks.
///
/// # Errors
/// The rules do not know the category, or no desk is responsible for the place.
pub(crate) fn corrected_event(
    correction: Correction,
    context: &CommandContext<'_>,
) -> Result<Corrected, Refusal> {
    let CommandContext { case, rules, reference_data, .. } = *context;
    let Correction { category: code, severity, place } = correction;
    let category = rules.category(code).ok_or(Refusal::UnknownCategory { category: code })?;
    let (desk, _) =
        route(category, severity, &place, rules, &reference_data.units, &reference_data.organisations)
            .ok_or(Refusal::NoDesk)?;
    let leaves_unit =
        place != case.incident.place && case.desk().is_some_and(|desk| !place.lies_in(desk.unit));
    let needs_higher_level = case.level().is_some_and(|level| level < desk.unit.level());
    let to = (leaves_unit || needs_higher_level)
        .then(|| arrival(desk, (code, severity), context.at, rules, reference_data));
    let mut moved = schedule::anew(case, (code, severity), rules);
    if to.is_some() {
        // The other clocks end together with the custody leg.
        moved.retain(|moved| moved.clock == Clock::Total);
    }
    Ok(Corrected {
        correction,
        restricted: category.has(Flag::Restricted),
        reporter_hidden: case.incident.reporter_hidden
            || category.has(Flag::Restricted)
            || category.has(Flag::Anonymous),
        county_first: category.first_level == Level::County,
        skips: category.skips(),
        on_lapse: rules.on_lapse(code, severity),
        moved,
        to,
    })
}
