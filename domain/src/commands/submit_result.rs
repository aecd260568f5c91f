//! Submit a result: the organisation that leads says what it did. Not closure yet: the desk looks at it.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        add_photos::may_be_named,
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    events::work::{Method, ResultSubmitted},
    incident::{
        State,
        leg::Outcome,
        photo::{Phase, Photo},
    },
    refusal::Refusal,
    rules::category::Flag,
    text::Text,
};

/// The organisation hands in its result.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SubmitResult {
    /// Whether the matter is settled.
    pub outcome: Outcome,
    /// How.
    pub method: Method,
    /// What was done.
    pub result: Text,
    /// Photos of the work; their bytes follow.
    pub photos: Vec<Photo>,
}

impl Rule for SubmitResult {
    const FROM: &'static [State] = &[State::InProgress];
    const BY: By = By::Lead;

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let incident = &context.case.incident;
        let verify = context.rules.verify_due(incident.severity, context.at);
        let unknown = Refusal::UnknownCategory { category: incident.category };
        let category = context.rules.category(incident.category).ok_or(unknown)?;
        let named = &incident.proceedings.photos;
        may_be_named(&self.photos, named, category)?;
        // What is named is enough: there may be no signal where the work is.
        let has_one = named.iter().chain(&self.photos).any(|photo| photo.phase == Phase::After);
        if self.outcome == Outcome::Resolved && category.has(Flag::PhotoRequired) && !has_one {
            return Err(Refusal::AfterPhotoMissing { category: category.code });
        }
        let (outcome, method, photos) = (self.outcome, self.method, self.photos.clone());
        Ok(Effects::of(ResultSubmitted { outcome, method, verify, photos }).noting(&self.result))
    }
}
