//! Call in (吹哨报到): the desk calls organisations of its own unit or of the units above it to help. Each has to answer.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::{CommandContext, is_department},
        dispatch::MAX_ASSISTS,
        effects::Effects,
        rule::{By, Rule},
    },
    events::work::CalledIn,
    incident::{State, case::Work},
    organisation::OrganisationCode,
    refusal::Refusal,
    text::Text,
    time::clock::WorkClocks,
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

impl Rule for CallIn {
    const FROM: &'static [State] = &[State::InProgress];
    const BY: By = By::Desk;

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
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
            let at_work = context.case.handling.iter();
            let mut at_work = at_work.filter(|leg| leg.ended_at.is_none());
            let reachable = organisation.unit.covers(context.actor.organisation.unit)
                && context.ground.organisations.contains(organisation);
            if named_before
                || !reachable
                || !is_department(organisation)
                || at_work.any(|leg| leg.organisation == organisation)
            {
                return Err(Refusal::CannotAssist { organisation });
            }
            let clocks = context.work(organisation, false).clocks;
            let receipt = Some(context.rules.call_in_due(self.urgent, context.at));
            assist.push(Work { organisation, clocks: WorkClocks { receipt, response: None, ..clocks } });
        }
        Ok(Effects::of(CalledIn { assist, urgent: self.urgent }).noting(&self.purpose))
    }
}
