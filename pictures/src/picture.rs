//! A picture that can be shown, with its fingerprint and previews.

use grassroots_domain::incident::photo::{Fingerprint, LARGE_PX, MediaType, NoPreview};
use image::{GenericImageView as _, metadata::Orientation};
use serde::{Deserialize, Serialize};

use crate::{
    container,
    decode::decode,
    fingerprint,
    preview::{Preview, shrink},
};

/// A picture that can be shown.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Picture {
    /// The width in pixels, after rotation.
    pub width: u32,
    /// The height in pixels, after rotation.
    pub height: u32,
    /// `None` if the picture is too small or too plain to compare.
    pub fingerprint: Option<Fingerprint>,
    #[serde(skip)]
    pub preview: Preview,
}

impl Picture {
    /// Checks and decodes a file. `orientation` is that of the metadata.
    pub(crate) fn read(
        bytes: &[u8],
        media_type: MediaType,
        orientation: Option<Orientation>,
    ) -> Result<Self, NoPreview> {
        let file = container::check(bytes, media_type)?;
        let (picture, orientation) = decode(file, media_type, orientation)?;
        let mut large = shrink(&picture, LARGE_PX);
        large.apply_orientation(orientation.unwrap_or(Orientation::NoTransforms));
        let (stored_width, stored_height) = picture.dimensions();
        // The full picture is large, and the previews need memory too.
        drop(picture);
        let (width, height) = if orientation.is_some_and(swaps_sides) {
            (stored_height, stored_width)
        } else {
            (stored_width, stored_height)
        };
        let fingerprint = fingerprint::of(&large);
        Ok(Self { width, height, fingerprint, preview: Preview::of(&large)? })
    }
}

const fn swaps_sides(orientation: Orientation) -> bool {
    match orientation {
        Orientation::Rotate90
        | Orientation::Rotate270
        | Orientation::Rotate90FlipH
        | Orientation::Rotate270FlipH => true,
        Orientation::NoTransforms
        | Orientation::Rotate180
        | Orientation::FlipHorizontal
        | Orientation::FlipVertical => false,
    }
}
