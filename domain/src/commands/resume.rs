//! Resume: suspended work goes on, and its clocks with it. By itself on the date.

use serde::{Deserialize, Serialize};

use super::{By, Effect, Happening, Rule, Scene};
use crate::{
    case::{Case, Stamp},
    clock::Moved,
    incident::State,
    refusal::Refusal,
};

/// Work goes on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Resume {}

/// Work went on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Resumed {
    /// The clocks after the pause.
    pub moved: Vec<Moved>,
    /// By itself, on the date.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_itself: bool,
}

impl Rule for Resume {
    const FROM: &'static [State] = &[State::Suspended];
    const BY: By = By::DeskOrLead;

    fn decide(&self, scene: &Scene<'_>) -> Result<Happening, Refusal> {
        Ok(Happening::of(Resumed { moved: scene.clocks_after_pauses(), by_itself: false }))
    }
}

impl Effect for Resumed {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.state = State::InProgress;
        case.incident.proceedings.go_on_by(stamp.at, self.by_itself);
        case.set_clocks(&self.moved);
    }
}
