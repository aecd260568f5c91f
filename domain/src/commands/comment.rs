//! Comment (备注): adds a remark for staff, or for the reporter too.

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

/// Adds a remark.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Comment {
    /// Who may read the remark.
    pub audience: Audience,
    pub text: Text,
}

impl Rule for Comment {
    const FROM: &'static [State] = State::ALL;
    const BY: By = By::Reader;

    fn decide(&self, _: &CommandContext<'_>) -> Result<Effects, Refusal> {
        Ok(Effects::of(Commented { audience: self.audience }).with_remark(
            Label::Text,
            self.audience,
            &self.text,
        ))
    }
}
