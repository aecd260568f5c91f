//! Dispatch: one organisation of the desk's unit leads the work, others assist. The desk itself may lead.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::{CommandContext, is_department},
        effects::Effects,
        rule::{By, Rule},
    },
    events::work::Dispatched,
    geography::unit::Level,
    incident::{State, case::Work},
    organisation::OrganisationCode,
    refusal::Refusal,
    rules::duty_list::DutyRole,
    text::Text,
    warning::Warning,
};

/// Organisations that assist, at most.
pub const MAX_ASSISTS: usize = 10;

/// Sends it to an organisation, or to the desk itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Dispatch {
    /// Who leads.
    pub to: OrganisationCode,
    /// Who assists.
    #[serde(default)]
    pub assist: Vec<OrganisationCode>,
    /// Whether it goes there although the duty list says otherwise.
    #[serde(default)]
    pub outside_duty: bool,
    /// A note for those who work on it.
    pub note: Option<Text>,
}

impl Rule for Dispatch {
    const FROM: &'static [State] = &[State::PendingDispatch];
    const BY: By = By::Desk;

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let to = context.of_own_unit(self.to)?;
        let outside = outside_duty(to, context);
        if let Some(duty) = outside.filter(|_| !self.outside_duty) {
            return Err(Refusal::OutsideDuty { to, duty });
        }
        let lead = context.work(to, to == context.actor.organisation);
        let assist = assisting(&self.assist, to, context)?;
        let effects = Effects::of(Dispatched { lead, assist, outside });
        let effects = effects.warning(outside.map(|_| Warning::OutsideDuty));
        Ok(match &self.note {
            Some(note) => effects.noting(note),
            None => effects,
        })
    }
}

/// How far the category is the organisation's duty, if it is not simply its own or its to help with. What was taken
/// back is so for townships: there the list says who must not be burdened again.
fn outside_duty(to: OrganisationCode, context: &CommandContext<'_>) -> Option<DutyRole> {
    let duty = context.rules.duty(to, context.case.incident.category);
    match duty {
        DutyRole::Basic | DutyRole::Assist => None,
        DutyRole::Reclaimed if to.unit.level() > Level::Township => None,
        DutyRole::Reclaimed | DutyRole::Unlisted => Some(duty),
    }
}

fn assisting(
    assist: &[OrganisationCode],
    lead: OrganisationCode,
    context: &CommandContext<'_>,
) -> Result<Vec<Work>, Refusal> {
    if assist.len() > MAX_ASSISTS {
        return Err(Refusal::TooManyAssists { most: MAX_ASSISTS });
    }
    let mut all = Vec::new();
    for (position, &organisation) in assist.iter().enumerate() {
        let named_before = assist.iter().take(position).any(|earlier| *earlier == organisation);
        if organisation == lead || named_before || !is_department(organisation) {
            return Err(Refusal::CannotAssist { organisation });
        }
        let Work { organisation, clocks } = context.work(context.of_own_unit(organisation)?, false);
        all.push(Work { organisation, clocks: crate::time::clock::WorkClocks { response: None, ..clocks } });
    }
    Ok(all)
}
