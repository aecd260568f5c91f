//! What is in the bytes of a photo: previews without metadata, when and where it was taken, a fingerprint. No I/O.
//!
//! The bytes come from anybody. Whoever calls this does so in a process of its own, with limits on time and memory: the
//! decoders behind it are written by others, and some of them panic.

mod fingerprint;
mod preview;
mod shape;
mod traces;

use grassroots_domain::incident::{
    evidence::Traces,
    photo::{Fingerprint, MediaType, NoPreview},
};
use serde::{Deserialize, Serialize};

pub use preview::Preview;

use shape::Shape;

/// What was found in the bytes of a photo.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Examination {
    /// What the camera wrote beside the picture. Nothing of one that is broken.
    pub traces: Traces,
    /// The picture itself, or why it cannot be shown.
    pub picture: Result<Picture, NoPreview>,
}

/// A picture that can be shown.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Picture {
    /// Pixels from left to right, the right way up.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
    /// What it looks like; none if it is small or plain.
    pub fingerprint: Option<Fingerprint>,
    /// The previews.
    #[serde(skip)]
    pub preview: Preview,
}

/// Looks at a photo. `media_type` is what its first bytes say.
#[must_use]
pub fn examine(bytes: &[u8], media_type: MediaType) -> Examination {
    let (traces, orientation) = traces::read(bytes, media_type);
    match Shape::of(bytes, media_type).and_then(|file| preview::make(file, media_type, orientation)) {
        Err(NoPreview::Broken) => Examination::nothing(NoPreview::Broken),
        picture => Examination { traces, picture },
    }
}

impl Examination {
    /// Nothing was found, and why not.
    #[must_use]
    pub fn nothing(why: NoPreview) -> Self {
        Self { traces: Traces::default(), picture: Err(why) }
    }
}
