//! Add photos: more of what it looks like, from whoever has a part in it.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        effects::Effects,
        rule::{By, Rule},
    },
    events::reporting::PhotosAdded,
    incident::{
        State,
        photo::{FOR_AFTER, MOST, MOST_AT_ONCE, Phase, Photo},
    },
    refusal::Refusal,
    rules::category::{Category, Flag},
};

/// More photos are named; their bytes follow.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AddPhotos {
    /// Which.
    pub photos: Vec<Photo>,
}

impl Rule for AddPhotos {
    const FROM: &'static [State] = State::OPEN;
    const BY: By = By::PhotoContributor;

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let incident = &context.case.incident;
        let unknown = Refusal::UnknownCategory { category: incident.category };
        let category = context.rules.category(incident.category).ok_or(unknown)?;
        if self.photos.is_empty() {
            return Err(Refusal::NoPhotos);
        }
        may_be_named(&self.photos, &incident.proceedings.photos, category)?;
        Ok(Effects::of(PhotosAdded { photos: self.photos.clone() }))
    }
}

/// Whether `new` photos may be named for an incident of `category` that has `named` already.
///
/// # Errors
/// When the category wants none, there are too many, or one is named twice.
pub(crate) fn may_be_named(new: &[Photo], named: &[Photo], category: &Category) -> Result<(), Refusal> {
    if new.is_empty() {
        return Ok(());
    }
    if category.has(Flag::PhotoOff) {
        return Err(Refusal::PhotosOff { category: category.code });
    }
    if new.len() > MOST_AT_ONCE {
        return Err(Refusal::TooManyPhotos { most: MOST_AT_ONCE });
    }
    let are_after = new.iter().all(|photo| photo.phase == Phase::After);
    let most = if are_after { MOST } else { MOST - FOR_AFTER };
    if named.len() + new.len() > most {
        return Err(Refusal::TooManyPhotos { most });
    }
    for (index, photo) in new.iter().enumerate() {
        let before = named.iter().chain(new.iter().take(index));
        if before.into_iter().any(|other| other.sha256 == photo.sha256) {
            return Err(Refusal::PhotoNamedTwice { sha256: photo.sha256 });
        }
    }
    Ok(())
}
