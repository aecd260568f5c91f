//! The dimensions of a picture, and the limits for decoding it.

use grassroots_domain::incident::photo::NoPreview;

/// The maximum number of pixels. Phones with 50 megapixels take pictures of up to 8,192 × 6,144.
pub(crate) const MAX_PIXELS: u64 = 51_000_000;
/// The maximum number of pixels for formats that need up to three times as much memory and time: progressive JPEG, 16 bits a
/// sample, HEIC. iPhones with 24 megapixels take pictures of 5,712 × 4,284.
pub(crate) const MAX_HEAVY_PIXELS: u64 = 25_000_000;
/// The maximum width and height, in pixels.
pub(crate) const MAX_SIDE: u32 = 16_384;

/// The dimensions of a picture as stored in the file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Dimensions {
    /// In pixels, before rotation.
    pub(crate) width: u32,
    /// In pixels, before rotation.
    pub(crate) height: u32,
    /// Whether each pixel needs more memory and time than usual.
    pub(crate) heavy: bool,
}

impl Dimensions {
    /// Checks that the picture is not empty and not too large to decode.
    pub(crate) fn check(self) -> Result<(), NoPreview> {
        let Self { width, height, heavy } = self;
        if width == 0 || height == 0 {
            return Err(NoPreview::Broken);
        }
        let max_pixels = if heavy { MAX_HEAVY_PIXELS } else { MAX_PIXELS };
        if width.max(height) > MAX_SIDE || u64::from(width) * u64::from(height) > max_pixels {
            return Err(NoPreview::TooLarge);
        }
        Ok(())
    }
}
