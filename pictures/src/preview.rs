//! Previews: JPEG of pixels and nothing else, the right way up.

use std::io::Cursor;

use grassroots_domain::incident::photo::{LARGE_PX, MediaType, NoPreview, THUMB_PX};
use image::{
    DynamicImage, GenericImageView as _, ImageError, ImageFormat, ImageReader, Limits, Rgb, RgbImage,
    RgbaImage, codecs::jpeg::JpegEncoder, metadata::Orientation,
};

use crate::{Picture, fingerprint, shape};

/// Quality of the JPEG, of 100.
const QUALITY: u8 = 80;
/// Bytes a decoder may take for pixels: 4 a pixel, or 8 where only half as many are read.
const MAX_ALLOC: u64 = 4 * shape::MAX_PIXELS;

/// JPEG files to be shown.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Preview {
    /// For lists.
    pub thumb: Vec<u8>,
    /// For a screen.
    pub large: Vec<u8>,
}

/// Reads a picture and makes its previews.
pub(crate) fn make(
    bytes: &[u8],
    media_type: MediaType,
    orientation: Option<Orientation>,
) -> Result<Picture, NoPreview> {
    let (picture, orientation) = match media_type {
        MediaType::Jpeg => (decode(bytes, ImageFormat::Jpeg)?, orientation),
        MediaType::Png => (decode(bytes, ImageFormat::Png)?, orientation),
        MediaType::Webp => (decode(bytes, ImageFormat::WebP)?, orientation),
        // Its container turns it already.
        MediaType::Heic => (decode_heic(bytes)?, None),
        MediaType::Avif => return Err(NoPreview::NoDecoder),
    };
    let upright = |mut picture: DynamicImage| {
        picture.apply_orientation(orientation.unwrap_or(Orientation::NoTransforms));
        picture
    };
    let large = upright(shrunk(&picture, LARGE_PX));
    let stored = picture.dimensions();
    drop(picture);
    let turned = orientation.is_some_and(swaps_sides);
    let (width, height) = if turned { (stored.1, stored.0) } else { stored };
    let thumb = shrunk(&large, THUMB_PX);
    let preview = Preview { thumb: jpeg(&thumb)?, large: jpeg(&large)? };
    Ok(Picture { width, height, fingerprint: fingerprint::of(&large), preview })
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

fn decode(bytes: &[u8], format: ImageFormat) -> Result<DynamicImage, NoPreview> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(shape::MAX_SIDE);
    limits.max_image_height = Some(shape::MAX_SIDE);
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
    let options = heifer::Options { max_threads: 1, max_pixels: shape::MAX_HEAVY_PIXELS };
    let picture = match heifer::decode_srgb_rgba8(bytes, &options) {
        // Colours that cannot be brought to sRGB are shown as they are.
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

/// The picture with a longer side of `side` pixels, or as it is if it is smaller.
fn shrunk(picture: &DynamicImage, side: u32) -> DynamicImage {
    let (width, height) = picture.dimensions();
    if width.max(height) <= side { picture.clone() } else { picture.thumbnail(side, side) }
}

fn jpeg(picture: &DynamicImage) -> Result<Vec<u8>, NoPreview> {
    let mut bytes = Vec::new();
    let pixels = on_white(picture);
    let encoder = JpegEncoder::new_with_quality(&mut bytes, QUALITY);
    pixels.write_with_encoder(encoder).map_err(|_| NoPreview::Failed)?;
    Ok(bytes)
}

/// Pixels on white, where they are transparent.
fn on_white(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let pixels = picture.to_rgba8();
    RgbImage::from_fn(pixels.width(), pixels.height(), |x, y| {
        let [red, green, blue, alpha] = pixels.get_pixel(x, y).0;
        let blend = |colour: u8| {
            let (colour, alpha) = (u16::from(colour), u16::from(alpha));
            u8::try_from((colour * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
        };
        Rgb([red, green, blue].map(blend))
    })
}
