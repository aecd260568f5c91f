//! Hand down: a desk gives an incident to the desk below it, once, with advice.

use serde::{Deserialize, Serialize};

use super::{By, CommandKind, Effect, Happening, Rule, Scene};
use crate::{
    case::{Arrival, Case, Stamp},
    incident::State,
    leg::CustodyOutcome,
    organisation::OrganisationCode,
    refusal::Refusal,
    routing::superior_desk,
    text::Text,
    unit::Level,
};

/// One level down.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HandDown {
    /// A desk directly below.
    pub to: OrganisationCode,
    /// What the desk below can do that it did not do before.
    pub advice: Text,
}

/// It went down a level.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HandedDown {
    /// The desk that got it, with its clocks.
    pub to: Arrival,
}

impl Rule for HandDown {
    const FROM: &'static [State] = &[State::PendingDispatch];
    const BY: By = By::Desk;

    fn guard(scene: &Scene<'_>) -> Result<(), Refusal> {
        let incident = &scene.case.incident;
        let most = scene.rules.book().maxima.hand_downs;
        if incident.proceedings.tally.handed_down >= most {
            return Err(Refusal::TooOften { command: CommandKind::HandDown, most });
        }
        let lowest = incident.skips.and_then(Level::superior).unwrap_or(Level::Village);
        if scene.case.level().is_none_or(|level| level <= lowest) {
            return Err(Refusal::NothingBelow);
        }
        Ok(())
    }

    fn decide(&self, scene: &Scene<'_>) -> Result<Happening, Refusal> {
        let organisations = &scene.ground.organisations;
        let place = &scene.case.incident.place;
        let known = place.at(self.to.unit.level());
        let below = organisations.contains(self.to)
            && superior_desk(self.to, organisations) == scene.case.desk()
            && known.is_none_or(|unit| unit == self.to.unit);
        if !below {
            return Err(Refusal::NotBelow { to: self.to });
        }
        Ok(Happening::of(HandedDown { to: scene.arrival(self.to) }).noting(&self.advice))
    }
}

impl Effect for HandedDown {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.proceedings.tally.handed_down += 1;
        case.arrive(CustodyOutcome::HandedDown, &self.to, stamp);
    }
}
