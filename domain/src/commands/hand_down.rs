//! Hand down (下派): the holding desk sends the incident to a desk directly below, with advice. The rules limit how
//! often.

use serde::{Deserialize, Serialize};

use crate::{
    command_kind::CommandKind,
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    events::custody::HandedDown,
    geography::unit::Level,
    incident::{Incident, State},
    organisation::OrganisationCode,
    refusal::Refusal,
    rules::routing::superior_desk,
    text::Text,
};

/// Sends the incident to a desk directly below.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HandDown {
    /// A desk directly below the holding desk, whose unit contains the place of the incident.
    pub to: OrganisationCode,
    /// What the desk below should do.
    pub advice: Text,
}

impl Rule for HandDown {
    const FROM: &'static [State] = &[State::PendingDispatch];
    const TO: &'static [State] = &[State::PendingAcceptance];
    const BY: By = By::Desk;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        let incident = &context.case.incident;
        let most = context.rules.book().maxima.hand_downs;
        if incident.tally.handed_down >= most {
            return Err(Refusal::TooOften { command: CommandKind::HandDown, most });
        }
        let level = context.case.custody_level();
        if level <= lowest_shown(incident) {
            return Err(Refusal::NothingBelow);
        }
        let (severity, least) = (incident.severity, context.rules.minimum_level(incident.severity));
        if level <= least {
            return Err(Refusal::TooSevereBelow { severity, least });
        }
        Ok(())
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let organisations = &context.reference_data.organisations;
        let place = &context.case.incident.place;
        let unit_of_place = place.at(self.to.unit.level());
        let is_directly_below = organisations.contains(self.to)
            && superior_desk(self.to, organisations) == context.case.desk()
            && unit_of_place.is_none_or(|unit| unit == self.to.unit);
        // Where a township has no desk, a village is directly below the county.
        if !is_directly_below || self.to.unit.level() < lowest_shown(&context.case.incident) {
            return Err(Refusal::NotBelow { to: self.to });
        }
        context.require_not_too_severe_for(self.to.unit.level())?;
        Ok(Effects::of(HandedDown { to: context.arrival(self.to) }).with_internal_note(&self.advice))
    }
}

/// The lowest level that the incident does not pass over.
fn lowest_shown(incident: &Incident) -> Level {
    incident.skips.and_then(Level::superior).unwrap_or(Level::Village)
}
