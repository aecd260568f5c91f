//! Hand down: a desk gives an incident to the desk below it, once, with advice.

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
    incident::State,
    organisation::OrganisationCode,
    refusal::Refusal,
    rules::routing::superior_desk,
    text::Text,
};

/// One level down.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HandDown {
    /// A desk directly below.
    pub to: OrganisationCode,
    /// What the desk below can do that it did not do before.
    pub advice: Text,
}

impl Rule for HandDown {
    const FROM: &'static [State] = &[State::PendingDispatch];
    const BY: By = By::Desk;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        let incident = &context.case.incident;
        let most = context.rules.book().maxima.hand_downs;
        if incident.proceedings.tally.handed_down >= most {
            return Err(Refusal::TooOften { command: CommandKind::HandDown, most });
        }
        let lowest = incident.skips.and_then(Level::superior).unwrap_or(Level::Village);
        if context.case.level().is_none_or(|level| level <= lowest) {
            return Err(Refusal::NothingBelow);
        }
        Ok(())
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let organisations = &context.ground.organisations;
        let place = &context.case.incident.place;
        let known = place.at(self.to.unit.level());
        let below = organisations.contains(self.to)
            && superior_desk(self.to, organisations) == context.case.desk()
            && known.is_none_or(|unit| unit == self.to.unit);
        if !below {
            return Err(Refusal::NotBelow { to: self.to });
        }
        Ok(Effects::of(HandedDown { to: context.arrival(self.to) }).noting(&self.advice))
    }
}
