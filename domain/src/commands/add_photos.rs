//! Add photos (补充照片): a person involved in the incident adds photos to it.

use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        effects::Effects,
        photo::check_new_photos,
        rule::{By, Rule},
    },
    events::reporting::PhotosAdded,
    incident::{State, photo::Photo},
    refusal::Refusal,
};

/// Adds photos. The files are uploaded later.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AddPhotos {
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
        check_new_photos(&self.photos, &incident.photos, category)?;
        Ok(Effects::of(PhotosAdded { photos: self.photos.clone() }))
    }
}
