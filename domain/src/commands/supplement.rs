//! Supplement: the reporter, or the desk for the reporter, says more. The clocks go on.

use serde::{Deserialize, Serialize};

use super::{By, Effect, Happening, Rule, Scene};
use crate::{
    case::{Case, Stamp},
    clock::Moved,
    incident::State,
    refusal::Refusal,
    text::Text,
};

/// Gives more information.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Supplement {
    /// What was missing.
    pub text: Text,
}

/// There is more information.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Supplemented {
    /// The clocks after the pause.
    pub moved: Vec<Moved>,
    /// Nobody said more; it goes on as it is, for the others that wait for the same matter.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_itself: bool,
}

impl Rule for Supplement {
    const FROM: &'static [State] = &[State::AwaitingInfo];
    const BY: By = By::ReporterOrDesk;

    fn decide(&self, scene: &Scene<'_>) -> Result<Happening, Refusal> {
        Ok(Happening::of(Supplemented { moved: scene.clocks_after_pauses(), by_itself: false })
            .telling(&self.text))
    }
}

impl Effect for Supplemented {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.state = State::PendingAcceptance;
        case.incident.proceedings.go_on_by(stamp.at, self.by_itself);
        case.set_clocks(&self.moved);
    }
}
