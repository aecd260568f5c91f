//! Dispatch (派遣): the holding desk assigns the work to one lead organisation of its unit and to assisting
//! organisations. It may lead the work itself.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::{CommandContext, MAX_ASSISTS, is_department},
        effects::Effects,
        rule::{By, Rule},
    },
    events::work::Dispatched,
    incident::{State, case::Work},
    organisation::OrganisationCode,
    refusal::Refusal,
    text::Text,
    warning::Warning,
};

/// Assigns the work.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Dispatch {
    /// The lead organisation.
    pub to: OrganisationCode,
    /// The assisting departments; at most ten.
    #[serde(default)]
    pub assist: Vec<OrganisationCode>,
    /// Confirms that the lead organisation shall do the work although the category is not on its duty list (履职清单).
    #[serde(default)]
    pub outside_duty: bool,
    /// A note for the organisations.
    pub note: Option<Text>,
}

impl Rule for Dispatch {
    const FROM: &'static [State] = &[State::PendingDispatch];
    const TO: &'static [State] = &[State::PendingReceipt, State::InProgress];
    const BY: By = By::Desk;

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let (lead, outside) = context.assignment(self.to, self.outside_duty)?;
        let assist = assisting_works(&self.assist, self.to, context)?;
        let effects = Effects::of(Dispatched { lead, assist, outside });
        let effects = effects.with_warning(outside.map(|_| Warning::OutsideDuty));
        Ok(match &self.note {
            Some(note) => effects.with_internal_note(note),
            None => effects,
        })
    }
}

/// The work of the organisations `assist` beside the organisation `lead`.
fn assisting_works(
    assist: &[OrganisationCode],
    lead: OrganisationCode,
    context: &CommandContext<'_>,
) -> Result<Vec<Work>, Refusal> {
    if assist.len() > MAX_ASSISTS {
        return Err(Refusal::TooManyAssists { most: MAX_ASSISTS });
    }
    let mut works = Vec::new();
    for (position, &organisation) in assist.iter().enumerate() {
        let is_repeated = assist.iter().take(position).any(|earlier| *earlier == organisation);
        if organisation == lead || is_repeated || !is_department(organisation) {
            return Err(Refusal::CannotAssist { organisation });
        }
        works.push(context.assisting_work_for(context.organisation_of_own_unit(organisation)?));
    }
    Ok(works)
}
