//! Dispatch: one organisation of the desk's unit leads the work, others assist. The desk itself may lead.

use serde::{Deserialize, Serialize};

use super::{By, Effect, Happening, Rule, Scene, is_department};
use crate::{
    case::{Case, Stamp, Work},
    duty::DutyRole,
    incident::State,
    leg::HandlingRole,
    organisation::OrganisationCode,
    refusal::Refusal,
    text::Text,
    unit::Level,
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

/// Sent to an organisation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Dispatched {
    /// Who leads, by when.
    pub lead: Work,
    /// Who assists, by when.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assist: Vec<Work>,
    /// How far it is the lead's duty, if it is not on its list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outside: Option<DutyRole>,
}

impl Rule for Dispatch {
    const FROM: &'static [State] = &[State::PendingDispatch];
    const BY: By = By::Desk;

    fn decide(&self, scene: &Scene<'_>) -> Result<Happening, Refusal> {
        let to = scene.of_own_unit(self.to)?;
        let outside = outside_duty(to, scene);
        if let Some(duty) = outside.filter(|_| !self.outside_duty) {
            return Err(Refusal::OutsideDuty { to, duty });
        }
        let lead = scene.work(to, to == scene.actor.organisation);
        let assist = assisting(&self.assist, to, scene)?;
        let happening = Happening::of(Dispatched { lead, assist, outside });
        let happening = happening.warning(outside.map(|_| Warning::OutsideDuty));
        Ok(match &self.note {
            Some(note) => happening.noting(note),
            None => happening,
        })
    }
}

/// How far the category is the organisation's duty, if it is not simply its own or its to help with. What was taken
/// back is so for townships: there the list says who must not be burdened again.
fn outside_duty(to: OrganisationCode, scene: &Scene<'_>) -> Option<DutyRole> {
    let duty = scene.rules.duty(to, scene.case.incident.category);
    match duty {
        DutyRole::Basic | DutyRole::Assist => None,
        DutyRole::Reclaimed if to.unit.level() > Level::Township => None,
        DutyRole::Reclaimed | DutyRole::Unlisted => Some(duty),
    }
}

fn assisting(
    assist: &[OrganisationCode],
    lead: OrganisationCode,
    scene: &Scene<'_>,
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
        let Work { organisation, clocks } = scene.work(scene.of_own_unit(organisation)?, false);
        all.push(Work { organisation, clocks: crate::clock::WorkClocks { response: None, ..clocks } });
    }
    Ok(all)
}

impl Effect for Dispatched {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        let own_work = case.desk() == Some(self.lead.organisation);
        case.incident.state = if own_work { State::InProgress } else { State::PendingReceipt };
        case.start(HandlingRole::Lead, &self.lead, own_work, stamp);
        for work in &self.assist {
            case.start(HandlingRole::Assist, work, false, stamp);
        }
    }
}
