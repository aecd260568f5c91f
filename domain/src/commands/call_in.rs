//! Call in (吹哨报到): the desk calls organisations of its own unit or of the units above it to help. Each has to answer.

use serde::{Deserialize, Serialize};

use super::{By, Effect, Happening, Rule, Scene, dispatch::MAX_ASSISTS, is_department};
use crate::{
    case::{Case, Stamp, Work},
    clock::WorkClocks,
    incident::State,
    leg::HandlingRole,
    organisation::OrganisationCode,
    refusal::Refusal,
    text::Text,
};

/// Calls other organisations in.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CallIn {
    /// Which.
    pub organisations: Vec<OrganisationCode>,
    /// Whether they have to answer at once.
    pub urgent: bool,
    /// What for.
    pub purpose: Text,
}

/// Organisations were called in.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CalledIn {
    /// Which, and by when.
    pub assist: Vec<Work>,
    /// Whether they have to answer at once.
    pub urgent: bool,
}

impl Rule for CallIn {
    const FROM: &'static [State] = &[State::InProgress];
    const BY: By = By::Desk;

    fn decide(&self, scene: &Scene<'_>) -> Result<Happening, Refusal> {
        if self.organisations.is_empty() {
            return Err(Refusal::NobodyCalled);
        }
        if self.organisations.len() > MAX_ASSISTS {
            return Err(Refusal::TooManyAssists { most: MAX_ASSISTS });
        }
        let mut assist = Vec::new();
        for (position, &organisation) in self.organisations.iter().enumerate() {
            let named_before =
                self.organisations.iter().take(position).any(|earlier| *earlier == organisation);
            let at_work = scene.case.handling.iter();
            let mut at_work = at_work.filter(|leg| leg.ended_at.is_none());
            let reachable = organisation.unit.covers(scene.actor.organisation.unit)
                && scene.ground.organisations.contains(organisation);
            if named_before
                || !reachable
                || !is_department(organisation)
                || at_work.any(|leg| leg.organisation == organisation)
            {
                return Err(Refusal::CannotAssist { organisation });
            }
            let clocks = scene.work(organisation, false).clocks;
            let receipt = Some(scene.rules.call_in_due(self.urgent, scene.at));
            assist.push(Work { organisation, clocks: WorkClocks { receipt, response: None, ..clocks } });
        }
        Ok(Happening::of(CalledIn { assist, urgent: self.urgent }).noting(&self.purpose))
    }
}

impl Effect for CalledIn {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        for work in &self.assist {
            case.start(HandlingRole::Assist, work, false, stamp);
        }
    }
}
