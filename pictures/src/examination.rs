//! The examination of a photo: its metadata and its picture.

use grassroots_domain::incident::{
    evidence::Traces,
    photo::{MediaType, NoPreview},
};
use serde::{Deserialize, Serialize};

use crate::{metadata, picture::Picture};

/// The result of examining a photo.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Examination {
    /// Time and position from the metadata. Empty if the file is broken.
    pub traces: Traces,
    /// The picture, or why there is no preview.
    pub picture: Result<Picture, NoPreview>,
}

/// Examines a photo. `media_type` must be the type that [`MediaType::of_bytes`] found.
#[must_use]
pub fn examine(bytes: &[u8], media_type: MediaType) -> Examination {
    let (traces, orientation) = metadata::read(bytes, media_type);
    match Picture::read(bytes, media_type, orientation) {
        Err(NoPreview::Broken) => Examination::nothing(NoPreview::Broken),
        picture => Examination { traces, picture },
    }
}

impl Examination {
    /// An examination that found nothing, because of `why`.
    #[must_use]
    pub fn nothing(why: NoPreview) -> Self {
        Self { traces: Traces::default(), picture: Err(why) }
    }
}
