//! Submit a result (提交结果): the lead organisation reports what it did. The holding desk then verifies the result.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        effects::Effects,
        photo::check_new_photos,
        rule::{By, Rule},
    },
    events::work::{Method, ResultSubmitted},
    incident::{
        State,
        leg::Outcome,
        photo::{MOST, Phase, Photo},
    },
    refusal::Refusal,
    rules::category::Flag,
    text::Text,
};

/// Submits the result of the work.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SubmitResult {
    /// Whether the matter is settled.
    pub outcome: Outcome,
    pub method: Method,
    /// The work that was done.
    pub result: Text,
    /// Photos of the work. The files are uploaded later.
    pub photos: Vec<Photo>,
}

impl Rule for SubmitResult {
    const FROM: &'static [State] = &[State::InProgress];
    const TO: &'static [State] = &[State::PendingVerification];
    const BY: By = By::Lead;

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let incident = &context.case.incident;
        let verify = context.rules.verify_due(incident.severity, context.at);
        let unknown = Refusal::UnknownCategory { category: incident.category };
        let category = context.rules.category(incident.category).ok_or(unknown)?;
        let existing = &incident.photos;
        // A photo of the work that was named before counts, and is not added twice.
        let is_known = |photo: &&Photo| photo.phase == Phase::After && existing.contains(photo);
        let (known, new): (Vec<Photo>, Vec<Photo>) = self.photos.iter().partition(is_known);
        check_new_photos(&new, existing, category)?;
        // The file need not be uploaded yet: there may be no network on site. Photos of earlier work show nothing of this work.
        let before = context.case.open_lead().map_or(0, |leg| leg.photos_before);
        let since = existing.iter().skip(usize::try_from(before).unwrap_or(usize::MAX));
        let has_after = since.chain(&new).chain(&known).any(|photo| photo.phase == Phase::After);
        let has_after = has_after || existing.len() >= MOST;
        if self.outcome == Outcome::Resolved && category.has(Flag::PhotoRequired) && !has_after {
            return Err(Refusal::AfterPhotoMissing { category: category.code });
        }
        let (outcome, method) = (self.outcome, self.method);
        Ok(Effects::of(ResultSubmitted { outcome, method, verify, photos: new })
            .with_internal_note(&self.result))
    }
}
