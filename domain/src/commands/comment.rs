//! Comment (备注): adds a remark for staff, or for the reporter too. The reporter may comment on the own report at any time.

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
    reading::visibility::{Visibility, visible},
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

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let by_reporter = visible(context.actor, context.case) != Visibility::Full;
        if by_reporter && self.audience == Audience::Internal {
            return Err(Refusal::CommentOfReporter);
        }
        Ok(Effects::of(Commented { audience: self.audience, by_reporter }).with_remark(
            Label::Text,
            self.audience,
            &self.text,
        ))
    }
}
