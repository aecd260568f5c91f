//! Add photos: more of what it looks like, from whoever has a part in it.

use serde::{Deserialize, Serialize};

use super::{By, Effect, Happening, Rule, Scene};
use crate::{
    case::{Case, Stamp},
    incident::State,
    photo::{Photo, may_be_named},
    refusal::Refusal,
};

/// More photos are named; their bytes follow.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AddPhotos {
    /// Which.
    pub photos: Vec<Photo>,
}

/// More photos were named.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PhotosAdded {
    /// Which.
    pub photos: Vec<Photo>,
}

impl Rule for AddPhotos {
    const FROM: &'static [State] = State::OPEN;
    const BY: By = By::Witness;

    fn decide(&self, scene: &Scene<'_>) -> Result<Happening, Refusal> {
        let incident = &scene.case.incident;
        let unknown = Refusal::UnknownCategory { category: incident.category };
        let category = scene.rules.category(incident.category).ok_or(unknown)?;
        if self.photos.is_empty() {
            return Err(Refusal::NoPhotos);
        }
        may_be_named(&self.photos, &incident.proceedings.photos, category)?;
        Ok(Happening::of(PhotosAdded { photos: self.photos.clone() }))
    }
}

impl Effect for PhotosAdded {
    fn apply(&self, case: &mut Case, _: Stamp) {
        case.incident.proceedings.photos.extend(&self.photos);
    }
}
