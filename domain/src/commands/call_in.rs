//! Call in (吹哨报到): the holding desk calls organisations of its own unit, or of units above it, to help. Each has to
//! answer.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::{CommandContext, MAX_ASSISTS, is_department},
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
    /// Departments that do not work on the incident yet; at most ten.
    pub organisations: Vec<OrganisationCode>,
    /// Whether the shorter deadline for urgent calls applies to the answer.
    pub urgent: bool,
    /// What the organisations are needed for.
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
        let receipt = Some(context.rules.call_in_due(self.urgent, context.at));
        let mut assist = Vec::new();
        for (position, &organisation) in self.organisations.iter().enumerate() {
            let is_repeated =
                self.organisations.iter().take(position).any(|earlier| *earlier == organisation);
            if is_repeated || !can_be_called(organisation, context) {
                return Err(Refusal::CannotAssist { organisation });
            }
            let Work { clocks, .. } = context.assisting_work_for(organisation);
            assist.push(Work { organisation, clocks: WorkClocks { receipt, ..clocks } });
        }
        Ok(Effects::of(CalledIn { assist, urgent: self.urgent }).with_internal_note(&self.purpose))
    }
}

/// Whether `organisation` is an existing department of the desk's unit or a unit above it, and has no open work on the
/// incident.
fn can_be_called(organisation: OrganisationCode, context: &CommandContext<'_>) -> bool {
    let is_working =
        context.case.handling.iter().any(|leg| leg.ended_at.is_none() && leg.organisation == organisation);
    is_department(organisation)
        && organisation.unit.covers(context.actor.organisation.unit)
        && context.reference_data.organisations.contains(organisation)
        && !is_working
}
