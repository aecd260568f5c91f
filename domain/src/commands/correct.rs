//! Correct: the desk says what it is, how bad, or where, after all. Deadlines are set anew from where their clocks began;
//! if any gets later, a second person has to agree. What belongs to another desk goes there.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::{CommandContext, arrival},
        effects::Effects,
        rule::{By, Rule},
    },
    events::reporting::Corrected,
    geography::{place::Place, unit::Level},
    incident::{
        State,
        proceedings::{Correction, RequestedChange},
        schedule,
    },
    refusal::Refusal,
    rules::{
        category::{CategoryCode, Flag, Severity},
        routing::route,
    },
    text::Text,
    time::clock::Clock,
};

/// Says what it is, how bad, or where, after all.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Correct {
    /// What it is about.
    pub category: Option<CategoryCode>,
    /// How bad it is.
    pub severity: Option<Severity>,
    /// Where it happened.
    pub place: Option<Place>,
    /// Why.
    pub reason: Text,
}

impl Rule for Correct {
    const FROM: &'static [State] = State::OPEN;
    const BY: By = By::Desk;

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let incident = &context.case.incident;
        let correction = Correction {
            category: self.category.unwrap_or(incident.category),
            severity: self.severity.unwrap_or(incident.severity),
            place: self.place.unwrap_or(incident.place),
        };
        let now =
            Correction { category: incident.category, severity: incident.severity, place: incident.place };
        if correction == now {
            return Err(Refusal::NothingCorrected);
        }
        let corrected = corrected(correction, context)?;
        if corrected.moved.iter().any(|moved| moved.new.at > moved.old) {
            context.nothing_asked()?;
            return Ok(context.ask(RequestedChange::Correct(correction), None, &self.reason));
        }
        Ok(Effects::of(corrected).noting(&self.reason))
    }
}

/// What a correction comes to.
pub(crate) fn corrected(correction: Correction, context: &CommandContext<'_>) -> Result<Corrected, Refusal> {
    let CommandContext { case, rules, ground, .. } = *context;
    let Correction { category: code, severity, place } = correction;
    let category = rules.category(code).ok_or(Refusal::UnknownCategory { category: code })?;
    let routing = route(category, severity, &place, rules, &ground.units, &ground.organisations)
        .ok_or(Refusal::NoDesk)?;
    let elsewhere = place != case.incident.place && case.desk().is_some_and(|desk| !place.lies_in(desk.unit));
    let higher = case.level().is_some_and(|level| level < routing.level);
    let to =
        (elsewhere || higher).then(|| arrival(routing.desk, (code, severity), context.at, rules, ground));
    let mut moved = schedule::anew(case, (code, severity), rules);
    if to.is_some() {
        // The clocks of the desk before end with its leg.
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
