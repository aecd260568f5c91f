//! Decodes pictures with limits on their size.

use std::io::Cursor;

use grassroots_domain::incident::photo::{MediaType, NoPreview};
use image::{DynamicImage, ImageError, ImageFormat, ImageReader, Limits, RgbaImage, metadata::Orientation};

use crate::dimensions::{MAX_HEAVY_PIXELS, MAX_PIXELS, MAX_SIDE};

/// The maximum memory of a decoder for pixels, in bytes: 4 bytes a pixel, or 8 bytes for half as many pixels.
const MAX_ALLOC: u64 = 4 * MAX_PIXELS;

/// Decodes a picture. Returns it with the orientation that must still be applied; `orientation` is that of the metadata.
pub(crate) fn decode(
    bytes: &[u8],
    media_type: MediaType,
    orientation: Option<Orientation>,
) -> Result<(DynamicImage, Option<Orientation>), NoPreview> {
    match media_type {
        MediaType::Jpeg => Ok((decode_format(bytes, ImageFormat::Jpeg)?, orientation)),
        MediaType::Png => Ok((decode_format(bytes, ImageFormat::Png)?, orientation)),
        MediaType::Webp => Ok((decode_format(bytes, ImageFormat::WebP)?, orientation)),
        // The HEIC decoder has already applied the orientation of the container.
        MediaType::Heic => Ok((decode_heic(bytes)?, None)),
        MediaType::Avif => Err(NoPreview::NoDecoder),
    }
}

fn decode_format(bytes: &[u8], format: ImageFormat) -> Result<DynamicImage, NoPreview> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_ALLOC);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    reader.decode().map_err(|error| match error {
        ImageError::Limits(_) => NoPreview::TooLarge,
        ImageError::Unsupported(_) => NoPreview::NoDecoder,
        ImageError::Decoding(_)
        | ImageError::Encoding(_)
        | ImageError::Parameter(_)
        | ImageError::IoError(_) => NoPreview::Broken,
    })
}

fn decode_heic(bytes: &[u8]) -> Result<DynamicImage, NoPreview> {
    let options = heifer::Options { max_threads: 1, max_pixels: MAX_HEAVY_PIXELS };
    let picture = match heifer::decode_srgb_rgba8(bytes, &options) {
        // If the colours cannot be converted to sRGB, they are used unchanged.
        Err(heifer::Error::Unsupported(_)) => heifer::decode_rgba8(bytes, &options),
        other => other,
    };
    let picture = picture.map_err(|error| match error {
        heifer::Error::Unsupported(_)
        | heifer::Error::Container(heifer::heifer_isobmff::Error::Unimplemented(_))
        | heifer::Error::Hevc(heifer::heifer_hevc_dec::Error::Unimplemented(_)) => NoPreview::NoDecoder,
        heifer::Error::Container(_)
        | heifer::Error::Hevc(_)
        | heifer::Error::Encode(_)
        | heifer::Error::Invalid(_) => NoPreview::Broken,
    })?;
    let pixels = RgbaImage::from_raw(picture.width, picture.height, picture.data);
    pixels.map(DynamicImage::from).ok_or(NoPreview::Broken)
}
