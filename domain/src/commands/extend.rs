//! Extend: the organisation asks for more time before its time is over; a second person of the desk decides.

use serde::{Deserialize, Serialize};

use super::{By, CommandKind, Effect, Happening, Rule, Scene};
use crate::{
    case::{Case, Stamp},
    clock::Deadline,
    incident::State,
    organisation::OrganisationCode,
    proceedings::{Asked, Request},
    reason::ReasonCode,
    refusal::Refusal,
    text::Text,
    warning::Warning,
};

/// Asks for more time.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Extend {
    /// How many more units of the limit; at most as many as it has at first.
    pub units: u32,
    /// Why.
    pub explanation: Text,
}

/// Somebody asked for what a second person decides.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Requested {
    /// What.
    pub asked: Asked,
    /// For which organisation.
    pub organisation: OrganisationCode,
    /// The reason of the rules, where they list some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<ReasonCode>,
}

/// There is more time.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Extended {
    /// How many more units of the limit.
    pub units: u32,
    /// When the work is due now.
    pub handle: Deadline,
}

impl Rule for Extend {
    const FROM: &'static [State] = &[State::InProgress];
    const BY: By = By::Lead;

    fn guard(scene: &Scene<'_>) -> Result<(), Refusal> {
        let most = scene.rules.book().maxima.extensions;
        let Some(leg) = scene.case.open_lead() else { return Ok(()) };
        if leg.extended >= most {
            return Err(Refusal::TooOften { command: CommandKind::Extend, most });
        }
        scene.not_overdue()?;
        scene.nothing_asked()
    }

    fn decide(&self, scene: &Scene<'_>) -> Result<Happening, Refusal> {
        let leg = scene.case.open_lead().ok_or(Refusal::NothingAsked)?;
        let most = leg.clocks.handle.limit.amount.saturating_sub(leg.granted);
        if self.units == 0 || self.units > most {
            return Err(Refusal::TooLong { given: self.units, most, unit: leg.clocks.handle.limit.unit });
        }
        Ok(scene.ask(Asked::Extend { units: self.units }, None, &self.explanation))
    }
}

impl Scene<'_> {
    /// The work is in time.
    pub(crate) fn not_overdue(&self) -> Result<(), Refusal> {
        match self.case.open_lead().map(|leg| leg.clocks.handle) {
            Some(handle) if self.at > handle.at => Err(Refusal::OverdueAlready { since: handle.at }),
            Some(_) | None => Ok(()),
        }
    }

    /// Nothing else waits for a second person.
    pub(crate) fn nothing_asked(&self) -> Result<(), Refusal> {
        match &self.case.incident.proceedings.request {
            Some(request) => Err(Refusal::RequestOpen { kind: request.asked.kind() }),
            None => Ok(()),
        }
    }

    /// Asks a second person.
    pub(crate) fn ask(&self, asked: Asked, reason: Option<ReasonCode>, why: &Text) -> Happening {
        Happening::of(Requested { asked, organisation: self.actor.organisation, reason })
            .noting(why)
            .warning(Some(Warning::NeedsSecondPerson))
    }
}

impl Effect for Requested {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        let Self { asked, organisation, .. } = *self;
        case.incident.proceedings.request =
            Some(Request { asked, by: stamp.actor, organisation, at: stamp.at });
    }
}

impl Effect for Extended {
    fn apply(&self, case: &mut Case, _: Stamp) {
        if let Some(leg) = case.open_lead_mut() {
            leg.extended = leg.extended.saturating_add(1);
            leg.granted = leg.granted.saturating_add(self.units);
            leg.clocks.handle = self.handle;
        }
    }
}
