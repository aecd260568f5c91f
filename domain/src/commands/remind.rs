//! Remind (催办): the desk, or one above it, asks whoever has it to hurry. No clock changes.

use serde::{Deserialize, Serialize};

use super::{By, Effect, Happening, Rule, Scene};
use crate::{
    case::{Case, Stamp},
    incident::State,
    organisation::OrganisationCode,
    refusal::Refusal,
    text::Text,
};

/// Asks to hurry.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Remind {
    /// What for.
    pub text: Text,
}

/// Who has it was asked to hurry.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reminded {
    /// Who.
    pub to: OrganisationCode,
}

impl Rule for Remind {
    const FROM: &'static [State] = State::OPEN;
    const BY: By = By::DeskOrAbove;

    fn guard(scene: &Scene<'_>) -> Result<(), Refusal> {
        // Nobody reminds himself.
        if scene.case.holder() == Some(scene.actor.organisation) {
            Err(Refusal::YoursAlready)
        } else {
            Ok(())
        }
    }

    fn decide(&self, scene: &Scene<'_>) -> Result<Happening, Refusal> {
        let to = scene.case.holder().ok_or(Refusal::NothingAsked)?;
        Ok(Happening::of(Reminded { to }).noting(&self.text))
    }
}

impl Effect for Reminded {
    fn apply(&self, _: &mut Case, _: Stamp) {}
}
