//! Comment: a remark, for colleagues or for the reporter.

use serde::{Deserialize, Serialize};

use super::{By, Effect, Happening, Rule, Scene};
use crate::{
    case::{Case, Stamp},
    incident::State,
    refusal::Refusal,
    remark::{Audience, Label},
    text::Text,
};

/// A remark.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Comment {
    /// Who may read it.
    pub audience: Audience,
    /// The words.
    pub text: Text,
}

/// Somebody remarked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Commented {
    /// Who may read it.
    pub audience: Audience,
}

impl Rule for Comment {
    const FROM: &'static [State] = State::ALL;
    const BY: By = By::Reader;

    fn decide(&self, _: &Scene<'_>) -> Result<Happening, Refusal> {
        Ok(Happening::of(Commented { audience: self.audience }).saying(
            Label::Text,
            self.audience,
            &self.text,
        ))
    }
}

impl Effect for Commented {
    fn apply(&self, _: &mut Case, _: Stamp) {}
}
