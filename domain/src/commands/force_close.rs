//! Force a close: a county ends what cannot be ended otherwise, without a result, when a second person agrees.

use serde::{Deserialize, Serialize};

use super::{By, Happening, Rule, Scene};
use crate::{incident::State, proceedings::Asked, refusal::Refusal, text::Text};

/// Closes without a result.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ForceClose {
    /// Why.
    pub reason: Text,
}

impl Rule for ForceClose {
    const FROM: &'static [State] = State::OPEN;
    const BY: By = By::County;

    fn guard(scene: &Scene<'_>) -> Result<(), Refusal> {
        scene.nothing_asked()
    }

    fn decide(&self, scene: &Scene<'_>) -> Result<Happening, Refusal> {
        Ok(scene.ask(Asked::ForceClose, None, &self.reason))
    }
}
