//! What is in the bytes of a photo: previews without metadata, when and where it was taken, a fingerprint. No I/O.
//!
//! The bytes come from anybody. Whoever calls this does so in a process of its own, with limits on time and memory: the
//! decoders behind it are written by others, and some of them panic.

mod fingerprint;
mod preview;
mod shape;
mod traces;

use grassroots_domain::{
    evidence::Traces,
    photo::{Fingerprint, MediaType, NoPreview},
};
use serde::{Deserialize, Serialize};

pub use preview::Preview;
pub use shape::{MAX_HEAVY_PIXELS, MAX_PIXELS, MAX_SIDE, Shape};

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
    let shape = match Shape::of(bytes, media_type) {
        Err(NoPreview::Broken) => return Examination::broken(),
        other => other,
    };
    let (traces, orientation) = traces::read(bytes, media_type);
    let picture = shape.and_then(|file| preview::make(file, media_type, orientation));
    if picture == Err(NoPreview::Broken) {
        return Examination::broken();
    }
    Examination { traces, picture }
}

impl Examination {
    /// Of a photo that nobody could look at.
    #[must_use]
    pub fn failed() -> Self {
        Self { traces: Traces::default(), picture: Err(NoPreview::Failed) }
    }

    fn broken() -> Self {
        Self { traces: Traces::default(), picture: Err(NoPreview::Broken) }
    }
}
