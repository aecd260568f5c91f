//! Comment: a remark, for colleagues or for the reporter.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    events::reporting::Commented,
    incident::{
        State,
        remark::{Audience, Label},
    },
    refusal::Refusal,
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

impl Rule for Comment {
    const FROM: &'static [State] = State::ALL;
    const BY: By = By::Reader;

    fn decide(&self, _: &CommandContext<'_>) -> Result<Effects, Refusal> {
        Ok(Effects::of(Commented { audience: self.audience }).saying(Label::Text, self.audience, &self.text))
    }
}
