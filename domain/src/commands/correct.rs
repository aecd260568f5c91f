//! Correct: the desk says what it is, how bad, or where, after all. Deadlines are set anew from where their clocks began;
//! if any gets later, a second person has to agree. What belongs to another desk goes there.

use serde::{Deserialize, Serialize};

use super::{By, Effect, Happening, Rule, Scene, arrival};
use crate::{
    case::{Arrival, Case, Stamp},
    category::{CategoryCode, Flag, Severity},
    clock::{Clock, Moved},
    incident::State,
    leg::CustodyOutcome,
    place::Place,
    proceedings::{Asked, Correction},
    refusal::Refusal,
    routing::route,
    rules::OnLapse,
    schedule,
    text::Text,
    unit::Level,
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

/// It was corrected.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Corrected {
    /// What it is now.
    pub correction: Correction,
    /// Visible to the holder chain only.
    pub restricted: bool,
    /// The reporter is named to nobody but the first desk. What was promised once stays.
    pub reporter_hidden: bool,
    /// Its category goes to the county first.
    pub county_first: bool,
    /// Levels up to this one are passed over.
    pub skips: Option<Level>,
    /// What happens when the desk does not accept.
    pub on_lapse: OnLapse,
    /// The clocks that were set anew: when they were due, and are due now.
    pub moved: Vec<Moved>,
    /// The desk it belongs to now, if that is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Arrival>,
}

impl Rule for Correct {
    const FROM: &'static [State] = State::OPEN;
    const BY: By = By::Desk;

    fn decide(&self, scene: &Scene<'_>) -> Result<Happening, Refusal> {
        let incident = &scene.case.incident;
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
        let corrected = corrected(correction, scene)?;
        if corrected.moved.iter().any(|moved| moved.new.at > moved.old) {
            scene.nothing_asked()?;
            return Ok(scene.ask(Asked::Correct(correction), None, &self.reason));
        }
        Ok(Happening::of(corrected).noting(&self.reason))
    }
}

/// What a correction comes to.
pub(crate) fn corrected(correction: Correction, scene: &Scene<'_>) -> Result<Corrected, Refusal> {
    let Scene { case, rules, ground, .. } = *scene;
    let Correction { category: code, severity, place } = correction;
    let category = rules.category(code).ok_or(Refusal::UnknownCategory { category: code })?;
    let routing = route(category, severity, &place, rules, &ground.units, &ground.organisations)
        .ok_or(Refusal::NoDesk)?;
    let elsewhere = place != case.incident.place && case.desk().is_some_and(|desk| !place.lies_in(desk.unit));
    let higher = case.level().is_some_and(|level| level < routing.level);
    let to = (elsewhere || higher).then(|| arrival(routing.desk, (code, severity), scene.at, rules, ground));
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

impl Effect for Corrected {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        let incident = &mut case.incident;
        let Correction { category, severity, place } = self.correction;
        if place != incident.place {
            incident.proceedings.first_place = incident.proceedings.first_place.or(Some(incident.place));
        }
        incident.category = category;
        incident.severity = severity;
        incident.place = place;
        incident.restricted = self.restricted;
        incident.reporter_hidden = self.reporter_hidden;
        incident.county_first = self.county_first;
        incident.skips = self.skips;
        if !incident.is_shown_in_the_field() {
            incident.proceedings.check = None;
        }
        if incident.restricted {
            case.leave_to_those_who_see_it();
        }
        case.set_clocks(&self.moved);
        case.set_on_lapse(self.on_lapse);
        if let Some(arrival) = &self.to {
            case.arrive(CustodyOutcome::Rerouted, arrival, stamp);
        }
    }
}
